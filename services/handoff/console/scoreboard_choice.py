"""What somebody chose to see of the scoreboard: read from an address, and offered in its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, get_args

from fastapi import Query

from services.handoff.console import fields
from services.handoff.domain.scoreboard import By
from services.handoff.handlers.scoreboard_data import Asked
from shared.console.days import day_of

Kind = Literal["content", "campaign"]
Text = Annotated[str, Query(max_length=200)]
Name = Annotated[str, Query(max_length=220)]
DAYS = {"30": 30, "90": 90}
"""Periods that end today."""
PERIODS = (*DAYS, "last_month", "year", "own")
CUTS: tuple[By, ...] = get_args(By)
KINDS: tuple[Kind, ...] = get_args(Kind)
APART = "@"
"""Between a policy and the number of its version; no policy's name has it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The form as it is shown; what is no choice is the usual one."""

    period: str
    by: By
    policy: str
    """Empty, a name, or ``name@2``."""
    team: str
    source: str
    asset: str
    """Empty, ``content:guide`` or ``campaign:Spring``."""
    first: str
    last: str
    wrong: Mapping[str, str]
    """By field what is wrong with it (a key of words)."""

    @property
    def is_filtered(self) -> bool:
        """Whether it is anything else than all of the last twelve months."""
        return self.period != "year" or any((self.policy, self.team, self.source, self.asset))

    @property
    def query(self) -> dict[str, str]:
        """Return what is shown as an address has it; where something is wrong it is the usual."""
        if self.wrong:
            return {}
        found = {
            "period": self.period,
            "by": self.by,
            "policy": self.policy,
            "team": self.team,
            "source": self.source,
            "asset": self.asset,
        }
        if self.period == "own":
            found |= {"from": self.first, "to": self.last}
        return {name: value for name, value in found.items() if value}

    def asked(self, today: date) -> Asked:
        """Return it as the scoreboard is asked."""
        first, last = _days(self, today)
        policy, _, number = self.policy.partition(APART)
        kind, _, name = self.asset.partition(":")
        return Asked(
            first=first,
            last=last,
            by=self.by,
            policy=policy or None,
            version=fields.number(number),
            team=self.team or None,
            source=self.source or None,
            content=name if kind == "content" else None,
            campaign=name if kind == "campaign" else None,
        )


def chosen(
    period: Text = "",
    by: Text = "",
    policy: Text = "",
    team: Text = "",
    source: Text = "",
    asset: Name = "",
    first: Annotated[str, Query(alias="from", max_length=40)] = "",
    to: Annotated[str, Query(max_length=40)] = "",
) -> Chosen:
    """Read what was chosen."""
    policy, team, source, asset = (one.replace("\x00", "") for one in (policy, team, source, asset))
    kind, _, name = asset.partition(":")
    if kind not in KINDS or not name:
        asset = ""
    if period not in PERIODS:
        period = "year"
    wrong: dict[str, str] = {}
    if period == "own":
        wrong = _wrong(first, to)
    usual: By = "week" if period in (*DAYS, "last_month") else "month"
    cut = next((one for one in CUTS if one == by), usual)
    return Chosen(period, cut, policy, team, source, asset, first, to, wrong)


def _wrong(first: str, last: str) -> dict[str, str]:
    begin, end = day_of(first), day_of(last)
    wrong = {name: "board_wrong_day" for name, one in (("from", begin), ("to", end)) if one is None}
    if begin is not None and end is not None and begin > end:
        wrong["from"] = "board_wrong_order"
    return wrong


def _days(one: Chosen, today: date) -> tuple[date | None, date | None]:
    """Return the first and the last day; None: the last twelve months."""
    if one.period in DAYS:
        return today - timedelta(days=DAYS[one.period] - 1), today
    if one.period == "last_month":
        last = today.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    if one.period == "own" and not one.wrong:
        return day_of(one.first), day_of(one.last)
    return None, None


def offered_policies(choices: Mapping[str, Any], now: str) -> list[tuple[str, str, int | None]]:
    """Return policies and their versions, each with its value; what is chosen is among them."""
    found: list[tuple[str, str, int | None]] = []
    for one in choices["policies"]:
        name = one["policy"]
        found.append((name, name, None))
        found += [(f"{name}{APART}{number}", name, number) for number in one["versions"]]
    if now and all(value != now for value, _, _ in found):
        name, _, number = now.partition(APART)
        found.append((now, name, fields.number(number)))
    return found


def offered_assets(data: Mapping[str, Any], now: str) -> list[tuple[Kind, list[tuple[str, str]]]]:
    """Return content and campaigns, each with value and title; what is chosen is among them."""
    groups: tuple[tuple[Kind, Sequence[Mapping[str, Any]]], ...] = (
        ("content", data["content"]),
        ("campaign", data["campaigns"]),
    )
    found = []
    for kind, rows in groups:
        some = [(f"{kind}:{one['name']}", one["title"] or one["name"]) for one in rows]
        if now.startswith(f"{kind}:") and all(value != now for value, _ in some):
            some.append((now, now.partition(":")[2]))
        if some:
            found.append((kind, some))
    return found
