"""Waiting for the first event of a source, and telling what is wrong with what comes instead."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from services.cli.client import Api, part
from services.cli.connecting_words import Language, say, sentences
from services.cli.output import local, note, print_fields

LOOK_S = 0.5
NEWEST = 20

Outcome = Literal["read", "ping", "repeated", "held", "parked", "refused", "nothing"]


@dataclass(frozen=True)
class Source:
    """The source that is being connected, as its people know it."""

    name: str
    vendor: str
    title: str
    url: str
    page: str
    makes_secret: bool
    """The tool makes the signing secret, not we."""


@dataclass(frozen=True)
class News:
    """Something came. ``seen`` is a receipt with what it tells, or what was refused."""

    outcome: Outcome
    seen: dict[str, Any]


class Lookout:
    """Sees what comes to one source. What was there when it began is no news, unless ``new``."""

    def __init__(self, api: Api, name: str, *, new: bool):
        self._api = api
        self._name = name
        self._told: set[str] = set()
        self._refused: dict[tuple[str, str], int] = {}
        told = self._receipts()
        refusals = list(self._refusals())
        if not new:
            self._told = {one["id"] for one in told}
        for where, one in refusals:
            if where == "elsewhere" or not new:
                self._refused[where, one["reason"]] = one["count"]

    def look(self) -> Iterator[News]:
        """Yield what came since the last look, the oldest first."""
        for where, one in self._refusals():
            before = self._refused.get((where, one["reason"]), 0)
            if one["count"] > before:
                self._refused[where, one["reason"]] = one["count"]
                yield News("refused", {**one, "count": one["count"] - before})
        for receipt in reversed(self._receipts()):
            if receipt["id"] in self._told or receipt["state"] == "pending":
                continue
            self._told.add(receipt["id"])
            detail = self._api.get(f"/v1/receipts/{part(receipt['id'])}")
            yield News(_outcome(detail), detail)

    def wait(self, seconds: float) -> Iterator[News]:
        """Yield what comes within ``seconds``."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            yield from self.look()
            time.sleep(LOOK_S)
        yield from self.look()

    def _receipts(self) -> list[dict[str, Any]]:
        query: dict[str, str | int | None] = {"source": self._name, "limit": NEWEST}
        found: list[dict[str, Any]] = self._api.get("/v1/receipts", query)["items"]
        return found

    def _refusals(self) -> Iterator[tuple[str, dict[str, Any]]]:
        answer = self._api.get(f"/v1/sources/{part(self._name)}/refusals")
        for where in ("refusals", "elsewhere"):
            for one in reversed(answer[where]):
                yield where, one


def _outcome(receipt: dict[str, Any]) -> Outcome:
    if receipt["state"] == "held":
        return "held"
    if receipt["published"]:
        return "read"
    if receipt["parked"]:
        return "parked"
    return "repeated" if receipt["duplicates"] else "ping"


def tell(news: News, source: Source, language: Language) -> None:
    """Print what came, and what to do about it."""
    seen = news.seen
    match news.outcome:
        case "read":
            print(say(language, "read"), flush=True)
            _tell_event(seen, source, language)
        case "parked":
            faults = "; ".join(_fault(one, language) for one in seen["faults"][:3])
            values = {"title": source.title, "faults": faults, "page": source.page}
            print(say(language, "parked", receipt=seen["id"], **values), flush=True)
        case "refused":
            often = "refused" if seen["count"] == 1 else "refused_often"
            reason = why(seen, source, language)
            print(say(language, often, count=seen["count"], why=reason), flush=True)
        case outcome:
            print(say(language, outcome, name=source.name), flush=True)


def why(refusal: dict[str, Any], source: Source, language: Language) -> str:
    """Return why requests were refused, as a sentence."""
    reason, detail = refusal["reason"], dict(refusal["detail"])
    if reason not in sentences():
        return str(reason)
    detail["vendors"] = ", ".join(detail.get("vendors", ()))
    values = {"name": source.name, "title": source.title, "url": source.url, **detail}
    lines = [reason]
    if reason == "wrong_secret":
        lines.append("theirs" if source.makes_secret else "ours")
        if source.vendor == "hubspot":
            lines.append("signs_address")
    return "\n".join(say(language, line, **values) for line in lines)


def _fault(fault: dict[str, Any], language: Language) -> str:
    told = f"fault_{fault['code']}"
    sentence = say(language, told) if told in sentences() else fault["message"]
    return f"{fault['place']}: {sentence}" if fault["place"] else sentence


def _tell_event(receipt: dict[str, Any], source: Source, language: Language) -> None:
    first = next(iter(receipt["told"]), None)
    if first is None:
        return
    facts = {**first["lead"], **{f"account.{name}": one for name, one in first["account"].items()}}
    print_fields(
        {
            say(language, "event"): first.get("name") or say(language, "only_identity"),
            say(language, "kind"): first.get("touch"),
            say(language, "who"): first["identifiers"],
            say(language, "when"): local(first["occurred_at"]),
            say(language, "made_by"): first.get("made_by"),
            say(language, "facts"): ", ".join(f"{name}: {one}" for name, one in facts.items()),
        }
    )
    if first.get("touch") == "unknown":
        note(say(language, "no_kind", name=source.name, event=first["name"]))
