"""Typeform: one request for each answered form.

(https://www.typeform.com/developers/webhooks/.) Only answered questions are in it, and it is
signed only where a secret was set.
"""

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
    texts_in,
)
from services.ingest.vendors.forms import (
    MOST_ANSWERS,
    SUBMITTED,
    Answer,
    SigningFormOptions,
    Told,
    plain_answer,
    read_answers,
)
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import MaySign, base64_mac, is_same

RESPONSE = "form_response"
# type → touch kind where no table knows the form's title; None: it only tells who a lead is
TOUCHES = {
    RESPONSE: SUBMITTED,
    "form_response_partial": None,  # began, and may still send it
}


class Typeform(MaySign):
    """Typeform."""

    name: ClassVar[str] = "typeform"
    title: ClassVar[str] = "Typeform"
    signed_in: ClassVar[tuple[str, ...]] = ("typeform-signature",)
    options_model: ClassVar[type[Options]] = SigningFormOptions

    def is_signed(
        self, request: Request, secret: str, options: SigningFormOptions, now: datetime
    ) -> bool:
        # No time is signed: what is sent once more is recognised by the response's token.
        given = request.headers.get("typeform-signature", "")
        return is_same("sha256=" + base64_mac(secret, request.body), given)

    def touches(
        self, receipt: Receipt, options: SigningFormOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        item = json_of(receipt.body)
        if not isinstance(item, dict):
            raise not_an_object()
        yield _read(item, options)


def _read(item: Mapping[str, Any], options: SigningFormOptions) -> IncomingTouch:
    event = text_of(item.get("event_type")) or RESPONSE
    response = mapping(item.get("form_response"))
    definition = mapping(response.get("definition"))
    form_id = first_text(response, "form_id")
    title = text_of(definition.get("title"))
    told = read_answers(_answers(response, definition), options.answers, form_id)
    # `event_id` names the delivery; the same token comes with what was sent before the end.
    key = joined(form_id, response.get("token")) if event == RESPONSE else None
    return IncomingTouch(
        fingerprint=fingerprint(item, without=("event_id",)),
        source_event_id=key if text_of(response.get("token")) else None,
        name=_name(event, title),
        usual_kind=TOUCHES.get(event),
        email=told.email,
        user_id=told.user_id,
        anonymous_id=told.anonymous_id,
        occurred_at=first_told([response.get("submitted_at"), response.get("landed_at")]),
        properties=_properties(response, form_id, title, told),
        lead=told.lead,
    )


def _name(event: str, title: str | None) -> str | None:
    if event == RESPONSE:
        return title or event
    return None if event in TOUCHES else event


def _answers(response: Mapping[str, Any], definition: Mapping[str, Any]) -> Iterator[Answer]:
    """Yield the answers with their questions' titles, then the hidden fields."""
    titles = {
        text_of(one.get("id")): text_of(one.get("title"))
        for one in objects_in(definition.get("fields"), MOST_ANSWERS)
    }
    for answer in objects_in(response.get("answers"), MOST_ANSWERS):
        asked = mapping(answer.get("field"))
        question, ref = text_of(asked.get("id")), text_of(asked.get("ref"))
        kind = text_of(answer.get("type")) or ""
        yield Answer(
            label=titles.get(question) or ref or question or kind,
            value=_value(kind, answer.get(kind)),
            names=(question, ref),
            is_email=kind == "email",
        )
    for name, value in mapping(response.get("hidden")).items():
        yield Answer(name, text_of(value), is_hidden=True)


def _value(kind: str, value: Any) -> Any:
    if kind == "choice":
        choice = mapping(value)
        return text_of(choice.get("label")) or text_of(choice.get("other"))
    if kind == "choices":
        choices = mapping(value)
        return plain_answer([*texts_in(choices.get("labels")), text_of(choices.get("other"))])
    return plain_answer(value)


def _properties(
    response: Mapping[str, Any], form_id: str | None, title: str | None, told: Told
) -> dict[str, Any]:
    variables = {
        f"form.{one.get('key')}": one.get(text_of(one.get("type")) or "")
        for one in objects_in(response.get("variables"), MOST_ANSWERS)
    }
    return {
        **variables,
        "form.id": form_id,
        "form.title": title,
        "form.score": mapping(response.get("calculated")).get("score"),
        **told.properties,
    }
