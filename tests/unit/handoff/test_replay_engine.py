"""The replay decides as one would who asks the policy anew at every step, and no faster way
to the same answer changes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.cycle import FIRST_CYCLE, CycleRecord, Qualifies, judge_edge
from services.handoff.domain.evaluation import evaluate
from services.handoff.domain.fold import fold
from services.handoff.domain.history import (
    Arrived,
    Closed,
    HandedOver,
    Item,
    Known,
    LeadGroup,
    Merged,
    RealHandoff,
    What,
    as_it_happened,
    first_place,
    ordered,
    us_of,
)
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.replay import Replay
from services.handoff.domain.replay_runs import Window
from services.handoff.domain.signals import no_signals
from services.handoff.domain.standing import Handover, WhyNot, overlapping
from services.handoff.domain.touches import TouchFact, epoch_us, moment_at
from tests.unit.handoff.strategies import LAW, NOW, facts, histories, policies

OPEN_FOR = timedelta(days=6)
DAY_US = 86_400 * 1_000_000
ALL = Window(0, epoch_us(NOW) + 400 * DAY_US)


@dataclass
class Asker:
    """Decides by asking for everything anew at each arrival: slow, and plain to see."""

    version: PolicyVersion
    facts: Any
    seen: list[TouchFact]
    cycle: CycleRecord = FIRST_CYCLE
    decided: list[tuple[int, int, str]] | None = None
    closes_us: int | None = None
    looks_us: int | None = None

    def ask(self, us: int, news: bool) -> None:
        evaluation = evaluate(
            self.version,
            self.facts,
            fold(self.version, no_signals(self.version), self.seen),
            moment_at(us),
        )
        if not news or self.cycle.open_handoff_id or evaluation.gate is None:
            return
        edge = judge_edge(self.cycle, self.version.cool_down, evaluation.deciding, moment_at(us))
        if isinstance(edge, Qualifies):
            assert self.decided is not None
            self.decided.append((us, edge.number, evaluation.gate.name))
            self.cycle = CycleRecord(edge.number, "open")
            self.closes_us = us + OPEN_FOR // timedelta(microseconds=1)

    def go_to(self, us: int) -> None:
        """Let hand-offs close and cool-downs end before ``us``."""
        while True:
            due = min(
                (one for one in (self.closes_us, self.looks_us) if one is not None), default=us
            )
            if due >= us:
                return
            if due == self.closes_us:
                self.closes_us = None
                self.cycle = CycleRecord(self.cycle.number, None, moment_at(due))
                self.looks_us = due + self.version.cool_down // timedelta(microseconds=1)
            else:
                self.looks_us = None
                self.ask(due, news=True)


def expected(version: PolicyVersion, known: Any, touches: Sequence[TouchFact]) -> list[Any]:
    asker = Asker(version, known, [], decided=[])
    for number, touch in enumerate(touches):
        us = epoch_us(touch.received_at)
        asker.go_to(us)
        before = fold(version, no_signals(version), asker.seen)
        asker.seen.append(touch)
        after = fold(version, no_signals(version), asker.seen)
        strong = [at for at, signal in enumerate(version.signals) if not signal.weak]
        news = any(after.at(at).certain != before.at(at).certain for at in strong)
        asker.ask(us, news or number == 0)
    asker.go_to(ALL.to_us + 1)
    assert asker.decided is not None
    return asker.decided


def group_of(known: Any, touches: Sequence[TouchFact]) -> LeadGroup:
    items: list[Item] = []
    for number, touch in enumerate(touches):
        received_us = epoch_us(touch.received_at)
        place = first_place(received_us) + number
        if not number:
            said = {
                scope: {name: [v, ""] for name, v in each.items()} for scope, each in known.items()
            }
            items.append(Known(place, What.KNOWN, "a", known, True, said))
        arrived = (place, What.ARRIVED, "a", received_us, not number, touch.kind, touch.touch_id)
        occurred_us = epoch_us(touch.occurred_at)
        items.append(Arrived(*arrived, occurred_us, touch.made_by, touch.properties))
    return LeadGroup({"a": "a"}, items, first_seen_us={"a": 0})


def decisions(handovers: Sequence[Handover]) -> list[tuple[int, int, str]]:
    return [(one.decided_us, one.cycle, one.gate.name) for one in handovers]


def in_time(touches: list[TouchFact]) -> list[TouchFact]:
    return sorted(touches, key=lambda one: (one.received_at, one.touch_id))


@LAW
@given(policies(), facts, histories(kinds=("content.downloaded", "demo.requested", "page.viewed")))
def test_a_replay_decides_as_one_who_asks_for_everything_anew(version, known, touches):
    touches = in_time(touches)
    [found] = Replay([version], ALL, OPEN_FOR).replay(group_of(known, touches))

    assert decisions(found.handovers) == expected(version, known, touches)


@LAW
@given(policies(), policies(), facts, st.lists(histories(max_size=8), min_size=1, max_size=3))
def test_versions_and_leads_do_not_disturb_each_other(one, other, known, lives):
    groups = [group_of(known, in_time(touches)) for touches in lives]
    together = Replay([one, other], ALL, OPEN_FOR)
    alone = [Replay([version], ALL, OPEN_FOR) for version in (one, other)]

    for group in groups:
        both = together.replay(group)
        assert [decisions(each.handovers) for each in both] == [
            decisions(replay.replay(group)[0].handovers) for replay in alone
        ]
        for handover in both[0].handovers:
            asked = handover.others[1]
            assert asked is not None
            assert asked.why_not().code in WhyNot.__annotations__["code"].__args__


@LAW
@given(policies(), facts, histories())
def test_what_no_gate_can_see_need_not_be_given(version, known, touches):
    replay = Replay([version], ALL, OPEN_FOR)
    whole = group_of(known, in_time(touches))
    seen = group_of(known, in_time(touches))
    seen.items = [
        item
        for item in seen.items
        if not isinstance(item, Arrived)
        or item.tells
        or (item.kind in replay.kinds and item.made_by == "human")
    ]

    assert decisions(replay.replay(seen)[0].handovers) == decisions(
        replay.replay(whole)[0].handovers
    )


# --- how a hand-off ended that never was --------------------------------------------------------


def real(number: int, decided: int, closed: int | None, **more: Any) -> RealHandoff:
    """Return a real hand-off, in days."""
    return RealHandoff(
        f"h{number}",
        "a",
        "random",
        1,
        number,
        "last",
        decided * DAY_US,
        first_place(decided * DAY_US),
        more.pop("stage", "assigned" if closed is None else "lost"),
        closed_us=None if closed is None else closed * DAY_US,
        closed_place=None if closed is None else first_place(closed * DAY_US),
        **more,
    )


def test_one_ends_as_the_real_one_that_was_open_then():
    open_then, later = real(1, 10, 20), real(2, 30, None)

    assert (
        overlapping([open_then, later], first_place(15 * DAY_US), 15 * DAY_US, DAY_US) is open_then
    )


def test_else_as_the_next_one_that_begins_before_it_would_end():
    over, later = real(1, 1, 2), real(2, 30, None)
    at = (first_place(25 * DAY_US), 25 * DAY_US)

    assert overlapping([over, later], *at, 10 * DAY_US) is later
    assert overlapping([over, later], *at, 3 * DAY_US) is None
    assert overlapping([over, later], *at, None) is later, "it would stay open until then"


def test_one_that_a_merge_closed_goes_on_as_the_one_that_took_its_place():
    first = real(1, 1, 5, stage="superseded", reason="h2")
    second, lost = real(2, 2, None), real(3, 2, 5, stage="superseded", reason="gone")
    group = LeadGroup({"a": "a"}, [], [first, second, lost])

    assert group.went_on_as(first) is second
    assert group.went_on_as(second) is second
    assert group.went_on_as(lost) is lost


# --- as it happened -----------------------------------------------------------------------------


def test_as_it_happened_everything_counts_from_when_it_was_said_and_done():
    imported_us = 300 * DAY_US
    place = first_place(imported_us)
    said: dict[str, dict[str, Any]] = {
        "lead": {"title": ["CTO", "1970-01-06T00:00:00.000000Z"], "email": ["a@b.com", ""]},
        "account": {"employees": [80, "1970-01-11T00:00:00.000000Z"]},
    }
    now = {scope: {name: one[0] for name, one in each.items()} for scope, each in said.items()}
    touch: tuple[Any, ...] = ("demo.requested", "t1", 7 * DAY_US, "human", {})
    group = LeadGroup(
        {"a": "a", "b": "b"},
        [
            Known(place, What.KNOWN, "a", now, True, said),
            Arrived(place, What.ARRIVED, "b", imported_us, True, *touch),
            Merged(place + 1, What.MERGED, "a", "b", ("b",)),
        ],
        [real(1, 301, 302)],
    )
    found = as_it_happened(group)
    known = [
        (us_of(one.place) // DAY_US, one.facts) for one in found.items if isinstance(one, Known)
    ]
    touches = [one for one in found.items if isinstance(one, Arrived) and one.kind]

    assert found.root_of == {"a": "a", "b": "a"}
    assert known == [
        (0, {"lead": {"email": "a@b.com"}, "account": {}}),
        (5, {"lead": {"email": "a@b.com", "title": "CTO"}, "account": {}}),
        (10, {"lead": {"email": "a@b.com", "title": "CTO"}, "account": {"employees": 80}}),
    ]
    assert [(one.received_us, us_of(one.place)) for one in touches] == [(7 * DAY_US, 7 * DAY_US)]
    assert [type(one) for one in found.items[-2:]] == [HandedOver, Closed]
    assert not any(isinstance(one, Merged) for one in found.items)


def test_items_at_one_place_come_in_the_order_they_were_judged_in():
    place, handoff = first_place(DAY_US), real(1, 1, None)
    items: list[Item] = [
        HandedOver(place, What.HANDED_OVER, handoff),
        Arrived(place, What.ARRIVED, "a", DAY_US, True, ""),
        Known(place, What.KNOWN, "a", {}, True, {}),
        Merged(place, What.MERGED, "a", "b", ("b",)),
        Closed(place - 1, What.CLOSED, handoff),
    ]

    assert [type(one) for one in ordered(items)] == [Closed, Merged, Known, Arrived, HandedOver]
