"""Ingest's settings, beside those every service has."""

from pydantic import Field

from shared.settings import Settings


class IngestSettings(Settings):
    """What ingest reads from the environment."""

    receipts_kept_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Days a receipt is kept; as long a repeated event is recognised.",
    )
    hook_body_kib: int = Field(
        default=4096,
        ge=16,
        le=65_536,
        description="Largest body of a vendor hook or a batch, in KiB, compressed or not.",
    )
    import_events_per_s: int = Field(
        default=300,
        ge=1,
        description="Events a second that imports and large retries add, so that live ones pass.",
    )
    waiting_requests: int = Field(
        default=2000,
        ge=1,
        description="Requests that may wait for the database before further ones get 503.",
    )
    free_disk_mib: int = Field(
        default=256,
        ge=0,
        description="Free space on SQLite's disk below which events are refused with 503.",
    )
