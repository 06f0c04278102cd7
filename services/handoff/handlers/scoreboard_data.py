"""What the scoreboard read, and as the data everybody gets. Adds up without the database."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.handoff.domain import scoreboard as sums
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.results import Tally
from services.handoff.domain.scoreboard import By, Counted, Days
from services.handoff.store.scoreboard_reading import AssetCounted, Miss, Only, ReasonCounted


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see. Days are the company's, both included; None: the last year."""

    first: date | None = None
    last: date | None = None
    by: By = "month"
    policy: str | None = None
    version: int | None = None
    source: str | None = None
    content: str | None = None
    campaign: str | None = None
    team: str | None = None
    """Id or name."""


@dataclass(frozen=True)
class MonthRead:
    """What a policy handed over in a calendar month, or in the part of it that is covered."""

    days: Days
    policy: str
    number: int | None
    """The version in force at its end, and what it wants."""
    wanted: float | None
    sales_ready: int


@dataclass(frozen=True)
class Scoreboard:
    """Everything that was read. Added up without the database."""

    asked: Asked
    only: Only
    team_names: tuple[str, ...] | None
    days: Days
    before: Days
    zone: ZoneInfo
    now: datetime
    counted: Counted
    reasons: Sequence[ReasonCounted]
    reasons_before: Sequence[ReasonCounted]
    reason_titles: Mapping[str, Mapping[str, str] | None]
    assets: Mapping[str, Sequence[AssetCounted]]
    amounts: Mapping[str, float]
    people: int
    missed: Sequence[Miss]
    leaks: int | None
    months: Sequence[MonthRead]
    wanted: PolicyVersion | None
    choices: Mapping[str, Any]
    rebuilding: Mapping[str, Any] | None

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON-ready data. Shares are from 0 to 1, waits in seconds."""
        today = self.now.astimezone(self.zone).date()
        asked, now, before = self.asked, self.counted.counts(self.days), self._counts_before()
        return {
            "from": self.days.first,
            "to": self.days.last,
            "by": asked.by,
            "zone": self.zone.key,
            "measured_at": self.now,
            "only": {
                "policy": asked.policy,
                "version": asked.version,
                "source": asked.source,
                "content": asked.content,
                "campaign": asked.campaign,
                "teams": None if self.team_names is None else list(self.team_names),
            },
            "rebuilding": self.rebuilding,
            "totals": self._figures(self.days)
            | {"people": self.people, "amounts": dict(self.amounts)},
            "before": {"from": self.before.first, "to": self.before.last}
            | self._figures(self.before),
            "change": {
                name: sums.change(sums.tally_of(now, name), sums.tally_of(before, name))
                for name in sums.SHARES
            },
            "series": [
                {
                    "from": piece.first,
                    "to": piece.last,
                    "is_whole": sums.is_whole(piece, asked.by, today),
                }
                | self._figures(piece)
                for piece in sums.cut(self.days, asked.by)
            ],
            "reasons": self._reasons(),
            "waits": self._waits(),
            "wanted": _wanted(self.wanted),
            "months": [_month(one, today) for one in self.months],
            "content": [_asset(one) for one in self.assets.get("content", ())],
            "campaigns": [_asset(one) for one in self.assets.get("campaign", ())],
            "misses": self._misses(),
            "leaks": self.leaks,
            "choices": dict(self.choices),
        }

    @property
    def _knows_misses(self) -> bool:
        """A lead that nobody handed over belongs to no team, and content is not told of it."""
        return self.only.asset is None and self.only.teams is None

    def _figures(self, days: Days) -> dict[str, Any]:
        """Return the figures of some days; null where they cannot be told apart as asked."""
        found = self.counted.figures(days)
        if self.only.asset is not None:
            found["engaged_leads"] = None
        if not self._knows_misses:
            found["misses"] = None
        return found

    def _counts_before(self) -> dict[str, int]:
        return self.counted.counts(self.before)

    def _reasons(self) -> list[dict[str, Any]]:
        """Return the reject reasons, the most frequent first."""
        now, before = _by_reason(self.reasons), _by_reason(self.reasons_before)
        total = sum(map(sum, now.values()))
        found = sorted(now.keys() | before.keys(), key=lambda one: (-sum(now.get(one, (0,))), one))
        return [
            {
                "reason": reason,
                "title": self.reason_titles.get(reason) or {"es": reason, "en": reason},
                "rejected": now.get(reason, (0, 0))[0],
                "handed_back": now.get(reason, (0, 0))[1],
                "share": round(sum(now.get(reason, (0, 0))) / total, 4) if total else None,
                "before": sum(before.get(reason, (0, 0))),
            }
            for reason in found
        ]

    def _waits(self) -> dict[str, Any]:
        waits = self.counted.waits_in(self.days)
        edges = [*sums.WAITS_S, None]
        counts = zip(edges, waits.distribution(), strict=True)
        return {
            "within": [{"up_to_s": edge, "handoffs": count} for edge, count in counts],
            "unanswered": waits.unanswered,
        }

    def _misses(self) -> dict[str, Any]:
        if not self._knows_misses:
            return dict.fromkeys(("leads", "before", "told_by_crm", "told_by_sales"))
        missed = [one for one in self.missed if self.days.has(one.day)]
        told = Counter(one.told_by for one in missed)
        return {
            "leads": len(missed),
            "before": len(self.missed) - len(missed),
            "told_by_crm": told["crm"],
            "told_by_sales": told["sales"],
        }


def _by_reason(rows: Iterable[ReasonCounted]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        rejected, handed_back = found.get(row.reason, (0, 0))
        found[row.reason] = rejected + row.rejected, handed_back + row.handed_back
    return found


def _month(one: MonthRead, today: date) -> dict[str, Any]:
    return {
        "month": f"{one.days.first:%Y-%m}",
        "is_whole": sums.is_whole(one.days, "month", today),
        "policy": one.policy,
        "version": one.number,
        "sales_ready": one.sales_ready,
        "wanted": one.wanted,
    }


def _asset(one: AssetCounted) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "handoffs": one.handoffs,
        "accepted": one.accepted,
        "won": one.won,
        "ended": one.ended,
        "won_share": sums.share_figures(
            Tally(one.won, one.ended - one.won, one.handoffs - one.ended, 0)
        ),
    }


def _wanted(version: PolicyVersion | None) -> dict[str, Any] | None:
    """Return what the one policy in view promises. Shares are from 0 to 1."""
    if version is None:
        return None
    targets = version.targets
    shares = {
        "accepted": targets.acceptance,
        "attempted_in_time": targets.first_attempt_in_time,
        "won": targets.won,
    }
    return {
        "policy": version.policy,
        "version": version.number,
        "shares": {
            name: None if wanted is None else wanted / 100 for name, wanted in shares.items()
        },
        "sales_ready_per_month": targets.sales_ready_per_month,
        "first_attempt_in_s": {
            tier: int(one.first_attempt_in.total_seconds())
            for tier, one in sorted(version.response.items())
        },
        "answer_in_s": {
            tier: int(one.accept_in.total_seconds())
            for tier, one in sorted(version.response.items())
        },
    }
