"""Hand-offs counted by the database, where they are alike, are those counted one by one.

Every moment is one of a few, so that many fall on a deadline, on now or on the edge of a month.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import insert

from services.handoff.domain.advice import Had
from services.handoff.domain.goals import measure, month_edges
from services.handoff.domain.history import BY_HAND
from services.handoff.domain.months import months_between
from services.handoff.domain.policy import Targets
from services.handoff.domain.results import Counted, HandedOver, Period, acceptance, winning
from services.handoff.store import results
from services.handoff.store.tables import HANDOFF, HANDOFF_DEADLINE, HANDOFF_HAD, STEP
from shared.ids import new_id
from tests.unit.handoff.test_months import MADRID, at
from tests.unit.handoff.written import policy_of

NOW = at(2026, 6, 1, 12)
HOURS = 6
MOMENTS = [NOW + timedelta(hours=HOURS * number) for number in range(-140, 4)]
LATEST = MOMENTS[-12:]  # much of it is open
STAGES = ("assigned", "accepted", "working", "won", "lost", "rejected", "recycled", "superseded")
SINCE = at(2026, 5, 10)
ONE = policy_of({"demo": {}})
HOT = ONE.response["hot"]
VERSION = replace(
    ONE,
    targets=Targets(70, 90, 10, 40),
    response={"hot": HOT, "warm": replace(HOT, first_attempt_in=timedelta(hours=4 * HOURS))},
)
HAD = (None, Had({"demo": True}, {}), Had({"demo": None}, {"title": False}))
NO_CALENDAR = {"within_s": 0, "asked": "", "calendar": "", "explanation": {}}
NOTHING = {
    **dict.fromkeys(("agreement", "lead_name", "policy"), ""),
    **dict.fromkeys(("engagement", "fit", "attempts", "cycle", "version"), 0),
    "snapshot": b"{}",
}


class Made(NamedTuple):
    """A hand-off with what is stored around it."""

    one: HandedOver
    gate: str
    times_taken: int
    had: Had | None

    @property
    def counts(self) -> bool:
        return self.gate != BY_HAND and self.one.decided_at >= SINCE


def made(chance: Random) -> Made:
    decided_at = chance.choice(chance.choice((MOMENTS, LATEST)))

    def later(often: float) -> Any:
        if chance.random() > often:
            return None
        return decided_at + timedelta(hours=HOURS * chance.randrange(6))

    times_taken, accepted_at = chance.choice((0, 0, 1, 2)), later(0.3)
    one = HandedOver(
        tier=chance.choice(("hot", "warm")),
        stage=chance.choice(STAGES),
        decided_at=decided_at,
        answer_due_at=later(1),
        is_accepted=times_taken > 0 or accepted_at is not None,
        first_attempt_at=later(0.5),
        closed_at=later(0.5),
        first_attempt_due_at=later(0.7),
    )
    return Made(one, chance.choice((BY_HAND, "asked", "asked")), times_taken, chance.choice(HAD))


def store(conn: Any, version_id: str, everybody: list[Made]) -> None:
    rows: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (HANDOFF, STEP, HANDOFF_DEADLINE, HANDOFF_HAD)
    }
    for one in everybody:
        handoff = {"handoff_id": new_id(), "version_id": version_id}
        id_only = {"handoff_id": handoff["handoff_id"]}
        values, moment = one.one._asdict(), one.one.decided_at
        due_at, taken = values.pop("first_attempt_due_at"), values.pop("is_accepted")
        values["due_at"] = values.pop("answer_due_at")
        values["accepted_at"] = moment if taken and not one.times_taken else None
        ids = {name: new_id() for name in ("lead_id", "owner_id")}
        rows[HANDOFF].append(NOTHING | handoff | ids | values | {"gate": one.gate})
        for kind in ["accept"] * one.times_taken + ["attempt"]:
            step = {"step_id": new_id(), "kind": kind, "by": "ana", "detail": {}}
            rows[STEP].append(id_only | step | {"happened_at": moment})
        clocks = [("accept", 1, moment), ("first_attempt", 2, moment)]
        for kind, number, due in [*clocks, ("first_attempt", 1, due_at)]:
            if due is not None:
                clock = {"kind": kind, "step": number, "due_at": due, "starts_at": moment}
                rows[HANDOFF_DEADLINE].append(NO_CALENDAR | id_only | clock)
        if one.had is not None:
            had = {"signals": dict(one.had.signals), "fit": dict(one.had.fit), "facts": {}}
            rows[HANDOFF_HAD].append(id_only | had)
    for table, values_of_all in rows.items():
        conn.execute(insert(table), values_of_all)


async def test_what_the_database_counts_together_is_alike_in_every_figure(world):
    chance = Random(1)
    everybody, version_id = [made(chance) for _ in range(2_000)], new_id()
    counting = [each for each in everybody if each.counts]
    months = list(months_between(SINCE, NOW, MADRID))
    period = Period(SINCE)

    def work(conn: Any) -> Any:
        store(conn, version_id, everybody)
        together = results.handed_over(conn, version_id, period, month_edges(months), NOW)
        without_months = results.handed_over(conn, version_id, period, [], NOW)
        return together, without_months, results.handed_over_having(conn, version_id, period, NOW)

    together, without_months, having = await world.db.write(work)
    one_by_one = [Counted(each.one) for each in counting]
    found = Counter[Any]()
    for example, had, handoffs in having:
        found[acceptance(example, NOW), winning(example), repr(had)] += handoffs

    assert measure(VERSION, together, months, NOW) == measure(VERSION, one_by_one, months, NOW)
    assert measure(VERSION, without_months, [], NOW) == measure(VERSION, one_by_one, [], NOW)
    assert len(without_months) < len(together) < len(one_by_one)
    assert found == Counter(
        (acceptance(each.one, NOW), winning(each.one), repr(each.had)) for each in counting
    )
