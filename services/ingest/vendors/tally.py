"""Tally: one request for each answered form (https://tally.so/help/webhooks)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import first_text, mapping, text_of
from services.ingest.vendors.bodies import (
    fingerprint,
    joined,
    json_of,
    not_an_object,
    objects_in,
)
from services.ingest.vendors.forms import (
    MOST_ANSWERS,
    SUBMITTED,
    Answer,
    SigningFormOptions,
    plain_answer,
    read_answers,
)
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import MaySign, base64_mac, is_same

RESPONSE = "FORM_RESPONSE"
# type → touch kind where no table knows the form's name
TOUCHES = {RESPONSE: SUBMITTED}


class Tally(MaySign):
    """Tally."""

    name: ClassVar[str] = "tally"
    title: ClassVar[str] = "Tally"
    signed_in: ClassVar[tuple[str, ...]] = ("tally-signature",)
    options_model: ClassVar[type[Options]] = SigningFormOptions

    def is_signed(
        self, request: Request, secret: str, options: SigningFormOptions, now: datetime
    ) -> bool:
        # The vendor's example signs the parsed body written again, which for what it sends are
        # the same bytes. No time is signed: the response's id recognises what comes again.
        given = request.headers.get("tally-signature", "")
        return is_same(base64_mac(secret, request.body), given)

    def touches(
        self, receipt: Receipt, options: SigningFormOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        item = json_of(receipt.body)
        if not isinstance(item, dict):
            raise not_an_object()
        yield _read(item, options)


def _read(item: Mapping[str, Any], options: SigningFormOptions) -> IncomingTouch:
    event = text_of(item.get("eventType")) or RESPONSE
    data = mapping(item.get("data"))
    form_id, title = text_of(data.get("formId")), text_of(data.get("formName"))
    response_id = first_text(data, "responseId", "submissionId")
    told = read_answers(_answers(data), options.answers, form_id)
    return IncomingTouch(
        fingerprint=fingerprint(item, without=("eventId", "createdAt")),
        source_event_id=joined(form_id, response_id) if response_id else None,
        name=title or event if event == RESPONSE else event,
        usual_kind=TOUCHES.get(event),
        email=told.email,
        user_id=told.user_id,
        anonymous_id=told.anonymous_id,
        occurred_at=first_told([data.get("createdAt"), item.get("createdAt")]),
        properties={"form.id": form_id, "form.title": title, **told.properties},
        lead=told.lead,
    )


def _answers(data: Mapping[str, Any]) -> Iterator[Answer]:
    for one in objects_in(data.get("fields"), MOST_ANSWERS):
        kind, value = text_of(one.get("type")), one.get("value")
        if kind == "CHECKBOXES" and isinstance(value, bool):
            continue  # beside the list of what was ticked, each box comes once more alone
        key = text_of(one.get("key"))
        yield Answer(
            label=text_of(one.get("label")) or key or "question",
            value=_value(one, value),
            names=(key,),
            is_email=kind == "INPUT_EMAIL",
            is_hidden=kind == "HIDDEN_FIELDS",
        )


def _value(one: Mapping[str, Any], value: Any) -> Any:
    """Return an answer; what was chosen is given by the ids of its options."""
    texts = {
        text_of(option.get("id")): text_of(option.get("text"))
        for option in objects_in(one.get("options"), MOST_ANSWERS)
    }
    if not texts:
        return plain_answer(_addresses(value))
    # A list, or a text where only one can be chosen: published examples have both.
    chosen = value[:MOST_ANSWERS] if isinstance(value, list) else [value]
    return plain_answer([texts.get(text_of(id_)) or id_ for id_ in chosen])


def _addresses(value: Any) -> Any:
    """Return the addresses of uploaded files; anything else as it is."""
    files = [one["url"] for one in objects_in(value, MOST_ANSWERS) if "url" in one]
    return files or value
