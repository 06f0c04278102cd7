"""A real funnel, tried: leads and won deals of a marketplace go in by the public door, and a
policy over origin and landing page is tried on them.

``RELEVO_OLIST`` names the directory with the "Marketing Funnel by Olist" (Olist and André
Sionek, CC BY-NC-SA 4.0): ``marketing_qualified_leads.csv`` and ``closed_deals.csv``. What
the policy asks for is learnt from the first months, and tried on the months after them.

``python -m tests.support.funnel DIRECTORY`` does it, and prints what the report says.
"""

import asyncio
import csv
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from tests.support.doors import App, Deed
from tests.support.inside import inside
from tests.support.installation import add_source
from tests.support.product import Product, World, running_product
from tests.support.waiting import eventually, until_none

DIRECTORY = "RELEVO_OLIST"
LEARNT_UNTIL = datetime(2018, 3, 1, tzinfo=UTC)
TRIED_UNTIL = datetime(2018, 12, 1, tzinfo=UTC)
FEWEST = 40
"""Leads an origin or a page must have had before anything is learnt of it."""
AT_ONCE = 2_500
WITHIN_S = 180.0

EVERYBODY = """
policy: funnel
title: {en: "Everybody who left an address", es: "Quien dejó sus datos"}
signals:
  contact:
    title: {en: "Left an address", es: "Dejó sus datos"}
    touch: form.submitted
    points: 40
    at_most: 1
gates:
  left_an_address: {tier: warm, when: {signal: contact}}
response:
  warm: {accept_in: 4h, first_attempt_in: 1d}
"""
PROMISING = EVERYBODY.replace(
    "gates:\n  left_an_address: {tier: warm, when: {signal: contact}}\n",
    """fit:
  origin:
    title: {en: "From a good origin", es: "De buen origen"}
    when: {lead.origin: ORIGINS}
    points: 20
  page:
    title: {en: "From a page that sells", es: "De una página que vende"}
    when: {lead.landing_page: PAGES}
    points: 30
gates:
  promising:
    tier: warm
    when: {all: [{signal: contact}, {fit: {at_least: 50}}]}
""",
)


@dataclass(frozen=True)
class Contact:
    """Somebody's first contact, and when a deal with them was won."""

    lead: str
    at: datetime
    origin: str
    page: str
    won_at: datetime | None


@dataclass(frozen=True)
class Learnt:
    """Origins and landing pages that closed more often than all leads did."""

    origins: frozenset[str]
    pages: frozenset[str]

    @property
    def text(self) -> str:
        """The policy that asks for both."""
        lists = {"ORIGINS": sorted(self.origins), "PAGES": sorted(self.pages)}
        text = PROMISING
        for name, values in lists.items():
            text = text.replace(name, json.dumps(values))
        return text

    def asks_for(self, one: Contact) -> bool:
        """Return whether the policy hands this one over, found out without the product."""
        return one.origin in self.origins and one.page in self.pages


def read_funnel(directory: Path) -> list[Contact]:
    """Return all contacts, the first one first."""
    with (directory / "closed_deals.csv").open(encoding="utf-8") as file:
        won = {row["mql_id"]: _moment(row["won_date"]) for row in csv.DictReader(file)}
    with (directory / "marketing_qualified_leads.csv").open(encoding="utf-8") as file:
        contacts = [
            Contact(
                row["mql_id"],
                _moment(row["first_contact_date"]),
                row["origin"] or "none",
                row["landing_page_id"],
                won.get(row["mql_id"]),
            )
            for row in csv.DictReader(file)
        ]
    return sorted(contacts, key=lambda one: (one.at, one.lead))


def learn(contacts: Sequence[Contact]) -> Learnt:
    """Return what went better than the rest before the months that are tried."""
    known = [one for one in contacts if one.at < LEARNT_UNTIL]
    return Learnt(_better(known, lambda one: one.origin), _better(known, lambda one: one.page))


def tried(contacts: Iterable[Contact]) -> list[Contact]:
    """Return those the policy is tried on: it has seen none of them."""
    return [one for one in contacts if one.at >= LEARNT_UNTIL]


async def try_funnel(product: Product, contacts: Sequence[Contact], learnt: Learnt) -> Any:
    """Send contacts and deals to the door, and return the result of the try-out."""
    door = App(await add_source(product.api, App))
    deeds = _deeds(contacts)
    while some := list(islice(deeds, AT_ONCE)):
        call = door.call(some)
        answer = await product.api.send("POST", call.path, call.body, call.signed_headers())
        assert answer.status_code == 200, answer.text
    async with inside(product.world) as look:
        await until_none(look.backlog, WITHIN_S)
    begun = await product.api.post(
        "/v1/policies/tryouts",
        {
            "text": learnt.text,
            "from_at": LEARNT_UNTIL.isoformat(),
            "to_at": TRIED_UNTIL.isoformat(),
            "lateness": "as_happened",
            "open_for_s": 30 * 86_400,
        },
    )
    where = f"/v1/policies/tryouts/{begun['tryout_id']}"

    async def result() -> Any:
        found = await product.api.get(where)
        assert found["state"] in ("queued", "running", "done"), found["error"]
        return found["state"] == "done" and found["result"]

    return await eventually(result, WITHIN_S, "the result of the try-out")


def told(result: Any) -> Iterator[str]:
    """Yield what the report says, a line each."""
    for side in ("candidate", "against"):
        one = result[side]
        won, found = one["won_at_least"], one["recall"]["won"]
        busiest = max(week["handoffs"] for week in one["weeks"])
        yield (
            f"{side}: {one['leads']} leads handed over, {won['good']} of them won "
            f"({won['share']:.1%}); found {found['good']} of {found['cases']} won "
            f"({found['share']:.1%}), missed {one['misses']['count']}; busiest week {busiest}"
        )
    for side in ("gained", "lost"):
        known = {name: count for name, count in result[side]["outcomes"].items() if count}
        yield f"{side}: {result[side]['count']} {known}"
    yield f"not known: {', '.join(one['code'] for one in result['unknown'])}"


def _better(contacts: Sequence[Contact], key: Callable[[Contact], str]) -> frozenset[str]:
    closed = [one for one in contacts if one.won_at is not None and one.won_at < LEARNT_UNTIL]
    cases, won = Counter(map(key, contacts)), Counter(map(key, closed))
    usual = len(closed) / len(contacts)
    return frozenset(
        name for name, count in cases.items() if count >= FEWEST and won[name] / count >= usual
    )


def _deeds(contacts: Iterable[Contact]) -> Iterator[Deed]:
    for one in contacts:
        about = {"origin": one.origin, "landing_page": one.page}
        yield Deed(f"{one.lead}-1", one.at, "form.submitted", user_id=one.lead, lead=about)
        if one.won_at is not None:
            yield Deed(f"{one.lead}-2", one.won_at, "deal.won", user_id=one.lead)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def main(directory: Path) -> None:
    """Try the funnel on a product of its own; print what comes of it."""
    contacts = read_funnel(directory)
    learnt = learn(contacts)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/data"
        world = World("embedded", url, url, Path(folder))
        async with running_product(world, EVERYBODY) as product:
            result = await try_funnel(product, tried(contacts), learnt)
    print(f"good origins {sorted(learnt.origins)}, {len(learnt.pages)} good pages")
    for line in told(result):
        print(line)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
