"""The final state of an installation, as its API and notify tell it, without what is random.

Ids, and moments the product itself chose, differ from run to run. Here every touch goes by
its reference, every lead by its identifiers and every hand-off by lead, policy and cycle,
so the dumps of two installations that were told the same are equal. Of a hand-off the
decision counts; the context frozen with it is what was known at that moment, and that may
rightly depend on what came first. Whether two leads were ever two, and had to be merged,
depends on it too, so of the feed the other events count, and that all are numbered.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select

from services.notify.store.tables import notification
from tests.support.api import Api
from tests.support.events import Event, about, read_feed, types
from tests.support.inside import Inside
from tests.support.workload import Person, Workload

AT_ONCE = 8
MERGED = "lead.merged.v1"
# Of an evaluation: when it was made, how old things were then, and ids that come of random ones.
MOMENTARY = frozenset({"at", "age_s", "policy_version_id", "handoff_id"})


def reference(properties: Mapping[str, Any]) -> str:
    """Return the reference a workload wrote into a touch."""
    return str(properties["ref"])


async def dump(api: Api, workload: Workload, look: Inside) -> dict[str, Any]:
    """Return everything that must be the same wherever ``workload`` was sent."""
    gate = asyncio.Semaphore(AT_ONCE)
    events, messages = await read_feed(api), await look.rows("notify", select(notification))
    roots = roots_of(events)

    async def one(person: Person) -> Any:
        async with gate:
            lead_id, lead = await dump_lead(api, person.identifier)
            members = {one for one in roots if roots[one] == lead_id} | {lead_id}
            told = ((row.step, row.state) for row in messages if row.lead_id in members)
            return lead | {"feed": fed(events, members), "told": sorted(told)}

    people = await asyncio.gather(*(one(person) for person in workload.people))
    leads = [lead["lead_id"] async for lead in api.pages("/v1/leads", limit=200)]
    handoffs = [each["handoff_id"] async for each in api.pages("/v1/handoffs", limit=200)]
    return {
        "leads": {person.name: lead for person, lead in zip(workload.people, people, strict=True)},
        "ledger": await dump_ledger(api),
        "counts": {"leads": len(leads), "handoffs": len(handoffs)},
    }


async def dump_ledger(api: Api) -> dict[str, Any]:
    """Return the ledger's counts by source."""
    lines = (await api.get("/v1/ledger"))["sources"]
    return {
        line["source"]: {name: value for name, value in line.items() if isinstance(value, int)}
        for line in lines
    }


def roots_of(events: Sequence[Event]) -> dict[str, str]:
    """Return for each merged lead the one it is part of in the end."""
    into = {
        event["data"]["merged_lead_id"]: event["data"]["lead_id"]
        for event in events
        if event["type"] == MERGED
    }

    def root(lead_id: str) -> str:
        return root(into[lead_id]) if lead_id in into else lead_id

    return {lead_id: root(lead_id) for lead_id in into}


def fed(events: Sequence[Event], members: Collection[str]) -> dict[str, Any]:
    """Return what became of a lead as the feed tells it, and whether no number is missing."""
    mine = [event for event in events if event["partitionkey"] in members]
    numbers = [[int(event["sequence"]) for event in about(mine, member)] for member in members]
    return {
        "types": [kind for kind in types(mine) if kind != MERGED],
        "numbered": all(found == list(range(1, len(found) + 1)) for found in numbers),
    }


async def dump_lead(api: Api, identifier: str) -> tuple[str, dict[str, Any]]:
    """Return the lead an identifier names, and all handoff knows of it."""
    (found,) = (await api.get("/v1/leads", identifier=identifier))["items"]
    path = f"/v1/leads/{found['lead_id']}"
    lead = await api.get(path)
    lines = [line async for line in api.pages(f"{path}/timeline", limit=200)]
    touches = [line for line in lines if line["words"] is None]  # the others are steps of handoffs
    references = {touch["touch_id"]: reference(touch["properties"]) for touch in touches}
    handoffs = [each async for each in api.pages("/v1/handoffs", lead=found["lead_id"])]
    return found["lead_id"], {
        "identifiers": sorted(lead["identifiers"]),
        "account": _facts(lead["account"]),
        "facts": lead["facts"],
        "consent": lead["consent"],
        "first_seen_at": lead["first_seen_at"],
        "touches": sorted((_touch(touch) for touch in touches), key=orjson.dumps),
        "evaluations": named(await api.get(f"{path}/evaluation"), references),
        "handoffs": [await _handoff(api, each["handoff_id"], references) for each in handoffs],
    }


def named(value: Any, references: Mapping[str, str]) -> Any:
    """Return ``value`` with touches by their references, without what is momentary."""
    if isinstance(value, Mapping):
        items = value.items()
        return {key: named(one, references) for key, one in items if key not in MOMENTARY}
    if isinstance(value, list):
        return [named(one, references) for one in value]
    return references.get(value, value) if isinstance(value, str) else value


def _touch(touch: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("kind", "name", "source", "vendor", "occurred_at", "made_by", "made_by_reason")
    return {name: touch[name] for name in (*kept, "properties")}


def _facts(account: Mapping[str, Any] | None) -> Any:
    return None if account is None else {"domain": account["domain"], "facts": account["facts"]}


async def _handoff(api: Api, handoff_id: str, references: Mapping[str, str]) -> dict[str, Any]:
    shown = await api.get(f"/v1/handoffs/{handoff_id}")
    kept = ("policy", "version", "agreement", "cycle", "gate", "tier", "stage")
    return {
        **{name: shown[name] for name in kept},
        "deciding": sorted(because(shown["sales_ready"], references)),
    }


def because(sales_ready: Mapping[str, Any], references: Mapping[str, str]) -> Iterable[str]:
    """Return the references of the touches that made a gate pass."""
    return (references[touch["touch_id"]] for touch in sales_ready["why_now"])


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """Return where two dumps differ, and how."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        names = sorted(one.keys() | other.keys())
        found = (differences(one.get(name), other.get(name), f"{place}/{name}") for name in names)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        found = (differences(left, right, f"{place}/{at}") for at, (left, right) in pairs)
    else:
        return [] if one == other else [f"{place}: {one!r} and {other!r}"]
    return [difference for some in found for difference in some]
