"""A system gets the event itself: the CloudEvent's bytes, signed, one per request."""

from datetime import datetime

from services.notify.channels.posting import post
from services.notify.domain.attempts import Reply
from services.notify.domain.deliveries import Delivery
from shared.contracts import CONTENT_TYPE
from shared.egress import Egress
from shared.signing import secret_key, sign


async def post_event(egress: Egress, delivery: Delivery, now: datetime) -> Reply:
    """Post the event to its subscription, with a signature per live secret."""
    endpoint = delivery.endpoint
    assert endpoint is not None
    if not delivery.payload:
        return Reply("not_sent", ok=False, is_final=True, reason="the feed has let the event go")
    keys = [secret_key(secret) for secret in endpoint.secrets]
    headers = {
        **endpoint.headers,
        "content-type": CONTENT_TYPE,
        **sign(keys, delivery.event_id, now, delivery.payload),
    }
    if delivery.traceparent is not None:
        headers["traceparent"] = delivery.traceparent
    return await post(egress, endpoint.url, headers, delivery.payload, now)
