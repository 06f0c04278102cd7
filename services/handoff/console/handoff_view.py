"""A hand-off as its page shows it: the frozen context, and what happened since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.handoff import readmodels
from services.handoff.console.telling import did
from services.handoff.domain.handoff import ALLOWED
from services.handoff.domain.policy import PolicyVersion, RejectReason
from services.handoff.domain.questions import Titles
from services.handoff.domain.timeline_words import PEOPLE
from services.handoff.domain.timeline_words import words as told_in_words
from services.handoff.handlers.clock_times import clock_times
from services.handoff.store import people, promises
from services.handoff.unit_of_work import UnitOfWork
from shared.console.formats import Formats, clip
from shared.contracts.handoffs import Person
from shared.problem import not_found

ASKING = ("demo.requested", "contact.requested", "quote.requested", "meeting.booked")
JOINED = "superseded"
DUTIES = ("accept", "first_attempt")
KEPT_BY = {
    "accept": ("accept", "reject"),
    "first_attempt": ("attempt", "talked", "sql", "opportunity", "won", "lost"),
}
"""The evidence that what a clock counts was done; a hand-off can be closed without any."""


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
    """One of the clocks; ``took_s`` once it has stopped on evidence."""

    kind: str
    is_share: bool
    due_at: datetime
    took_s: float | None
    state: str
    """``running``, ``paused``, ``late`` or ``stopped``."""
    is_late: bool
    explanation: str
    is_kept: bool
    """What was promised was done; False where it was closed before."""


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
    considered: list[tuple[str, bool, str]]
    gate_title: str
    names: Mapping[str, Person]
    joined_into: str | None
    """The hand-off it was joined with, where the lead goes on."""

    @property
    def is_open(self) -> bool:
        """Whether sales still has to do something."""
        return bool(self.allowed)


def view_of(uow: UnitOfWork, handoff_id: str, owner_id: str | None, words: Formats) -> HandoffView:
    """Return a hand-off as its page shows it. Raises ``Problem`` (404)."""
    conn = uow.conn
    one = readmodels.show_handoff(conn, handoff_id, owner_id)
    if one is None:
        raise not_found("hand-off")
    frozen = one["sales_ready"]
    version = uow.parts.shelf.by_id(conn, frozen["handoff"]["policy_version_id"])
    names = people.people_by_id(conn, _ids(one))
    clocks = [_clock(each, words) for each in _timed(clock_times(uow, handoff_id))]
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
        _owed_next(clocks),
        promises.of_handoff(conn, handoff_id),
        version.reject_reasons,
        frozenset(ALLOWED[one["stage"]]),
        Person(**one["owner"]),
        one["assignments"][-1],
        assigned_because(one["assignments"][-1], names, words),
        [_considered(each, words) for each in one["assignments"][-1]["considered"]],
        _gate_title(frozen, words),
        names,
        next((each["detail"].get("by") for each in one["steps"] if each["kind"] == JOINED), None),
    )


def _ids(one: Mapping[str, Any]) -> Iterable[str]:
    found = {step["by"] for step in one["steps"]} | {one["accepted_by"], one["closed_by"]}
    found |= {each["person_id"] for each in (*one["told"], *one["assignments"])}
    found |= {each["assigned_by"] for each in one["assignments"]}
    found |= {step["detail"].get(name) for step in one["steps"] for name in PEOPLE}
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


def _clock(clock: Mapping[str, Any], words: Formats) -> ClockShown:
    stopped = clock["stopped_at"]
    return ClockShown(
        clock["kind"],
        clock["step"] > 1,
        clock["due_at"],
        None if stopped is None else float(clock["took_s"]),
        clock["state"],
        (stopped or words.now) > clock["due_at"],
        (clock.get("explanation") or {}).get(words.language, ""),
        clock["evidence"] in KEPT_BY[clock["kind"]],
    )


def _owed_next(clocks: Sequence[ClockShown]) -> ClockShown | None:
    """Return the clock that counts now: of what is owed first, the present owner's."""
    running = [clock for clock in clocks if clock.state != "stopped"]
    return next((clock for clock in reversed(running) if clock.kind == running[0].kind), None)


# --- what happened --------------------------------------------------------------------------------


def _step(
    words: Formats, version: PolicyVersion, names: Mapping[str, Person], step: Mapping[str, Any]
) -> Line:
    kind, detail = step["kind"], step["detail"]
    by = names.get(step["by"])
    title = reason_title(version, detail.get("reason"), words)
    said = told_in_words(
        kind,
        by.name if by else "Relevo",
        detail,
        {one: person.name for one, person in names.items()},
        Titles(title, title) if title else None,
    )
    return Line(clip(said[words.language], 200), step["happened_at"], str(detail.get("text") or ""))


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
    over = words.say(channel) if words.has(channel) else clip(told["channel"])
    if told["succeeded"]:
        result = words.say("told_ok")
    else:
        result = words.say("told_failed", reason=clip(told["reason"] or ""))
    return Line(f"{who} · {over}", told["told_at"], result, None, not told["succeeded"])


# --- who owns it ----------------------------------------------------------------------------------


def assigned_because(
    assignment: Mapping[str, Any], names: Mapping[str, Person], words: Formats
) -> str:
    """Return why somebody owns it, in the reader's language where its code has words."""
    told = assignment["words"]
    if told:
        return str(told.get(words.language) or assignment["reason"])
    key = f"assigned_{assignment['code']}"
    reason = str(assignment["reason"])
    if not words.has(key):
        return reason
    by = names.get(assignment["assigned_by"])
    who = by.name if by else words.say("nobody")
    return words.say(key, team=clip(assignment["team"] or ""), by=clip(who))


def _considered(each: Mapping[str, Any], words: Formats) -> tuple[str, bool, str]:
    """Return who was looked at, whether they were chosen, and why or why not."""
    told = each.get("words") or {}
    return each["name"], each["chosen"], str(told.get(words.language) or each["reason"])
