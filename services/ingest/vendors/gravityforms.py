"""Gravity Forms: what its Webhooks add-on posts, one entry per request.

(https://docs.gravityforms.com/triggering-webhooks-form-submissions/.) "All fields" sends the
entry as it is stored, its answers under the numbers of the fields; "Select fields" sends
names the author chose. Nothing is signed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import text_of
from services.ingest.vendors.bodies import (
    content_of,
    event_in,
    fingerprint,
    joined,
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

# Columns of an entry that are no answers (https://docs.gravityforms.com/entry-object/).
NO_ANSWERS = frozenset(
    {
        *("id", "form_id", "post_id", "date_created", "date_updated", "is_starred", "is_read"),
        *("ip", "source_url", "user_agent", "currency", "payment_status", "payment_date"),
        *("payment_amount", "payment_method", "transaction_id", "is_fulfilled", "created_by"),
        *("transaction_type", "status", "source_id", "form_title"),
    }
)
NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,3})?", re.ASCII)


class GravityForms(ShowsToken):
    """Gravity Forms."""

    name: ClassVar[str] = "gravityforms"
    title: ClassVar[str] = "Gravity Forms"
    options_model: ClassVar[type[Options]] = FormOptions

    def touches(
        self, receipt: Receipt, options: FormOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        entry = content_of(receipt)
        if not isinstance(entry, dict):
            raise not_an_object()
        yield _read(entry, options, event_in(receipt.url))


def _read(entry: Mapping[str, Any], options: FormOptions, told_name: str | None) -> IncomingTouch:
    form_id, entry_id = text_of(entry.get("form_id")), text_of(entry.get("id"))
    # An entry says which form it is of by number alone; the address may say its name.
    title = text_of(entry.get("form_title")) or told_name
    told = read_answers(_answers(entry), options.answers, form_id)
    return IncomingTouch(
        fingerprint=fingerprint(entry, without=("date_updated", "is_read", "is_starred")),
        source_event_id=joined(form_id, entry_id) if entry_id else None,
        name=title or (f"form {form_id}" if form_id else "form"),
        usual_kind=SUBMITTED,
        email=told.email,
        user_id=told.user_id,
        anonymous_id=told.anonymous_id,
        occurred_at=first_told([entry.get("date_created")]),  # without a zone; it is UTC
        properties={"form.id": form_id, "form.title": title, **told.properties},
        page={"url": entry.get("source_url")},
        lead=told.lead,
        user_agent=text_of(entry.get("user_agent")),
    )


def _answers(entry: Mapping[str, Any]) -> Iterator[Answer]:
    for name, value in entry.items():
        if name in NO_ANSWERS:
            continue
        if NUMBER.fullmatch(name):
            yield Answer(f"field {name}", plain_answer(value), (name,))
        else:
            yield Answer(name, plain_answer(value))
