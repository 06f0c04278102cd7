"""The message that both teams should look at their policy again."""

from collections.abc import Iterator

from services.notify.domain.messages import Message, Reader, Section
from services.notify.texts.phrases import Phrases
from shared.contracts import Catalogue
from shared.contracts.policies import MissedTarget, PolicyReviewDue
from shared.plain_text import clean

LONGEST_GOAL = 400

_catalogue = Catalogue.of(PolicyReviewDue)


def compose_review(payload: bytes, reader: Reader, words: Phrases) -> Message:
    """Return the message for one person: why, which goals are missed, what to do."""
    envelope = _catalogue.read(payload)
    assert envelope is not None, "only this event asks for a review"
    due = envelope.data
    assert isinstance(due, PolicyReviewDue), "the catalogue holds nothing else"
    policy = due.title.get(words.language) or due.policy
    missed = tuple(_goal(words, goal) for goal in due.missed)
    sections = [Section(words.say("why_review"), tuple(_why(words, due)))]
    if missed:
        sections.append(Section(words.say("missed"), missed))
    greeting = words.say("greeting", name=reader.name)
    return Message(
        language=words.language,
        title=words.say("title.review", policy=policy),
        intro=f"{greeting} {words.say('intro.review', version=due.version)}",
        sections=tuple(sections),
        buttons=(),
        footer=words.say("trial") if due.agreement == "trial" else "",
    )


def _why(words: Phrases, due: PolicyReviewDue) -> Iterator[str]:
    if due.due_at is not None:
        yield words.say("line.review.date", day=words.day(due.due_at))
    if due.last_reviewed_at is not None:
        yield words.say("line.review.last", day=words.day(due.last_reviewed_at))
    else:
        yield words.say("line.review.never", day=words.day(due.in_force_since))


def _goal(words: Phrases, goal: MissedTarget) -> str:
    return clean(goal.text.get(words.language) or goal.name, LONGEST_GOAL)
