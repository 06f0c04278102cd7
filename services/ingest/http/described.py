"""The doors as the API's description shows them.

They are served as plain ASGI endpoints before the router, which costs a third of what a
route costs; here they only get their place in OpenAPI.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Depends, Response

from services.ingest.vendors import relevo, segment
from shared.openapi import REF_TEMPLATE, refusal
from shared.web import anybody

Security = list[dict[str, list[str]]]
JSON = "application/json"
SUCCESS = {"type": "object", "properties": {"success": {"type": "boolean"}}}
REFUSALS = {
    400: "Not acceptable JSON, or not the right shape.",
    401: "Unknown source or bad credentials.",
    405: "The vendor asks nothing in this way.",
    408: "The body came too slowly.",
    413: "The body is too large.",
    415: "Unknown content encoding or format.",
    422: "Not a valid event; `errors` names each place.",
    503: "Overloaded; come again after `Retry-After`.",
}
HOOK = (401, 408, 413, 503)  # whatever the body holds, it is stored
CHECKED = (400, 401, 408, 413, 415, 503)
TOKEN: Security = [{"source": []}, {"write_key": []}]
SOURCE = {"name": "source", "in": "path", "required": True, "schema": {"type": "string"}}


def described_doors() -> APIRouter:
    """Return the routes that describe the doors."""
    router = APIRouter(tags=["events"], dependencies=[Depends(anybody)])
    _describe_hooks(router)
    event = relevo.EVENT.json_schema(ref_template=REF_TEMPLATE)
    taken = {
        "type": "object",
        "properties": {"receipt_id": {"type": "string"}, "events": {"type": "integer"}},
    }
    _describe(
        router,
        "POST",
        "/v1/events",
        "Take Relevo's own event JSON",
        "One event or a list of them. Unknown fields are refused, with the place.",
        {JSON: {"schema": {"oneOf": [event, {"type": "array", "items": event}]}}},
        (200, "Stored.", taken),
        (*CHECKED, 422),
        security=TOKEN,
    )
    for call in (*segment.CALLS, "batch", "import"):
        _describe(
            router,
            "POST",
            f"/v1/{call}",
            f"Take Segment's `{call}`",
            "Segment's HTTP tracking API, also as RudderStack's libraries speak it. The write"
            " key is the source's token: user of basic auth, or `writeKey` in the body.",
            {JSON: {"schema": {"type": "object"}}},
            (200, "Stored.", SUCCESS),
            CHECKED,
            security=[*TOKEN, {}],
        )
    _describe(
        router,
        "POST",
        "/v1/cloudevents",
        "Take CloudEvents",
        "Binary, structured or batched, CloudEvents 1.0.",
        {
            "application/cloudevents+json": {"schema": {"type": "object"}},
            "application/cloudevents-batch+json": {"schema": {"type": "array"}},
            JSON: {"schema": {}},
        },
        (202, "Stored.", None),
        CHECKED,
        security=TOKEN,
    )
    _describe(
        router,
        "OPTIONS",
        "/v1/cloudevents",
        "Consent to a sender of CloudEvents",
        "The handshake of the webhook profile.",
        {},
        (200, "`WebHook-Allowed-Origin` is the consent.", None),
        (),
    )
    return router


def _describe_hooks(router: APIRouter) -> None:
    path = "/hooks/{source}"
    _describe(
        router,
        "POST",
        path,
        "Take what a vendor posts",
        "Whatever the vendor sends is stored as it is and answered with success; what cannot be"
        " read is parked, see `/v1/receipts`. Credentials are the vendor's own: a signature,"
        " or the source's token as bearer, basic auth or `X-Relevo-Token`, or in the address:"
        " `/hooks/{source}?token=…` or `/hooks/{source}/{token}`. `PUT` is the same.",
        {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        (200, "Stored. A source of CloudEvents answers 202.", SUCCESS),
        HOOK,
        [SOURCE],
    )
    _describe(
        router,
        "GET",
        path,
        "Answer a vendor's look",
        "Some vendors look whether somebody is there before they post. `HEAD` is the same.",
        {},
        (200, "Somebody is there.", None),
        (401, 405),
        [SOURCE],
    )
    _describe(
        router,
        "OPTIONS",
        path,
        "Consent to a sender that asks first",
        "The handshake of CloudEvents' webhook profile; only a source of CloudEvents has one.",
        {},
        (200, "`WebHook-Allowed-Origin` is the consent.", None),
        (401, 405),
        [SOURCE],
    )


def _describe(
    router: APIRouter,
    method: str,
    path: str,
    summary: str,
    description: str,
    content: Mapping[str, Any],
    answer: tuple[int, str, Mapping[str, Any] | None],
    refusals: Sequence[int],
    parameters: Sequence[Mapping[str, Any]] = (),
    security: Security | None = None,
) -> None:
    status, text, schema = answer
    taken = {"description": text} | ({"content": {JSON: {"schema": schema}}} if schema else {})
    responses = {str(status): taken} | {str(one): refusal(REFUSALS[one]) for one in refusals}
    extra: dict[str, Any] = {"responses": responses}
    if content:
        extra["requestBody"] = {"required": True, "content": content}
    if parameters:
        extra["parameters"] = [*parameters]
    if security:
        extra["security"] = security

    async def served_before_the_router() -> Response:
        raise AssertionError(f"{method} {path} is served as a hot route")

    router.add_api_route(
        path,
        served_before_the_router,
        methods=[method],
        summary=summary,
        description=description,
        status_code=status,
        response_class=Response,
        name=f"{method.lower()}{path.replace('/', '_').replace('{', '').replace('}', '')}",
        openapi_extra=extra,
    )
