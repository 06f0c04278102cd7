"""The doors as the API's description shows them.

They are served as plain ASGI endpoints before the router, which costs a third of what a
route costs; here they only get their place in OpenAPI.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Response

from services.ingest.vendors import relevo, segment
from shared.web import anybody

EVENT = "#/components/schemas/GivenEvent"
PROBLEM = {"application/problem+json": {"schema": {"type": "object"}}}
JSON = "application/json"
ANY: Mapping[str, Any] = {}
SUCCESS = {"type": "object", "properties": {"success": {"type": "boolean"}}}
REFUSALS = {
    "400": "Not acceptable JSON, or not the right shape.",
    "401": "Unknown source or bad credentials.",
    "408": "The body came too slowly.",
    "413": "The body is too large.",
    "415": "Unknown content encoding or format.",
    "429": "This source sends too much; come again after Retry-After.",
    "503": "Overloaded; come again after Retry-After.",
}


def described_doors() -> APIRouter:
    """Return the routes that describe the doors."""
    router = APIRouter(tags=["events"], dependencies=[Depends(anybody)])
    _describe(
        router,
        "POST",
        "/hooks/{source}",
        "Take what a vendor posts",
        "Whatever the vendor sends is stored as it is and answered with 200; what cannot be"
        " read is parked, see `/v1/receipts`. Credentials are the vendor's own: a signature,"
        " or the source's token as bearer, basic auth or `X-Relevo-Token`, or in the address:"
        " `/hooks/{source}?token=…` or `/hooks/{source}/{token}`.",
        {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        {"200": (SUCCESS, "Stored.")},
        parameters=[
            {"name": "source", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
    )
    schema = relevo.EVENT.json_schema()
    schema.pop("$defs", None)
    _describe(
        router,
        "POST",
        "/v1/events",
        "Take Relevo's own event JSON",
        "One event or a list of them. Unknown fields are refused, with the place.",
        {JSON: {"schema": {"oneOf": [schema, {"type": "array", "items": schema}]}}},
        {
            "200": (
                {
                    "type": "object",
                    "properties": {
                        "receipt_id": {"type": "string"},
                        "events": {"type": "integer"},
                    },
                },
                "Stored.",
            ),
            "422": (None, "Not a valid event; `errors` names each place."),
        },
    )
    for call in (*segment.CALLS, "batch"):
        _describe(
            router,
            "POST",
            f"/v1/{call}",
            f"Take Segment's `{call}`",
            "Segment's HTTP tracking API, also as RudderStack's libraries speak it. The write"
            " key is the source's token: user of basic auth, or `writeKey` in the body.",
            {JSON: {"schema": {"type": "object"}}},
            {"200": (SUCCESS, "Stored.")},
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
        {"202": (SUCCESS, "Stored.")},
    )
    _describe(
        router,
        "OPTIONS",
        "/v1/cloudevents",
        "Consent to a sender of CloudEvents",
        "The handshake of the webhook profile.",
        {},
        {"200": (None, "`WebHook-Allowed-Origin` is the consent.")},
    )
    return router


def _describe(
    router: APIRouter,
    method: str,
    path: str,
    summary: str,
    description: str,
    content: Mapping[str, Any],
    answers: Mapping[str, tuple[Mapping[str, Any] | None, str]],
    parameters: list[dict[str, Any]] | None = None,
) -> None:
    responses: dict[str, Any] = {
        status: {"description": text, "content": PROBLEM} for status, text in REFUSALS.items()
    }
    for status, (schema, text) in answers.items():
        responses[status] = {"description": text}
        if schema is not None:
            responses[status]["content"] = {JSON: {"schema": schema}}
    extra: dict[str, Any] = {"responses": responses}
    if content:
        extra["requestBody"] = {"required": True, "content": content}
    if parameters:
        extra["parameters"] = parameters

    async def served_before_the_router() -> Response:
        raise AssertionError(f"{method} {path} is served as a hot route")

    success = min(int(status) for status in answers)
    router.add_api_route(
        path,
        served_before_the_router,
        methods=[method],
        summary=summary,
        description=description,
        status_code=success,
        name=f"{method.lower()}{path.replace('/', '_').replace('{', '').replace('}', '')}",
        openapi_extra=extra,
    )
