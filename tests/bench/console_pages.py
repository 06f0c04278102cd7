"""The pages that are measured: every one of the reviewed permissions, with what it shows."""

import random
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg

from shared.access import ROLES
from shared.contracts.directory import Role

REVIEWED = Path(__file__).parents[1] / "contract" / "permissions.txt"
NO_PAGES = {
    "/live": "a stream without an end",
    "/inbox/live": "a stream without an end",
    "/start/sample": "a part of a page, for its script",
    "/operations/mark": "a part of a page, empty while all is well",
    "/operations/ingest/mark": "a part of a page, empty while all is well",
    "/operations/notify/mark": "a part of a page, empty while all is well",
    "/leads/{lead_id}/export": "a file",
    "/agreement/{policy}/versions/{number}/file": "a file",
    "/deliveries/{delivery_id}/payload": "a file",
    "/receipts/{receipt_id}/body": "a file",
}
FILES = (".csv", ".txt", ".svg")
READERS: tuple[Role, ...] = ("rep", "manager", "admin")
OF_ONE = {"/": ("rep",)}  # pages that show others next to nothing
MOST = 200  # of what a parameter can be
HEAVY = "heavy"

Ask = tuple[str, str]  # the service, and the statement
PARAMETERS: dict[str, Ask] = {
    "lead_id": ("handoff", "SELECT lead_id FROM lead WHERE lead_id = root_id"),
    HEAVY: ("handoff", "SELECT lead_id FROM touch GROUP BY 1 HAVING count(*) > 2000"),
    "handoff_id": ("handoff", "SELECT handoff_id FROM handoff"),
    "person_id": ("handoff", "SELECT person_id FROM person"),
    "team_id": ("handoff", "SELECT team_id FROM team"),
    "calendar_id": ("handoff", "SELECT calendar_id FROM calendar"),
    "territory_id": ("handoff", "SELECT territory_id FROM territory"),
    "policy": ("handoff", "SELECT DISTINCT policy FROM policy_version"),
    "number": ("handoff", "SELECT DISTINCT number FROM policy_version"),
    "version_id": ("handoff", "SELECT version_id FROM policy_version"),
    "source_id": ("ingest", "SELECT id FROM source"),
    "receipt_id": ("ingest", "SELECT id FROM receipt"),
    "parked receipt": ("ingest", "SELECT id FROM receipt WHERE state = 'parked'"),
    "subscription_id": ("notify", "SELECT id FROM subscription"),
    "delivery_id": ("notify", "SELECT id FROM delivery"),
    "key_id": ("handoff", "SELECT key_id FROM api_key"),
    "tryout_id": ("handoff", "SELECT tryout_id FROM tryout"),
    "latest_tryout_id": (
        "handoff",
        "SELECT tryout_id FROM tryout ORDER BY created_at DESC LIMIT 1",
    ),
    "list": ("handoff", "SELECT name FROM named_list"),
    "list of a try-out": ("handoff", "SELECT 'gained' FROM tryout"),
    "calendar": ("handoff", "SELECT name FROM calendar"),
    "source": ("ingest", "SELECT name FROM source"),
    "vendor": ("ingest", "SELECT DISTINCT vendor FROM source"),
    "file_id": ("ingest", "SELECT id FROM import_file"),
    "import_id": ("ingest", "SELECT id FROM activity_import"),
    "retry_id": ("ingest", "SELECT id FROM receipt_retry"),
    "parked_id": ("handoff", "SELECT id FROM parked_event"),
    "parked of ingest": ("ingest", "SELECT id FROM parked_event"),
    "parked of notify": ("notify", "SELECT id FROM parked_event"),
}
"""What the parameters of a route can be. A new one is added here and is measured from then on."""
BELOW = {
    ("/agreement/lists/", "name"): "list",
    ("/agreement/{policy}/try/", "name"): "list of a try-out",
    ("/calendars/", "name"): "calendar",
    ("/sources/", "name"): "source",
    ("/receipts/{receipt_id}/repair", "receipt_id"): "parked receipt",
    ("/operations/ingest/", "parked_id"): "parked of ingest",
    ("/operations/notify/", "parked_id"): "parked of notify",
}
"""Parameters that mean something of their own below a path."""

VARIANTS = (
    ("leads, with sales now", "/leads?sales=open"),
    ("leads, back from sales", "/leads?sales=before"),
    ("leads of a month, never with sales", "/leads?sales=never&since=30"),
    ("leads, by the first letter of a name", "/leads?q=m"),
    ("leads, by a frequent name", "/leads?q=garc%C3%ADa"),
    ("leads, by two frequent names", "/leads?q=ana+garcia"),
    ("leads, by a frequent name, with sales now", "/leads?q=mar&sales=open"),
    ("leads, by a name nobody has", "/leads?q=zebulon"),
    ("leads, by an address", "/leads?q={address}"),
    ("a lead who did 4,000 things", f"/leads/{{{HEAVY}}}"),
    ("scoreboard, 30 days", "/scoreboard?period=30"),
    ("scoreboard, a year of a version", "/scoreboard?period=year&policy={policy}%401"),
    ("scoreboard, a year of a source", "/scoreboard?period=year&source=website"),
)
PARAMETERS["address"] = (
    "handoff",
    "SELECT substr(value, 7) FROM identifier WHERE value >= 'email:' AND value < 'email;'",
)
QUERIES = {"/agreement/{policy}/try/compare": "?a={tryout_id}&b={latest_tryout_id}"}
"""What a page has to be asked for beside its path."""
HIDDEN = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Page:
    """One kind of page: whom it is for, and the paths that are asked in turn."""

    name: str
    readers: tuple[str, ...]
    paths: tuple[str, ...]


def routes() -> list[tuple[str, str]]:
    """Return the path and the scope of every page the product has."""
    rows = (line.split() for line in REVIEWED.read_text().splitlines())
    return [
        (path, scope.removeprefix("page:"))
        for method, path, scope in rows
        if method == "GET" and scope.startswith("page:")
        if path not in NO_PAGES and not path.endswith(FILES)
    ]


def meant(path: str, name: str) -> str:
    """Return which of ``PARAMETERS`` a parameter of a path is."""
    below = (what for (start, one), what in BELOW.items() if one == name and path.startswith(start))
    return next(below, name)


def unknown() -> list[str]:
    """Return the pages nobody could open here, because a parameter of theirs is unknown."""
    return [
        path
        for path, _ in routes()
        if not all(meant(path, one) in PARAMETERS for one in HIDDEN.findall(path))
    ]


async def pages(url: str) -> tuple[list[Page], list[str]]:
    """Return what to measure on the databases at ``url``, and the paths that show nothing."""
    scopes = dict(routes())
    asked = [
        (path, path + QUERIES.get(path, ""), scope)
        for path, scope in scopes.items()
        if path not in unknown()
    ]
    asked += [(name, path, _scope_of(path, scopes)) for name, path in VARIANTS]
    values = {
        name: await _values(url, *PARAMETERS[name])
        for name in {meant(path, one) for _, path, _ in asked for one in HIDDEN.findall(path)}
    }
    found, empty = [], unknown()
    for name, path, scope in asked:
        wanted = HIDDEN.findall(path)
        if not all(values[meant(path, one)] for one in wanted):
            empty.append(path)
            continue
        places = range(MOST if wanted else 1)
        paths = tuple(_filled(path, values, place) for place in places)
        found.append(Page(name, OF_ONE.get(path) or _readers(scope), paths))
    return found, empty


def _filled(path: str, values: dict[str, list[str]], place: int) -> str:
    def value(hidden: re.Match[str]) -> str:
        known = values[meant(path, hidden[1])]
        return quote(known[place % len(known)])

    return HIDDEN.sub(value, path)


def _scope_of(path: str, scopes: dict[str, str]) -> str:
    place = path.partition("?")[0].replace(f"{{{HEAVY}}}", "{lead_id}")
    return scopes[place]


def _readers(scope: str) -> tuple[str, ...]:
    return tuple(one for one in READERS if one == "admin" or scope in ROLES[one])


async def _values(url: str, service: str, statement: str) -> list[str]:
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite:///")) / f"{service}.db"
        with closing(sqlite3.connect(file)) as conn:
            rows = [row[0] for row in conn.execute(statement)]
    else:
        conn = await asyncpg.connect(url)
        try:
            await conn.execute(f"SET search_path = relevo_{service}")
            rows = [row[0] for row in await conn.fetch(statement)]
        finally:
            await conn.close()
    found = sorted(str(row) for row in rows)
    return random.Random(1).sample(found, min(MOST, len(found)))
