"""A hand-off as its page shows it: the frozen context, and what happened since."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from services.handoff import readmodels
from services.handoff.console.formats import Formats, clip
from services.handoff.console.telling import did
from services.handoff.console.words import has
from services.handoff.domain.handoff import ALLOWED
from services.handoff.domain.policy import PolicyVersion, RejectReason
from services.handoff.store import deadlines, people, promises
from services.handoff.store.policies import PolicyShelf
from shared.contracts.handoffs import Person
from shared.problem import not_found

ASKING = ("demo.requested", "contact.requested", "quote.requested", "meeting.booked")
MOST_EARLIER = 20
DUTIES = ("accept", "first_attempt")


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened, in words."""

    text: str
    at: str | datetime
    note: str = ""
    url: str | None = None
    is_muted: bool = False


@dataclass(frozen=True, slots=True)
class ClockShown:
    """One of the two clocks; ``took_s`` once it has stopped on evidence."""

    kind: str
    is_share: bool
    due_at: datetime
    took_s: float | None
    is_running: bool
    is_late: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class HandoffView:
    """What the template asks. ``one`` is the hand-off as the API shows it."""

    one: Mapping[str, Any]
    frozen: Mapping[str, Any]
    version: PolicyVersion
    why: list[Line]
    seen: list[Line]
    asked: list[Line]
    steps: list[Line]
    told: list[Line]
    clocks: list[ClockShown]
    running: ClockShown | None
    promises: Sequence[Row[Any]]
    reasons: Sequence[RejectReason]
    allowed: frozenset[str]
    owner: Person
    assignment: Mapping[str, Any]
    assigned_because: str
    later_clocks: list[str]
    gate_title: str
    names: Mapping[str, Person]

    @property
    def is_open(self) -> bool:
        """Whether sales still has to do something."""
        return bool(self.allowed)


def view_of(
    conn: Connection, shelf: PolicyShelf, handoff_id: str, owner_id: str | None, words: Formats
) -> HandoffView:
    """Return a hand-off as its page shows it. Raises ``Problem`` (404)."""
    one = readmodels.show_handoff(conn, handoff_id, owner_id)
    if one is None:
        raise not_found("hand-off")
    frozen = one["sales_ready"]
    version = shelf.by_id(conn, frozen["handoff"]["policy_version_id"])
    names = people.people_by_id(conn, _ids(one))
    counted = [dict(row._mapping) for row in deadlines.of_handoff(conn, handoff_id)]
    clocks = [_clock(one, each, words) for each in _timed(counted or one["deadlines"])]
    return HandoffView(
        one,
        frozen,
        version,
        [_line(words, touch) for touch in frozen["why_now"]],
        [_line(words, touch) for touch in frozen["timeline"]],
        [_line(words, touch) for touch in frozen["why_now"] if touch["kind"] in ASKING],
        [_step(words, version, names, step) for step in one["steps"]],
        [_told(words, names, each) for each in one["told"]],
        clocks,
        next((clock for clock in reversed(clocks) if clock.is_running), None),
        promises.of_handoff(conn, handoff_id),
        version.reject_reasons,
        frozenset(ALLOWED[one["stage"]]),
        Person(**one["owner"]),
        one["assignments"][-1],
        assigned_because(one["assignments"][-1], names, words),
        _later_clocks(one, clocks, version, words),
        _gate_title(frozen, words),
        names,
    )


def _ids(one: Mapping[str, Any]) -> Iterable[str]:
    found = {step["by"] for step in one["steps"]} | {one["accepted_by"], one["closed_by"]}
    found |= {each["person_id"] for each in (*one["told"], *one["assignments"])}
    found |= {each["assigned_by"] for each in one["assignments"]}
    return {each for each in found if each and len(each) == 36}


def _line(words: Formats, touch: Mapping[str, Any]) -> Line:
    made_by = touch["made_by"]
    note = words.say(f"by_{made_by}") if made_by in ("machine", "unsure") else ""
    return Line(
        did(words, touch), touch["occurred_at"], note, touch.get("url"), made_by == "machine"
    )


def _gate_title(frozen: Mapping[str, Any], words: Formats) -> str:
    name = frozen["handoff"]["gate"]
    gates = {gate["name"]: gate["title"] for gate in frozen["evaluation"].get("gates", ())}
    return words.title(gates.get(name), name)


# --- clocks ---------------------------------------------------------------------------------------


def _timed(deadlines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(deadlines, key=lambda one: (one["kind"] not in DUTIES[:1], one["step"]))


def _clock(one: Mapping[str, Any], deadline: Mapping[str, Any], words: Formats) -> ClockShown:
    kind, due_at = deadline["kind"], _moment(deadline["due_at"])
    starts_at = _moment(deadline["starts_at"])
    stopped = one["accepted_at"] if kind == "accept" else one["first_attempt_at"]
    if kind == "accept" and stopped is None and one["closed_at"] is not None:
        stopped = one["closed_at"]
    is_running = stopped is None and one["closed_at"] is None
    took = None if stopped is None else max(0.0, (stopped - starts_at).total_seconds())
    return ClockShown(
        kind,
        deadline["step"] > 1,
        due_at,
        took,
        is_running,
        (stopped or words.now) > due_at,
        (deadline.get("explanation") or {}).get(words.language, ""),
    )


def _later_clocks(
    one: Mapping[str, Any], clocks: list[ClockShown], version: PolicyVersion, words: Formats
) -> list[str]:
    """Say what is promised beyond the clocks there are: the first attempt, and an owner's share."""
    found = []
    if clocks and not any(clock.is_share for clock in clocks):
        found.append(words.say("clock_same"))
    target = version.response.get(one["tier"])
    if target is not None and not any(clock.kind == DUTIES[1] for clock in clocks):
        took = one["first_attempt_at"]
        if took is not None:
            waited = (took - one["decided_at"]).total_seconds()
            found.append(words.say("clock_attempted", time=words.duration(waited)))
        else:
            within = words.duration(target.first_attempt_in.total_seconds())
            found.append(words.say("clock_attempt_in", time=within))
    return found


def _moment(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


# --- what happened --------------------------------------------------------------------------------


def _step(
    words: Formats, version: PolicyVersion, names: Mapping[str, Person], step: Mapping[str, Any]
) -> Line:
    kind, detail = step["kind"], step["detail"]
    by = names.get(step["by"])
    channel = detail.get("channel") or "call"
    channel_key = f"channel_{channel}"
    text = words.say(
        f"step_{kind}" if has(f"step_{kind}") else "step_other",
        by=by.name if by else words.say("nobody"),
        reason=reason_title(version, detail.get("reason"), words),
        channel=words.say(channel_key) if has(channel_key) else clip(channel),
        kind=kind,
    )
    return Line(text, step["happened_at"], str(detail.get("text") or ""))


def reason_title(version: PolicyVersion, name: str | None, words: Formats) -> str:
    """Return a reason in the reader's language; one that is none of the policy's as it is."""
    if not name:
        return ""
    reason = version.reasons_by_name.get(name)
    if reason is None:
        return clip(name)
    return reason.title.es if words.language == "es" else reason.title.en


def _told(words: Formats, names: Mapping[str, Person], told: Mapping[str, Any]) -> Line:
    person = names.get(told["person_id"] or "")
    who = person.name if person else words.say("told_system")
    channel = f"by_{told['channel']}"
    over = words.say(channel) if has(channel) else clip(told["channel"])
    if told["succeeded"]:
        result = words.say("told_ok")
    else:
        result = words.say("told_failed", reason=clip(told["reason"] or ""))
    return Line(f"{who} · {over}", told["told_at"], result, None, not told["succeeded"])


# --- who owns it ----------------------------------------------------------------------------------

CONSIDERED = (
    (re.compile(r"chosen: (\d+) so far, the fewest"), "considered_fewest"),
    (re.compile(r"(\d+) so far"), "considered_more"),
    (re.compile(r"(\d+) so far, but had a turn later than .*"), "considered_later"),
    (re.compile(r"has left()"), "considered_left"),
    (re.compile(r"named as the last resort()"), "considered_last"),
)


def assigned_because(
    assignment: Mapping[str, Any], names: Mapping[str, Person], words: Formats
) -> str:
    """Return why somebody owns it, in the reader's language where its code has words."""
    told = assignment["words"]
    if told:
        return str(told.get(words.language) or assignment["reason"])
    key = f"assigned_{assignment['code']}"
    reason = str(assignment["reason"])
    if not has(key):
        return reason
    by = names.get(assignment["assigned_by"])
    who = by.name if by else words.say("nobody")
    return words.say(key, team=clip(assignment["team"] or ""), by=clip(who))


def considered(reason: str, words: Formats) -> str:
    """Return why somebody was chosen or not; what has no words here as it was stored."""
    for pattern, key in CONSIDERED:
        if found := pattern.fullmatch(reason):
            return words.say(key, count=found[1])
    return reason
