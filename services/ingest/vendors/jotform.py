"""Jotform: one request for each answered form, as ``multipart/form-data``.

(https://www.jotform.com/help/245-how-to-setup-a-webhook-with-jotform/.) Nothing is signed
and no time is told. The answers are JSON in a field of their own, ``rawRequest``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.text import mapping, text_of
from services.ingest.vendors.bodies import (
    content_of,
    fingerprint,
    first_of,
    joined,
    json_of,
    not_an_object,
)
from services.ingest.vendors.forms import (
    SUBMITTED,
    Answer,
    FormOptions,
    plain_answer,
    read_answers,
)
from services.ingest.vendors.port import Options, Receipt
from services.ingest.vendors.tokens import ShowsToken

# `q4_email`, or `q4_email4` where the name was made from the label.
QUESTION = re.compile(r"q(\d{1,9})_(.{1,200})", re.DOTALL | re.ASCII)
# What the parts of one answer are: a name is asked in two fields, an address in five.
PARTS = {
    "first": "First name",
    "last": "Last name",
    "city": "City",
    "country": "Country",
}


class Jotform(ShowsToken):
    """Jotform."""

    name: ClassVar[str] = "jotform"
    title: ClassVar[str] = "Jotform"
    options_model: ClassVar[type[Options]] = FormOptions

    def touches(
        self, receipt: Receipt, options: FormOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        form = content_of(receipt)
        if not isinstance(form, dict):
            raise not_an_object()
        yield _read({name: first_of(value) for name, value in form.items()}, options)


def _read(form: Mapping[str, Any], options: FormOptions) -> IncomingTouch:
    raw = _raw(form.get("rawRequest"))
    form_id, title = text_of(form.get("formID")), text_of(form.get("formTitle"))
    submission_id = text_of(form.get("submissionID"))
    told = read_answers(_answers(raw), options.answers, form_id)
    return IncomingTouch(
        fingerprint=fingerprint(form),
        source_event_id=joined(form_id, submission_id) if submission_id else None,
        name=title or "form",
        usual_kind=SUBMITTED,
        email=told.email,
        user_id=told.user_id,
        anonymous_id=told.anonymous_id,
        properties={"form.id": form_id, "form.title": title, **told.properties},
        lead=told.lead,
    )


def _raw(value: Any) -> Mapping[str, Any]:
    """Return the form as the page sent it to Jotform: JSON, written as a text."""
    if not isinstance(value, str):
        return mapping(value)
    try:
        return mapping(json_of(value.encode()))
    except Unreadable as fault:
        raise Unreadable(fault.code, fault.message, "/rawRequest") from None


def _answers(raw: Mapping[str, Any]) -> Iterator[Answer]:
    """Yield the answers; what else is in ``rawRequest`` is about the page, not the person."""
    for key, value in raw.items():
        if (match := QUESTION.fullmatch(key)) is None:
            continue
        number, name = match.groups()
        label = name.removesuffix(number) or name
        if not isinstance(value, dict):
            yield Answer(label, plain_answer(value), (key, number, name))
            continue
        for part, ours in PARTS.items():
            yield Answer(ours, plain_answer(value.get(part)), (f"{key}.{part}",))
        if "last" not in value:  # else it is a name, and what is left of it a title
            rest = {part: inner for part, inner in value.items() if part not in PARTS}
            yield Answer(label, plain_answer(rest), (key, number, name))
