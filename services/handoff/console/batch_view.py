"""A reviewed batch as its page shows it: who would be handed over at once, and who is chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row

from services.handoff.console import fields
from services.handoff.console.people_names import names_of
from services.handoff.console.policy_versions import Offered, chosen, in_force, versions_of
from services.handoff.handlers.list_batch import page_described
from services.handoff.handlers.review_batch import HANDS_OVER
from services.handoff.store import batches
from services.handoff.store.batches import ItemFilter
from services.handoff.store.policies import find_version_by_id
from services.handoff.unit_of_work import UnitOfWork
from shared.console.formats import Formats
from shared.problem import not_found

PAGE = 25
STATES = (batches.LISTED, batches.WAITING, batches.HANDED_OVER, batches.SKIPPED)
MOST_SCORE = 1e6
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which leads of a batch somebody looks at."""

    gate: str = ""
    state: str = ""
    ticked: str = ""
    min_engagement: str = ""
    min_fit: str = ""

    @property
    def query(self) -> str:
        """As the query of an address."""
        return urlencode({name: value for name, value in self.given.items() if value})

    @property
    def given(self) -> dict[str, str]:
        """What was chosen, by field."""
        names = ("gate", "state", "ticked", "min_engagement", "min_fit")
        return {name: getattr(self, name) for name in names}

    @property
    def wanted(self) -> ItemFilter:
        """As the store asks for them."""
        return ItemFilter(
            None,
            self.gate or None,
            None,
            self.state or None,
            {"yes": True, "no": False}.get(self.ticked),
            fields.decimal(self.min_engagement, -MOST_SCORE, MOST_SCORE),
            fields.decimal(self.min_fit, -MOST_SCORE, MOST_SCORE),
        )


def narrowed(given: Mapping[str, str]) -> Narrowed:
    """Return what was chosen; what is no choice is left out."""
    state, ticked = given.get("state", ""), given.get("ticked", "")
    scores = {
        name: text
        for name in ("min_engagement", "min_fit")
        if fields.decimal(text := given.get(name, "")[:20], -MOST_SCORE, MOST_SCORE) is not None
    }
    return Narrowed(
        given.get("gate", "")[:LONGEST_NAME].replace("\x00", ""),
        state if state in STATES else "",
        ticked if ticked in ("yes", "no") else "",
        **scores,
    )


@dataclass(frozen=True, slots=True)
class Page:
    """What the template asks. Without a batch there is only a version to make one of."""

    versions: list[Offered]
    version: Offered
    titles: Mapping[str, Mapping[str, str]]
    """Of the gates of the version and of the one it is compared with."""
    batch: Row[Any] | None = None
    counts: Mapping[str, int] | None = None
    compared_with: int | None = None
    items: Sequence[Mapping[str, Any]] = ()
    next_cursor: str | None = None
    names: Mapping[str, str] | None = None

    @property
    def hands_over(self) -> bool:
        """Whether the version decides, or will."""
        return self.version.state in HANDS_OVER

    @property
    def is_at_work(self) -> bool:
        """Whether it changes without anybody doing anything."""
        return self.batch is not None and self.batch.state in (batches.MAKING, batches.HANDING_OVER)


def page_of(
    uow: UnitOfWork, policy: str, number: int | None, asked: Narrowed, cursor: str | None
) -> Page:
    """Return the batch of a version; of the one in force, else the newest. Raises ``Problem``."""
    versions = versions_of(uow.conn, policy)
    version = chosen(versions, number) if number else in_force(versions) or versions[0]
    if version is None:
        raise not_found("policy version")
    titles = _titles(uow, version.row)
    batch = batches.current_batch(uow.conn, version.version_id)
    if batch is None:
        return Page(versions, version, titles)
    if batch.compared_id is not None:
        titles = _titles(uow, find_version_by_id(uow.conn, batch.compared_id)) | titles
    counted = batches.counts(uow.conn, batch.batch_id)
    items, following = page_described(
        uow.conn, batch.batch_id, asked.wanted, "engagement", cursor, PAGE
    )
    who = [batch.made_by, batch.handed_over_by, *(one["ticked_by"] for one in items)]
    return Page(
        versions,
        version,
        titles,
        batch,
        counted,
        batches.versions_of(uow.conn, batch)["compared_with"],
        items,
        following,
        names_of(uow.conn, who),
    )


def _titles(uow: UnitOfWork, row: Row[Any]) -> dict[str, dict[str, str]]:
    gates = uow.parts.shelf.version(row).gates
    return {one.name: {"es": one.title.es, "en": one.title.en} for one in gates}


def why_not(said: Mapping[str, Any], page: Page, words: Formats) -> str:
    """Return in words why the version before did not call a lead ready."""
    code, miss = said["code"], said.get("near_miss")
    if code == "excluded":
        names = [words.title(one["title"], one["name"]) for one in said["excluded_by"]]
        return words.say("batch_was_excluded", why=", ".join(names))
    if code != "near_miss" or miss is None:
        return words.say(f"batch_was_{code}")
    short = [_short(one, words) for one in miss["shortfalls"]]
    gate = words.title(page.titles.get(miss["gate"]), miss["gate"])
    return " ".join([words.say("batch_was_short", gate=gate), *short])


def _short(one: Mapping[str, Any], words: Formats) -> str:
    """Return what one condition lacked."""
    if one["kind"] not in ("engagement", "fit"):
        return words.say("batch_lacked_signal")
    return words.say(
        "near_points",
        kind=words.say(one["kind"]).lower(),
        short=words.number(one["short"]),
        actual=words.number(one["actual"]),
        wanted=words.number(one["wanted"]),
    )
