"""Answers in forms and booking pages: which of them say who somebody is, and what.

Form builders give every question an id of their own and a label its author wrote. What a
question asks is told by its type where the tool has one for e-mail addresses, else by its
label, and above both by the source's options.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pydantic import Field, field_validator

from services.ingest.domain.facts import COMPANY, LEAD
from services.ingest.domain.text import text_of
from services.ingest.domain.touch_kinds import fold_name
from services.ingest.vendors.plain import ANONYMOUS_ID, EMAIL, USER_ID
from services.ingest.vendors.port import Options
from services.ingest.vendors.signatures import SigningOptions

SUBMITTED = "form.submitted"
MOST_ANSWERS = 300
MOST_CHOICES = 50
LONGEST_LABEL = 200
LONGEST_ADDRESS = 254
ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")

IDENTIFIES = ("email", "user_id", "anonymous_id")
_MEANS = {
    **{name: name for name in (*LEAD, *COMPANY)},
    **dict.fromkeys(EMAIL, "email"),
}
# Ids are no question: a form gets them from the page it stands on, in fields nobody sees.
_HIDDEN_MEANS = {
    **_MEANS,
    **dict.fromkeys(USER_ID, "user_id"),
    **dict.fromkeys(ANONYMOUS_ID, "anonymous_id"),
}


class FormOptions(Options):
    """Options of a source whose requests hold the answers of forms."""

    answers: dict[str, str] = Field(
        default_factory=dict,
        max_length=1000,
        description="Question (its id, name or label; FORM ID/QUESTION for one form only) → what "
        "its answer is: `email`, `user_id`, `anonymous_id`, or a fact such as `company`.",
    )

    @field_validator("answers")
    @classmethod
    def _names_something(cls, answers: dict[str, str]) -> dict[str, str]:
        for question, ours in answers.items():
            if not (0 < len(question) <= LONGEST_LABEL and 0 < len(ours) <= LONGEST_LABEL):
                raise ValueError(f"a question and a fact have 1 to {LONGEST_LABEL} characters")
        return answers


class SigningFormOptions(FormOptions, SigningOptions):
    """Options of such a source whose tool signs if it is told to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. ``value`` is a text, a number, a yes or no, or a list of texts."""

    label: str
    value: Any
    names: tuple[str | None, ...] = ()
    """What else the question is called: its ids in the tool."""
    is_email: bool = False
    """The question asks for an e-mail address, by its type."""
    is_hidden: bool = False
    """The page filled it in; nobody saw a question."""


@dataclass(slots=True)
class Told:
    """What the answers of one form say."""

    email: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    lead: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    """Answers that say nothing about a person, and hidden fields such as `utm_source`."""


def read_answers(
    answers: Iterable[Answer], wanted: Mapping[str, str], form_id: str | None = None
) -> Told:
    """Return what ``answers`` say; ``wanted`` are the source's options about questions.

    The first address typed counts, then one in a hidden field. Where no question is known to
    ask for one and exactly one answer is an address, that is it: "Your best mail?".
    """
    told, hidden = Told(), Told()
    others: dict[str, Any] = {}
    for answer in islice(answers, MOST_ANSWERS):
        if answer.value is None or answer.value in ("", [], {}):
            continue
        meaning = _meaning(answer, wanted, form_id)
        whom = hidden if answer.is_hidden else told
        if meaning in IDENTIFIES and getattr(whom, meaning) is None:
            setattr(whom, meaning, text_of(answer.value))
        elif meaning is None or meaning in IDENTIFIES:  # of two addresses one is a colleague's
            into = hidden.properties if answer.is_hidden else others
            into.setdefault(answer.label[:LONGEST_LABEL], answer.value)
        else:
            value = answer.value
            whom.lead.setdefault(meaning, ", ".join(value) if isinstance(value, list) else value)
    told.email = told.email or hidden.email or _only_address(others)
    told.user_id = told.user_id or hidden.user_id
    told.anonymous_id = told.anonymous_id or hidden.anonymous_id
    told.lead = {**hidden.lead, **told.lead}
    told.properties = {
        **hidden.properties,
        "form.answers": {label: one for label, one in others.items() if one != told.email} or None,
    }
    return told


def _meaning(answer: Answer, wanted: Mapping[str, str], form_id: str | None) -> str | None:
    if wanted:
        for name in (*answer.names, answer.label):
            if name is not None and (ours := wanted.get(f"{form_id}/{name}") or wanted.get(name)):
                return ours
    if answer.is_email:
        return "email"
    means = _HIDDEN_MEANS if answer.is_hidden else _MEANS
    return means.get(fold_name(answer.label).replace(" ", "_"))


def _only_address(answers: Mapping[str, Any]) -> str | None:
    found = {text.strip() for text in answers.values() if is_address(text)}
    return found.pop() if len(found) == 1 else None


def is_address(value: Any) -> bool:
    """Return whether ``value`` looks like an e-mail address and nothing else."""
    return (
        isinstance(value, str)
        and len(value) <= LONGEST_ADDRESS
        and ADDRESS.fullmatch(value.strip()) is not None
    )


def plain_answer(value: Any) -> Any:
    """Return an answer as people read it: objects become text, a list of one its only item."""
    if isinstance(value, dict):
        return " ".join(_texts(value.values())) or None
    if isinstance(value, list):
        texts = _texts(value)
        return texts[0] if len(texts) == 1 else texts
    return value if isinstance(value, bool | int | float) else text_of(value)


def _texts(values: Iterable[Any]) -> list[str]:
    """Return the texts and numbers in ``values``, as texts."""
    some = islice(values, MOST_CHOICES)
    return [text for one in some if (text := text_of(one)) is not None]
