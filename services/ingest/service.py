"""Ingest, put together: the one module that knows all its parts."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection

from services.ingest.console.console import build_console, console_routes
from services.ingest.console.operations import operations
from services.ingest.console.tools import Tools
from services.ingest.handlers.import_files import LARGEST
from services.ingest.handlers.sample_leads import make_sample_lead
from services.ingest.http.described import described_doors
from services.ingest.http.doors import Doors
from services.ingest.http.imports import import_routes
from services.ingest.http.intake import Intake
from services.ingest.http.receipts import receipt_routes
from services.ingest.http.refusals import Refusals
from services.ingest.http.repairs import repair_routes
from services.ingest.http.ring import SourceRing
from services.ingest.http.sources import source_routes
from services.ingest.http.touches import touch_routes
from services.ingest.http.vendors import vendor_routes
from services.ingest.settings import IngestSettings
from services.ingest.store.erasing import add_order
from services.ingest.store.people import save_person
from services.ingest.store.tables import (
    API_KEY,
    AUDIT,
    CONSOLE_SESSION,
    CONSUMER_TABLES,
    TABLES,
)
from services.ingest.workers.importer import Importer
from services.ingest.workers.reader import Reader
from services.ingest.workers.retrier import Retrier
from services.ingest.workers.upkeep import DiskWatch, Upkeep, measure
from shared.access import KeyRing, save_key
from shared.body import KIB, LIMIT
from shared.bus.port import Bus
from shared.clock import Clock, SystemClock
from shared.console.operations import router as operations_pages
from shared.console.session_copies import save_session
from shared.consumer import Consumer, parked_count
from shared.contracts import Catalogue, Envelope
from shared.contracts.directory import (
    TOPIC,
    ErasureOrdered,
    KeyChanged,
    PersonChanged,
    SampleLeadOrdered,
    SessionChanged,
)
from shared.db import Database, after_commit, sqlite_directory
from shared.lag import LagMeter
from shared.metrics import PARKED_EVENTS
from shared.operations import audit_router, parked_router
from shared.routes import gathered
from shared.service import Service
from shared.wakeup import Wakeup

NAME = "ingest"
MIB = 1024 * KIB


def build(settings: IngestSettings, bus: Bus, clock: Clock | None = None) -> Service:
    """Return the service, ready to start. ``clock`` replaces all clocks in tests."""
    db = Database(settings.database_url, NAME, TABLES, clock)
    stored, retry_asked, import_asked = Wakeup(), Wakeup(), Wakeup()
    disk = DiskWatch(_data_directory(settings), settings.free_disk_mib * MIB)
    admin = settings.admin_key.get_secret_value() if settings.admin_key else None
    keys = KeyRing(db, API_KEY, admin)
    ring = SourceRing(db)
    clock = clock or SystemClock()
    intake = Intake(db, clock, stored, settings.waiting_requests, disk.is_full)
    refusals = Refusals(db, clock)
    largest = settings.hook_body_kib * KIB
    doors = Doors(ring, intake, refusals, clock, settings.public_url, largest)
    reader = Reader(db, bus, stored, intake.is_busy)
    per_s = settings.import_events_per_s
    retrier = Retrier(db, retry_asked, stored, per_s)
    importer = Importer(db, import_asked, stored, per_s)
    upkeep = Upkeep(db, timedelta(days=settings.receipts_kept_days))

    def take_directory(conn: Connection, envelopes: list[Envelope]) -> None:
        copy_directory(conn, envelopes)
        keys.changes_with(conn)
        for envelope in envelopes:
            if isinstance(envelope.data, ErasureOrdered):
                add_order(conn, envelope.data, db.now(conn))
                after_commit(conn, stored.set)
            elif isinstance(envelope.data, SampleLeadOrdered):
                make_sample_lead(conn, envelope.data, db.now(conn))
                after_commit(conn, stored.set)

    directory = Consumer(
        "ingest.directory",
        db,
        bus,
        CONSUMER_TABLES,
        Catalogue.of(PersonChanged, KeyChanged, SessionChanged, ErasureOrdered, SampleLeadOrdered),
        [TOPIC],
        take_directory,
    )

    lag = LagMeter(db, bus, CONSUMER_TABLES.position, [directory])

    async def prepare() -> None:
        await keys.refresh()
        await ring.refresh()

    async def measure_all() -> None:
        await measure(db)
        parked = await db.read(lambda conn: parked_count(conn, CONSUMER_TABLES))
        PARKED_EVENTS.labels(NAME).set(parked)
        await lag.measure()

    console = build_console(settings, db)
    tools = Tools(
        console=console,
        db=db,
        refresh=ring.refresh,
        stored=stored,
        retry_asked=retry_asked,
        import_asked=import_asked,
        per_s=per_s,
        public_url=settings.public_url,
        is_disk_full=disk.is_full,
    )
    routers = (
        source_routes(db, keys, ring, settings.public_url),
        receipt_routes(db, keys, stored, retry_asked, per_s),
        repair_routes(db, keys, stored, retry_asked, per_s),
        import_routes(db, keys, stored, disk.is_full, per_s),
        vendor_routes(keys),
        touch_routes(db, keys, stored),
        parked_router(NAME, db, CONSUMER_TABLES.parked, AUDIT, keys),
        audit_router(f"/v1/operations/{NAME}/audit", db, AUDIT, keys),
        described_doors(),
        operations_pages(console, operations(db, lag)),
        console_routes(tools),
    )
    return Service(
        name=NAME,
        db=db,
        bus=bus,
        router=gathered(routers),
        loops={
            "intake": intake.run,
            "reader": reader.run,
            "sources": ring.run,
            "refusals": refusals.run,
            "keys": keys.run,
            "directory": directory.run,
            "retries": retrier.run,
            "imports": importer.run,
            "upkeep": upkeep.run,
            "free_space": disk.run,
        },
        prepare=prepare,
        measure=measure_all,
        close=lag.close,
        hot=doors.hot(),
        refusal=console.refusal,
        largest={"/imports": LARGEST + LIMIT},  # a file, and what stands around it
        migrate_on_start=settings.migrate_on_start,
    )


def copy_directory(conn: Connection, envelopes: list[Envelope]) -> None:
    """Keep what people are called, the API keys and the sessions, as handoff published them."""
    for envelope in envelopes:
        if isinstance(envelope.data, PersonChanged):
            save_person(conn, envelope.data)
        elif isinstance(envelope.data, KeyChanged):
            save_key(conn, API_KEY, envelope.data)
        elif isinstance(envelope.data, SessionChanged):
            save_session(conn, CONSOLE_SESSION, envelope.data)


def _data_directory(settings: IngestSettings) -> Path | None:
    url = settings.database_url
    return sqlite_directory(url) if url.startswith("sqlite") else None
