"""Messages for people, made of events: who, why now, what interests them, by when.

What a rep needs in ten seconds comes first. Texts are plain: each channel escapes them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import orjson

from services.notify.domain.messages import Button, Message, Notice, Section
from services.notify.texts.compose_review import compose_review
from services.notify.texts.phrases import Phrases
from services.notify.texts.trouble import compose_trouble
from shared.answer_links import Action
from shared.contracts import Catalogue
from shared.contracts.clocks import Escalated, Reminded, Rescheduled
from shared.contracts.consent import ConsentSaid, HandoffConsentChanged
from shared.contracts.handoffs import (
    Assignment,
    Deadline,
    GroupPerson,
    HandoffEvent,
    NotToSay,
    Reassigned,
    SalesReady,
    TouchLine,
    Updated,
)
from shared.contracts.requests import HandoffInformed
from shared.contracts.routing import FellBack
from shared.plain_text import clean

SHOWN_TOUCHES = 5
SHOWN_PEOPLE = 5
SHOWN_TOPICS = 5
SHOWN_EARLIER = 3
LONGEST_WHY = 400
REFUSED = "refused"
TAKEN = "taken"
EVERY = "all"  # stands for every channel
DAY_AND_NIGHT = "always"  # the calendar nobody needs explained

_catalogue = Catalogue.of(
    SalesReady,
    Reassigned,
    Reminded,
    Rescheduled,
    Escalated,
    Updated,
    FellBack,
    HandoffConsentChanged,
    HandoffInformed,
)


def compose_notice(
    notice: Notice, language: str, zone: str, answers: Mapping[Action, str] = MappingProxyType({})
) -> Message:
    """Return the message for one person; ``language`` and ``zone`` where they have none.

    ``answers`` are the addresses to answer at, where the message asks for an answer.
    """
    reader = notice.reader
    words = Phrases(reader.language or language, reader.zone or zone)
    if notice.step == "review":
        return compose_review(notice.events[0], reader, words)
    if notice.trouble is not None:
        return compose_trouble(words, notice.trouble)
    events = [event for event in map(_read, notice.events) if event is not None]
    ready = _read(notice.ready) if notice.ready else None
    context = ready if isinstance(ready, SalesReady) else None
    first = events[0]
    if context is not None and (running := _running(first)):
        context = context.model_copy(update={"deadlines": running})
    sections: list[Section] = []
    if notice.step == "update":
        news = [event for event in events if isinstance(event, Updated)]
        touches = _strongest_first(news)
        people = [person for event in news for person in event.people]
        counted = words.say("line.news", count=len(touches)) if len(touches) > 1 else ""
        told = _touches(words, touches, SHOWN_TOUCHES * 2)
        lines = [counted, *told, *_people(words, people)]
        sections += _section(words, "news", lines)
    if isinstance(first, HandoffConsentChanged):
        latest = events[-1]
        changes = latest.changes if isinstance(latest, HandoffConsentChanged) else first.changes
        sections += _section(words, "consent", (_consent(words, one) for one in changes))
    greeting = words.say("greeting", name=reader.name)
    return _message(words, notice.step, first, context, sections, greeting, answers)


def _strongest_first(news: Sequence[Updated]) -> list[TouchLine]:
    """Return what the lead did: what brings most points first, of equals the latest."""
    touches = [touch for event in news if not event.people for touch in event.touches]
    points = {touch_id: worth for event in news for touch_id, worth in event.points.items()}
    touches.sort(key=lambda touch: touch.occurred_at, reverse=True)
    return sorted(touches, key=lambda touch: points.get(touch.touch_id, 0.0), reverse=True)


def compose_event(payload: bytes, language: str, zone: str) -> Message:
    """Return the message about an event for a team's channel."""
    words = Phrases(language, zone)
    event = _read(payload)
    if isinstance(event, SalesReady):
        return _message(words, "ready", event, event, [], "", {})
    return _one_line(words, orjson.loads(payload))


def _running(event: HandoffEvent) -> list[Deadline]:
    """Return the clocks a message is about, where they are not those of the hand-off's start."""
    if isinstance(event, Rescheduled | Reminded):
        return [event.deadline]
    return event.deadlines if isinstance(event, Reassigned) else []


def _read(payload: bytes) -> HandoffEvent | None:
    envelope = _catalogue.read(payload)
    return envelope.data if envelope and isinstance(envelope.data, HandoffEvent) else None


def _message(
    words: Phrases,
    step: str,
    event: HandoffEvent,
    context: SalesReady | None,
    sections: Sequence[Section],
    greeting: str,
    answers: Mapping[Action, str],
) -> Message:
    ref = event.handoff
    lead = _named(ref.lead_name, context)
    said = {"policy": ref.policy, "tier": ref.tier, **_intro(words, event)}
    key = f"intro.{step}"
    if context and context.override and words.has(f"{key}.override"):
        key, said["by"] = f"{key}.override", clean(context.override.by, 80)
    detail = _detail(event)
    if detail and words.has(f"{key}.{detail}"):
        key = f"{key}.{detail}"
    intro = words.say(key, **said)
    return Message(
        language=words.language,
        title=words.say(f"title.{step}", lead=lead),
        intro=f"{greeting} {intro}".strip(),
        sections=(*sections, *(_context(words, context) if context and step != TAKEN else ())),
        buttons=(*_answers(words, answers), *_buttons(words, context)),
        footer=_footer(words, ref.agreement),
    )


def _detail(event: HandoffEvent) -> str:
    """Return what makes another sentence of the same message."""
    if isinstance(event, Escalated):
        return event.name
    return event.why if isinstance(event, Rescheduled) else ""


def _footer(words: Phrases, agreement: str | None) -> str:
    return words.say("trial") if agreement == "trial" else ""


def _named(name: str, context: SalesReady | None) -> str:
    account = context.account if context else None
    company = (account.name or account.domain) if account else None
    return f"{clean(name, 80)} ({clean(company, 80)})" if company else clean(name, 80)


def _intro(words: Phrases, event: HandoffEvent) -> dict[str, str]:
    values = {"owner": event.handoff.owner.name}
    if isinstance(event, Reassigned):
        values |= {
            "earlier": event.earlier_owner.name,
            "reason": _title(words, event.why, None) or _why_assigned(words, event.assignment),
        }
    if isinstance(event, HandoffInformed):
        values |= {
            "by": event.by.name,
            "reason": _title(words, event.reason_title, event.reason),
            "why": words.say(f"informed.{event.why}"),
        }
    if isinstance(event, Rescheduled):
        values |= {
            "due": words.moment(event.deadline.due_at),
            "earlier": words.moment(event.earlier_due_at),
        }
    if isinstance(event, FellBack):
        values["why"] = clean(_in_words(words, event.assignment), LONGEST_WHY)
    if isinstance(event, Escalated | Reminded):
        duty = f"duty.{event.deadline.kind}"
        values |= {
            "due": words.moment(event.deadline.due_at),
            "duty": words.say(duty) if words.has(duty) else event.deadline.kind,
        }
    return values


def _context(words: Phrases, ready: SalesReady) -> Iterator[Section]:
    """Yield what the hand-off froze, in the order a rep needs it."""
    yield from _section(words, "due", _deadlines(words, ready))
    yield from _section(words, "who", _who(words, ready))
    yield from _section(words, "why_now", _why_now(words, ready))
    others = [one for one in ready.group if one.lead_id != ready.lead.lead_id]
    yield from _section(words, "group", _people(words, others))
    yield from _section(words, "not_to_say", [_not_to_say(words, o) for o in ready.not_to_say])
    yield from _section(words, "interests", _interests(words, ready))
    yield from _section(words, "seen", _touches(words, ready.timeline, SHOWN_TOUCHES))
    yield from _section(words, "earlier", _earlier(words, ready))
    yield from _section(words, "question", _question(words, ready))


def _section(words: Phrases, heading: str, lines: Iterable[str]) -> list[Section]:
    found = tuple(line for line in lines if line)
    return [Section(words.say(heading), found)] if found else []


def _deadlines(words: Phrases, ready: SalesReady) -> Iterator[str]:
    for deadline in ready.deadlines:
        key = f"line.due.{deadline.kind}"
        due = f"{words.moment(deadline.due_at)} ({words.zone})"
        yield words.say(key if words.has(key) else "line.due.other", due=due, kind=deadline.kind)
        if deadline.explanation is not None and deadline.calendar != DAY_AND_NIGHT:
            yield clean(deadline.explanation.get(words.language, ""))


def _who(words: Phrases, ready: SalesReady) -> Iterator[str]:
    lead, account = ready.lead, ready.account
    company = (account.name or account.domain) if account else None
    yield clean(lead.name)
    if lead.title and company:
        yield words.say("line.title", title=lead.title, company=company)
    elif lead.title or company:
        yield clean(lead.title or company)
    for field, value in (
        ("email", lead.email),
        ("phone", lead.phone),
        ("country", lead.country),
        ("language", lead.language),
    ):
        if value:
            yield words.say(f"line.{field}", **{field: value})
    refused = [_channel(words, one.channel) for one in lead.consent if one.status == REFUSED]
    if refused:
        yield words.say("line.refused", channels=", ".join(refused))
    for one in lead.consent:
        if one.status != REFUSED:
            given = {"day": words.day(one.at), "source": one.source}
            yield words.say("line.granted", channel=_channel(words, one.channel), **given)


def _why_now(words: Phrases, ready: SalesReady) -> Iterator[str]:
    if ready.override is not None:
        by, reason = clean(ready.override.by, 80), clean(ready.override.reason)
        yield words.say("line.override", by=by, reason=reason)
    yield from _touches(words, ready.why_now, SHOWN_TOUCHES)
    if ready.released is not None:
        yield words.say("line.released", by=clean(ready.released.by, 80))


def _people(words: Phrases, people: Sequence[GroupPerson]) -> Iterator[str]:
    """Yield who else of the account did something, and what they did last."""
    for person in people[:SHOWN_PEOPLE]:
        who = f"{clean(person.name)}, {clean(person.title)}" if person.title else clean(person.name)
        what = _what(words, person.touches[0]) if person.touches else ""
        yield f"{who}: {what}" if what else who
    if len(people) > SHOWN_PEOPLE:
        yield words.say("line.more", count=len(people) - SHOWN_PEOPLE)


def _touches(words: Phrases, touches: Sequence[TouchLine], limit: int) -> Iterator[str]:
    for touch in touches[:limit]:
        yield words.say("line.touch", at=words.moment(touch.occurred_at), what=_what(words, touch))
    if len(touches) > limit:
        yield words.say("line.more", count=len(touches) - limit)


def _what(words: Phrases, touch: TouchLine) -> str:
    key = f"touch.{touch.kind}"
    title = clean(touch.title or "", 120)
    if not words.has(key):
        return title or clean(touch.name, 120)
    return f"{words.say(key)}: {title}" if title else words.say(key)


def _interests(words: Phrases, ready: SalesReady) -> Iterator[str]:
    for interest in ready.interests[:SHOWN_TOPICS]:
        yield words.say("line.interest", topic=interest.topic, share=words.share(interest.weight))


def _earlier(words: Phrases, ready: SalesReady) -> Iterator[str]:
    for one in ready.earlier_handoffs[:SHOWN_EARLIER]:
        # What took the place of one that was joined is an id, and no reason for people.
        reason = "" if one.stage == "superseded" else _title(words, one.reason_title, one.reason)
        yield words.say(
            "line.earlier.reason" if reason else "line.earlier",
            day=words.day(one.closed_at or one.opened_at),
            stage=_stage(words, one.stage),
            reason=reason,
            owner=one.owner.name,
        )


def _not_to_say(words: Phrases, one: NotToSay) -> str:
    """Return what not to say in the reader's language, with who says so."""
    day, said = words.day(one.at), f" ({clean(one.source)})" if one.source else ""
    if one.kind == "reject_reason":
        return words.say(
            "no.reject_reason", day=day, reason=_title(words, one.reason_title, one.text)
        )
    if one.channel is None:
        return words.say("no.other", day=day, text=one.text) + said
    key = f"no.{one.kind}.all" if one.channel == EVERY else f"no.{one.kind}"
    if not words.has(key):
        key = f"no.{one.kind}"
    return words.say(key, channel=_channel(words, one.channel), day=day) + said


def _consent(words: Phrases, one: ConsentSaid) -> str:
    channel, given = _channel(words, one.channel), {"day": words.day(one.at)}
    return words.say(f"line.consent.{one.status}", channel=channel, source=one.source, **given)


def _channel(words: Phrases, channel: str) -> str:
    key = f"channel.{channel}"
    return words.say(key) if words.has(key) else clean(channel)


def _title(words: Phrases, titles: Mapping[str, str] | None, otherwise: str | None) -> str:
    """Return a reason by its title; one that has none is in somebody's own words."""
    return clean((titles or {}).get(words.language) or otherwise or "")


def _in_words(words: Phrases, assignment: Assignment) -> str:
    said = (assignment.words or {}).get(words.language) or assignment.reason
    return f"{said[:1].upper()}{said[1:]}"


def _why_assigned(words: Phrases, assignment: Assignment) -> str:
    if assignment.text:
        return assignment.text
    key = f"reason.{assignment.code}"
    if assignment.by is None or not words.has(key):
        return (assignment.words or {}).get(words.language) or assignment.reason
    return words.say(key, by=assignment.by.name)


def _question(words: Phrases, ready: SalesReady) -> Iterator[str]:
    if ready.interests:
        yield words.say("question.topic", topic=ready.interests[0].topic)
    elif ready.why_now:
        yield words.say("question.what", what=_what(words, ready.why_now[0]))


def _stage(words: Phrases, stage: str) -> str:
    key = f"stage.{stage}"
    return words.say(key) if words.has(key) else clean(stage)


def _answers(words: Phrases, answers: Mapping[Action, str]) -> Iterator[Button]:
    """Yield the links to answer by. They open a page; only its form acts."""
    for action, url in answers.items():
        yield Button(words.say(f"button.{action}"), url, action)


def _buttons(words: Phrases, context: SalesReady | None) -> tuple[Button, ...]:
    url = context.links.console if context else ""
    if urlsplit(url).scheme not in ("http", "https"):
        return ()
    return (Button(words.say("button.open"), url, "open"),)


def _one_line(words: Phrases, event: dict[str, Any]) -> Message:
    data = event["data"]
    ref = data.get("handoff") or {}
    key = f"event.{event['type']}"
    title = words.say(
        key if words.has(key) else "event.other",
        type=event["type"],
        lead=ref.get("lead_name") or event.get("subject") or "",
        owner=(ref.get("owner") or {}).get("name", ""),
        stage=_stage(words, ref.get("stage", "")),
        reason=_title(words, data.get("reason_title"), data.get("reason")),
        policy=data.get("policy") or "",
        version=data.get("version") or "",
    )
    footer = _footer(words, ref.get("agreement") or data.get("agreement"))
    return Message(words.language, title, "", (), (), footer)
