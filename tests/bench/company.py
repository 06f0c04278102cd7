"""A year of a company, in the tables of all three services, for what is measured at that size.

The demonstration is played by the real product: its leads come in by the doors, are handed
over, told and answered. What that left in every table is then multiplied: each copy is a
month of other leads, at other companies, some time of the last year. So there is no row
whose like the product did not write. Two states are taken: one in which much is open, for the
last days, and one in which sales has answered everything, for the time before.

What a copy does not change: packed signals keep the moments of the original, so a lead of
long ago scores as one of now; and of what a lead did a second line each lies four months
before, so that there are ten touches for a lead.
"""

import json
import re
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.bench.seldom import add_seldom
from tests.support.pictures import REP, demonstration, post

SERVICES = ("ingest", "handoff", "notify")
REPS = (
    40  # beside those of the demonstration; with the open hand-offs some 50 for each, at most 100
)
STILL_OPEN = 20  # of the hand-offs of the state in which much is open
WAYS: tuple[tuple[tuple[str, dict[str, Any]], ...], ...] = (
    (("verdict", {"verdict": "reject", "reason": "not_our_market"}),),
    (
        ("verdict", {"verdict": "accept"}),
        ("attempts", {"channel": "call", "reached": True}),
        ("outcome", {"outcome": "sql"}),
        ("outcome", {"outcome": "opportunity", "amount": 9000, "currency": "EUR"}),
        ("outcome", {"outcome": "won", "amount": 8200, "currency": "EUR"}),
    ),
    (("verdict", {"verdict": "reject", "reason": "not_now"}),),
    (
        ("verdict", {"verdict": "accept"}),
        ("attempts", {"channel": "email", "reached": False}),
        ("attempts", {"channel": "call", "reached": True}),
        ("outcome", {"outcome": "lost", "reason": "price"}),
    ),
)
"""What becomes of hand-offs the demonstration leaves open, in turn."""
SETTLED_WITHIN_S = 60.0


@dataclass(frozen=True)
class Table:
    """What a table held: ``rows`` as SQLite has them; ``keys`` are places of columns."""

    columns: tuple[str, ...]
    keys: tuple[int, ...]
    rows: list[tuple[Any, ...]]


State = dict[str, dict[str, Table]]
"""By service and table."""


@dataclass(frozen=True)
class Company:
    """What was played: the two states, and the ids of those who work there."""

    open: State
    answered: State
    reps: list[str]


def play(folder: Path) -> Company:
    """Play the demonstration and answer what it leaves open; return what the tables hold."""
    with demonstration(folder, quiet=True) as api:
        reps = hire(api)
        try_another(api)
        add_seldom(api, folder / "data")
        waiting = still_open(api)
        answer(api, waiting[STILL_OPEN:])
        settle(api, folder / "data")
        busy = delivered(state(folder / "data"))
        answer(api, still_open(api))
        settle(api, folder / "data")
        return Company(busy, delivered(state(folder / "data")), reps)


def delivered(found: State) -> State:
    """Return ``found`` as if the subscribed system, which is none, had taken what it was sent."""
    table = found["notify"]["delivery"]
    place = table.columns.index
    rows = []
    for row in table.rows:
        one = list(row)
        if one[place("state")] in ("pending", "waiting"):
            at = one[place("created_at")].replace(" ", "T") + "Z"
            tried = {"at": at, "outcome": "sent", "ok": True, "duration_ms": 42, "status": 200}
            one[place("attempts")] = json.dumps([tried])
            one[place("state")], one[place("failures")] = "delivered", 0
            one[place("settled_at")], one[place("reason")] = one[place("created_at")], None
        rows.append(tuple(one))
    found["notify"]["delivery"] = Table(table.columns, table.keys, rows)
    return found


def hire(api: httpx.Client) -> list[str]:
    """Add more reps, a territory and a system that wants to hear, and read again what is parked.

    Return the ids of all reps.
    """
    for number in range(REPS):
        person = {"name": f"Rosa Vidal {number}", "email": f"rosa{number}@alisio.example"}
        post(api, "/v1/people", person | {"roles": ["rep"], "zone": "Europe/Madrid"})
    people = api.get("/v1/people", params={"limit": 100}).json()["items"]
    found = [one for one in people if "rep" in one["roles"]]
    # The demonstration's own rep first: who is signed in has hand-offs.
    reps = [one["person_id"] for one in sorted(found, key=lambda one: one["email"] != REP)]
    (team,) = api.get("/v1/teams").json()["items"]
    change = {"If-Match": f'"{team["revision"]}"'}
    path = f"/v1/teams/{team['team_id']}"
    api.patch(path, json={"members": reps}, headers=change).raise_for_status()
    chile = {"name": "chile", "countries": ["CL"], "team_id": team["team_id"]}
    post(api, "/v1/territories", {"title": "Chile", "position": 1, **chile})
    post(api, "/v1/subscriptions", {"name": "crm", "url": "https://crm.alisio.example/relevo"})
    post(api, "/v1/receipts/retry", {})  # what the demonstration left parked stays so
    return reps


def try_another(api: httpx.Client) -> None:
    """Keep a list, draft another version and try both on history."""
    post(api, "/v1/lists", {"name": "rivals", "values": ["bodegasoft.example"]})
    policy = api.get("/v1/policies").json()["items"][0]["policy"]
    text = api.get(f"/v1/policies/{policy}/versions/1").json()["text"]
    draft = {"text": text.replace("points: 100", "points: 90", 1)}
    api.post("/v1/policies", json=draft, headers={"If-Match": "*"}).raise_for_status()
    until = time.monotonic() + SETTLED_WITHIN_S
    for number in (1, 2):
        tried = post(api, "/v1/policies/tryouts", {"policy": policy, "number": number})
        path = f"/v1/policies/tryouts/{tried['tryout_id']}"
        while api.get(path).json()["state"] not in ("done", "failed"):
            assert time.monotonic() < until, "the try-out does not end"
            time.sleep(0.2)  # the API tells its state to who asks; the command does the same


def still_open(api: httpx.Client) -> list[dict[str, Any]]:
    """Return the hand-offs sales still has to do something about, in an order that stays."""
    page = api.get("/v1/handoffs", params={"limit": 100}).json()["items"]
    return sorted(
        (one for one in page if one["closed_at"] is None), key=lambda one: str(one["lead_name"])
    )


def answer(api: httpx.Client, handoffs: list[dict[str, Any]]) -> None:
    """Let the owners answer; what a stage no longer takes is passed over."""
    for number, one in enumerate(handoffs):
        for what, said in WAYS[number % len(WAYS)]:
            body = said | {"person": one["owner"]["email"]}
            found = api.post(f"/v1/handoffs/{one['handoff_id']}/{what}", json=body)
            assert found.status_code in (200, 201, 409), found.text


def settle(api: httpx.Client, data: Path) -> None:
    """Return once no service has an event to publish, and none of them one to read.

    What was read after the unpublished were looked for is among them before it is read no
    more, so both are looked at three times. Nobody is told when there is nothing to do.
    """
    until = time.monotonic() + SETTLED_WITHIN_S
    while any(_unpublished(data) or _unread(api) for _ in range(3)):
        assert time.monotonic() < until, "the product does not come to rest"
        time.sleep(0.2)


def _unread(api: httpx.Client) -> float:
    lags = re.findall(r"^relevo_consumer_lag{.*} (\S+)$", api.get("/metrics").text, re.MULTILINE)
    assert lags, "the product tells how far its consumers are"
    return sum(map(float, lags))


def _unpublished(data: Path) -> int:
    found = 0
    for service in ("handoff", "notify"):
        with closing(_opened(data, service)) as conn:
            count = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
            found += conn.execute(count).fetchone()[0]
    return found


def _opened(data: Path, service: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{data}/{service}.db?mode=ro", uri=True)


def state(data: Path) -> State:
    """Return what is in every table now."""
    found: State = {}
    for service in SERVICES:
        with closing(_opened(data, service)) as conn:
            conn.execute("BEGIN")
            names = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            found[service] = {
                name: _table(conn, name)
                for (name,) in names
                if not name.startswith(("sqlite_", "alembic_"))
            }
    return found


def _table(conn: sqlite3.Connection, name: str) -> Table:
    columns = conn.execute(f"PRAGMA table_info('{name}')").fetchall()
    return Table(
        tuple(column[1] for column in columns),
        tuple(column[0] for column in columns if column[5]),
        conn.execute(f"SELECT * FROM '{name}'").fetchall(),
    )
