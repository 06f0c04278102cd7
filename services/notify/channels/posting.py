"""Posting over HTTP, with the outcome as a value."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import structlog

from services.notify.domain.attempts import Reply
from shared.egress import Answer, Egress, NotSent, OutcomeUnknown

log = structlog.get_logger(__name__)


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
        snippet=answer.snippet.decode("utf-8", "replace").replace("\x00", "\ufffd"),
        retry_after=retry_after(answer, now),
    )


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
