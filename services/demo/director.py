"""The demonstration from beginning to end."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.cli.client import Api
from services.cli.failure import Failure
from services.demo.answering import answer_some, merge_twins
from services.demo.cast import cast_leads
from services.demo.product import Product
from services.demo.sending import send_all
from services.demo.setting_up import set_up
from services.demo.story import tell
from services.demo.summary import Sent, facts
from services.demo.telling import Teller
from services.demo.tools import calls_of
from services.demo.watching import Watch

READ_WITHIN_S = 60.0
LOOK_AGAIN_S = 0.1
QUIET_S = 1.5


def play(product: Product, teller: Teller, seed: int, pace_s: float) -> dict[str, Any]:
    """Set the product up, send thirty days of events, let sales answer; return the facts."""
    now = datetime.now(UTC)
    leads = cast_leads(seed)
    told = tell(leads, seed, now)
    calls = calls_of(told, leads, seed, now)
    with Api(product.url, product.key) as admin, Api(product.url, None) as tools:
        alisio = set_up(admin)
        teller.say(
            f"{len(alisio.people)} people, a team and {len(alisio.credentials)} sources made"
        )
        teller.say(f"sending {len(calls)} requests of {len(leads)} leads, thirty days")
        teller.say()
        started = time.monotonic()
        watch = Watch(product.url, product.key, teller.handoff)
        watch.start()
        with teller.progress(calls, now) as moved:
            send_all(tools, calls, alisio.credentials, pace_s, moved)
        _await_reading(admin)
        watch.wait_until_quiet(QUIET_S)
        if watch.failure is not None:
            raise watch.failure
        merge_twins(admin, leads)
        answer_some(admin)
        watch.wait_until_quiet(QUIET_S)
        found = facts(admin, Sent(leads, told, calls), dict(watch.counts))
    first_s = None if watch.first_at is None else watch.first_at - started
    return {
        "seed": seed,
        "ready_after_s": round(product.ready_after_s, 2),
        "first_handoff_after_s": None if first_s is None else round(first_s, 2),
        **found,
    }


def open_product(directory: Path, port: int) -> Product:
    """Return the product on ``directory``, which must be empty."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(directory.iterdir()):
        remedy = "remove it, or name another with --data"
        raise Failure(f"{directory} is not empty", remedy=remedy)
    return Product(directory.resolve(), port)


def _await_reading(api: Api) -> None:
    """Return once ingest has read everything it received."""
    until = time.monotonic() + READ_WITHIN_S
    while time.monotonic() < until:
        if not any(line["pending"] for line in api.get("/v1/ledger")["sources"]):
            return
        time.sleep(LOOK_AGAIN_S)
    raise Failure(f"events are still unread after {READ_WITHIN_S:g} s", remedy="see relevo.log")
