"""Posting over HTTP, with the outcome as a value."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from services.notify.channels.parts import Parts
from services.notify.domain.attempts import Reply
from shared.egress import Egress, Forbidden, NotSent, OutcomeUnknown
from shared.http_connection import Answer
from shared.logging import mask

# A refusal that may be another answer in a minute; any other 4xx stays what it is.
PASSING = frozenset({408, 425, 429})


async def post(
    egress: Egress, url: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Reply:
    """Post ``body``; success is a 2xx status and nothing else."""
    try:
        answer = await egress.post(url, headers, body)
    except NotSent as error:
        return Reply("not_sent", ok=False, reason=str(error))
    except OutcomeUnknown as error:
        return Reply("unknown", ok=False, reason=str(error))
    if 200 <= answer.status < 300:
        return Reply("sent", ok=True, status=answer.status)
    return Reply(
        "sent",
        ok=False,
        status=answer.status,
        reason=f"http {answer.status}",
        snippet=answer.body.decode("utf-8", "replace").replace("\x00", "\ufffd"),
        retry_after=retry_after(answer, now),
    )


async def post_to_people(
    parts: Parts, url: str, body: bytes, headers: Mapping[str, str] | None = None
) -> Reply:
    """Post a message as JSON. What a tool refuses for good is not sent to it again.

    A rep is waiting: the next channel is better than four more refusals.
    """
    headers = {"content-type": "application/json", **(headers or {})}
    reply = await post(parts.egress, url, headers, body, parts.now())
    # A tool may repeat what it was sent, and a link to answer by is not to be kept.
    reply = replace(reply, snippet=mask(reply.snippet))
    if reply.status is not None and 300 <= reply.status < 500 and reply.status not in PASSING:
        return replace(reply, is_final=True)
    return reply


def is_postable(egress: Egress, url: str) -> bool:
    """Return whether ``url`` may be posted to, as far as can be said before connecting."""
    try:
        egress.check_url(url)
    except Forbidden:
        return False
    return True


def retry_after(answer: Answer, now: datetime) -> timedelta | None:
    """Return the wait the receiver asks for: seconds or a date; None where it makes no sense."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), 10**7))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))
