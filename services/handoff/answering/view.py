"""What a page shows, made of where the hand-off stands and of what it froze. Writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

import orjson
from babel.dates import format_datetime, format_timedelta
from sqlalchemy import Connection, Row

from services.handoff.answering.words import WORDS, say
from services.handoff.domain.handoff import STAGE_LABELS
from services.handoff.domain.policy import Language, PolicyVersion, RejectReason
from services.handoff.handlers.answer_by_link import Standing, State
from services.handoff.store import deadlines
from services.handoff.texts import LANGUAGES
from shared.answer_links import Action
from shared.plain_text import clean
from shared.touch_words import TOUCH_WORDS

SHOWN_TOUCHES = 8
OTHER: Mapping[Language, Language] = {"en": "es", "es": "en"}
MOMENT: Mapping[Language, str] = {"es": "EEEE d 'de' MMMM, H:mm", "en": "EEEE d MMMM, HH:mm"}
STATUS: Mapping[State, int] = {
    "open": 200,
    "done": 200,
    "used": 410,
    "taken": 409,
    "closed": 409,
    "moved": 410,
    "revoked": 410,
    "expired": 410,
    "unknown": 404,
}


Kind = Literal["unknown", "elsewhere", "away"]
NOTICES: Mapping[Kind, int] = {"unknown": 404, "elsewhere": 403, "away": 503}


@dataclass(frozen=True)
class Notice:
    """A page about a link that was not looked at. It looks like a ``Page`` to the template."""

    state: Kind
    language: Language
    person: str = ""
    is_on_trial: bool = False

    @property
    def other(self) -> Language:
        return OTHER[self.language]

    @property
    def status(self) -> int:
        return NOTICES[self.state]

    @property
    def heading(self) -> str:
        return self.say(self.state)

    @property
    def said(self) -> str:
        return self.say(f"{self.state}.said")

    def say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form, and what is wrong with it: fields to codes."""

    reason: str | None = None
    text: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """A reason as the form offers it."""

    name: str
    title: str
    hint: str
    is_possible: bool


@dataclass(frozen=True)
class Clocks:
    """The deadlines a page tells, where they run."""

    accept: Any = None
    first_attempt: Any = None


def clocks_of(conn: Connection, standing: Standing) -> Clocks:
    """Return the latest clock of each kind."""
    if standing.handoff is None or standing.state not in ("open", "done"):
        return Clocks()
    latest = {row.kind: row for row in deadlines.of_handoff(conn, standing.handoff.handoff_id)}
    return Clocks(latest.get("accept"), latest.get("first_attempt"))


class Page:
    """One page in one language. The template asks it; it escapes nothing, the template does."""

    def __init__(
        self,
        standing: Standing,
        action: Action,
        clocks: Clocks,
        now: datetime,
        language: Language | None,
        link_days: int,
        typed: Typed | None = None,
    ):
        person = standing.person
        self.standing = standing
        self.action = action
        self.language: Language = language or (person.language if person else "en")
        self.other = OTHER[self.language]
        self.typed = typed or Typed()
        self._clocks = clocks
        self._now = now
        self._zone = ZoneInfo(person.zone if person else "UTC")
        self._days = link_days

    @property
    def state(self) -> State:
        return self.standing.state

    @property
    def status(self) -> int:
        """The status code of the answer."""
        return 422 if self.typed.errors and self.state == "open" else STATUS[self.state]

    def say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    # --- whom it is about ---------------------------------------------------------------------

    @property
    def _row(self) -> Row[Any]:
        row = self.standing.handoff
        assert row is not None, "what is open or was answered has its hand-off"
        return row

    @property
    def _version(self) -> PolicyVersion:
        version = self.standing.version
        assert version is not None, "what is open has the version that decided"
        return version

    @cached_property
    def _frozen(self) -> dict[str, Any]:
        row = self.standing.handoff
        return {} if row is None else dict(orjson.loads(row.snapshot))

    @cached_property
    def lead(self) -> str:
        row = self.standing.handoff
        return "" if row is None else clean(row.lead_name, 80)

    @cached_property
    def about(self) -> str:
        """Role and company, as far as they are known."""
        account = self._frozen.get("account") or {}
        parts = (self._frozen["lead"].get("title"), account.get("name") or account.get("domain"))
        return ", ".join(clean(part, 80) for part in parts if part)

    @property
    def person(self) -> str:
        person = self.standing.person
        return "" if person is None else clean(person.name, 80)

    @property
    def is_on_trial(self) -> bool:
        row = self.standing.handoff
        return row is not None and row.agreement == "trial"

    # --- the question -------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        """The one line that says it all."""
        state, values = self.state, {"lead": self.lead, "person": self._who}
        if state == "open":
            return self.say(f"{self.action}.title", **values)
        if state == "done":
            return self.say(f"{self.action}.done", **values)
        return self.say(f"{state}.own" if self._is_own else state, **values)

    @property
    def due(self) -> list[str]:
        """By when an answer is owed, in words; nothing where no clock runs."""
        clock = self._clocks.accept
        due_at = clock.due_at if clock else self._row.due_at
        key = "due.ahead" if due_at > self._now else "due.passed"
        lines = [f"{self.say(key, moment=self.moment(due_at))} ({self._how_far(due_at)})"]
        why = clock.explanation.get(self.language) if clock and clock.explanation else None
        if why and clock.calendar != "always":
            lines.append(clean(why))
        return lines

    @property
    def why_now(self) -> list[str]:
        """What made the gate pass, or who handed the lead over."""
        override = self._frozen.get("override")
        said = []
        if override:
            by, reason = clean(override["by"], 80), clean(override["reason"])
            said.append(self.say("override", by=by, reason=reason))
        return [*said, *self._touches(self._frozen.get("why_now", []))]

    @property
    def seen(self) -> list[str]:
        return list(self._touches(self._frozen.get("timeline", [])))

    def _touches(self, touches: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        for touch in touches[:SHOWN_TOUCHES]:
            words = TOUCH_WORDS.get(touch["kind"], {}).get(self.language)
            title = clean(touch.get("title") or ("" if words else touch["name"]), 120)
            what = ": ".join(part for part in (words, title) if part)
            yield f"{self.moment(datetime.fromisoformat(touch['occurred_at']))}: {what}"
        if len(touches) > SHOWN_TOUCHES:
            yield self.say("more", count=len(touches) - SHOWN_TOUCHES)

    @cached_property
    def choices(self) -> list[Choice]:
        """The reasons of the version that decided."""
        return [self._choice(one, self._row.attempts) for one in self._version.reject_reasons]

    def _choice(self, reason: RejectReason, attempts: int) -> Choice:
        hint = ""
        if attempts < reason.attempts:
            hint = self.say("reason.attempts", needed=reason.attempts, reported=attempts)
        elif reason.effect == "text":
            hint = self.say("reason.text")
        return Choice(reason.name, self._title(reason), hint, attempts >= reason.attempts)

    @property
    def text_hint(self) -> str:
        """With which reason the explanation is needed."""
        needing = [one for one in self._version.reject_reasons if one.effect == "text"]
        if not needing:
            return self.say("text.hint.optional")
        return self.say("text.hint", reason=", ".join(map(self._title, needing)))

    @property
    def errors(self) -> Mapping[str, str]:
        """What is wrong, by field, in words."""
        values = self.typed.values
        return {
            where: self.say(f"error.{code}", **values) for where, code in self.typed.errors.items()
        }

    # --- the answer ---------------------------------------------------------------------------

    @property
    def said(self) -> str:
        """What is so, in a sentence or two."""
        standing, state = self.standing, self.state
        values: dict[str, object] = {"lead": self.lead, "person": self._who, "days": self._days}
        if standing.at is not None:
            values["moment"] = self.moment(standing.at)
        if standing.handoff is not None:
            values |= {"stage": self._stage, "reason": self._reason}
        if state == "done":
            return self.say(f"{self.action}.done.said", **values)
        if state == "closed" and standing.by is not None:
            return self.say("closed.by", **values)
        return self.say(f"{state}.own.said" if self._is_own else f"{state}.said", **values)

    @property
    def next(self) -> list[str]:
        """What happens after the answer that was taken just now."""
        row, clock = self._row, self._clocks.first_attempt
        lines = [self.say(f"{self.action}.next")]
        if self.action == "accept":
            if clock is not None and row.first_attempt_at is None:
                lines.append(self.say("accept.next.by", moment=self.moment(clock.due_at)))
            return lines
        reason = self._rejected_with
        if reason is not None and reason.effect != "text":
            effect = LANGUAGES[self.language].effects[reason.effect]
            lines.append(self.say("reject.next.effect", effect=effect))
        if row.returns_at is not None:
            lines.append(self.say("reject.next.returns", moment=self.moment(row.returns_at)))
        return lines

    @property
    def undo(self) -> str:
        return self.say(f"{self.action}.undo")

    # --- words --------------------------------------------------------------------------------

    @property
    def _is_own(self) -> bool:
        """Whether who has it is the reader; some pages say that in other words."""
        by, person = self.standing.by, self.standing.person
        is_reader = by is not None and person is not None and by.person_id == person.person_id
        return is_reader and f"{self.state}.own" in WORDS

    @property
    def _who(self) -> str:
        by = self.standing.by
        return "Relevo" if by is None else clean(by.name, 80)

    @property
    def _stage(self) -> str:
        label = STAGE_LABELS[self._row.stage]
        return label.es if self.language == "es" else label.en

    @property
    def _rejected_with(self) -> RejectReason | None:
        row, version = self.standing.handoff, self.standing.version
        if row is None or version is None or row.reason is None:
            return None
        return version.reasons_by_name.get(row.reason)

    @property
    def _reason(self) -> str:
        reason = self._rejected_with
        return "" if reason is None else self._title(reason)

    def _title(self, reason: RejectReason) -> str:
        return clean(reason.title.es if self.language == "es" else reason.title.en)

    def moment(self, moment: datetime) -> str:
        """Return a moment in the reader's zone: ``lunes 2 de marzo, 13:15``."""
        return format_datetime(moment, MOMENT[self.language], self._zone, self.language)

    def _how_far(self, moment: datetime) -> str:
        distance = format_timedelta(
            moment - self._now, granularity="minute", add_direction=True, locale=self.language
        )
        return f"{distance}; {self._zone.key}"
