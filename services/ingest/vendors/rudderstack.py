"""RudderStack: Segment's tracking API with a few habits of its own.

(https://www.rudderstack.com/docs/api/http-api/; rudderlabs/rudder-server, gateway/openapi.yaml.)
Its libraries put `traits` into the context and the time into `originalTimestamp`; they take
everything but 200 for a failure and send again. Nothing is signed.
"""

from collections.abc import Iterable
from typing import ClassVar

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.vendors.port import Options, Receipt
from services.ingest.vendors.segment import read_calls
from services.ingest.vendors.tokens import ShowsToken


class RudderStack(ShowsToken):
    """RudderStack."""

    name: ClassVar[str] = "rudderstack"
    title: ClassVar[str] = "RudderStack and its libraries"

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        return read_calls(receipt)
