"""Sources as the reading needs them: options checked, names folded."""

from datetime import timedelta
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection

from services.ingest.domain.sightings import SETTLES, hidden_address
from services.ingest.domain.touch_kinds import fold_name
from services.ingest.handlers.reading import Origin
from services.ingest.handlers.seeing import Traps
from services.ingest.store.receipts import Waiting
from services.ingest.store.sources import Source, all_sources
from services.ingest.vendors import VENDORS, imported
from services.ingest.vendors.port import Options, Vendor


def load_origins(conn: Connection) -> dict[str, Origin]:
    """Return every source by its id."""
    return {source.id: origin_of(source) for source in all_sources(conn)}


def origin_of(source: Source) -> Origin:
    """Return ``source`` with its settings parsed."""
    return _parsed(source.id, source.name, source.vendor, orjson.dumps(source.settings))


@lru_cache(maxsize=1024)
def _parsed(source_id: str, name: str, vendor: str, settings: bytes) -> Origin:
    values: dict[str, Any] = orjson.loads(settings)
    return Origin(
        id=source_id,
        name=name,
        vendor=vendor,
        options=read_options(vendor, values.get("options", {})),
        names={fold_name(event): kind for event, kind in values.get("touch_kinds", {}).items()},
        traps=_traps(values.get("machines", {})),
        erases_removed=values.get("removed_is_erased", False),
    )


def _traps(values: dict[str, Any]) -> Traps:
    settles = values.get("settle_s")
    return Traps(
        frozenset(hidden_address(url) for url in values.get("hidden_links", ())),
        SETTLES if settles is None else timedelta(seconds=settles),
    )


def adapter_for(waiting: Waiting, origin: Origin) -> tuple[Vendor, Options]:
    """Return who reads a receipt, and with which options: the door decided, not the source."""
    if waiting.vendor == imported.NAME:
        own = VENDORS[origin.vendor]
        return imported.Imported(own, origin.options, waiting.received_at), Options()
    vendor = VENDORS[waiting.vendor]
    is_own = waiting.vendor == origin.vendor
    return vendor, origin.options if is_own else vendor.options_model()


def read_options(vendor: str, values: Any) -> Options:
    """Return the vendor's options in ``values``; raise pydantic's error where they are wrong."""
    return VENDORS[vendor].options_model.model_validate(values)
