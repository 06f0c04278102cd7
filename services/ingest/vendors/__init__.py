"""The vendors whose requests ingest understands: one file each, one line here."""

from services.ingest.vendors.cloudevents import CloudEvents
from services.ingest.vendors.generic import Generic
from services.ingest.vendors.port import Vendor
from services.ingest.vendors.relevo import Relevo
from services.ingest.vendors.segment import Segment
from services.ingest.vendors.standard_webhooks import StandardWebhooks

VENDORS: dict[str, Vendor] = {
    vendor.name: vendor
    for vendor in (
        Relevo(),
        Generic(),
        Segment(),
        CloudEvents(),
        StandardWebhooks(),
    )
}
