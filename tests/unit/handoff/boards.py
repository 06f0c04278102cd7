"""Scoreboards made up for tests of what people read, as the API gives them."""

from datetime import UTC, date, datetime
from typing import Any

from services.handoff.domain.results import Tally
from services.handoff.domain.scoreboard import SHARES, WAITS_S, Counted, Days, share_figures

MONTHS = [Days(date(2026, 1, 1), date(2026, 1, 31)), Days(date(2026, 2, 1), date(2026, 2, 28))]


def share(good: int, cases: int) -> dict[str, Any]:
    return share_figures(Tally(good, cases - good, 1, 0))


def figures(days: Days, size: int) -> dict[str, Any]:
    counts = {"reached.sales_ready": size, "reached.accepted": size // 2, "engaged_leads": 9 * size}
    counts |= {"touches.human": 100 * size, "accepted.good": size // 2, "accepted.bad": size // 2}
    counts |= {"attempted_in_time.good": 1, "attempted_in_time.bad": size - 1}
    by_day = {days.first.toordinal(): counts}
    return {"from": days.first, "to": days.last, "is_whole": True} | Counted(
        by_day, {days.first.toordinal(): [900]}
    ).figures(days)


def a_board(size: int = 40, name: str = "<b>Guide</b>") -> dict[str, Any]:
    series = [figures(days, size) for days in MONTHS]
    return {
        "from": MONTHS[0].first,
        "to": MONTHS[-1].last,
        "by": "month",
        "zone": "Europe/Madrid",
        "measured_at": datetime(2026, 3, 1, tzinfo=UTC),
        "only": dict.fromkeys(("policy", "version", "source", "content", "campaign", "teams")),
        "rebuilding": None,
        "totals": series[0] | {"people": size, "amounts": {"EUR": 1200.5}},
        "before": series[1],
        "change": dict.fromkeys(SHARES, "unclear"),
        "series": series,
        "reasons": [
            {
                "reason": "bad_data",
                "title": {"es": "Datos incorrectos", "en": "Bad data"},
                "rejected": size,
                "handed_back": 0,
                "share": 1.0 if size else None,
                "before": 2,
            }
        ],
        "waits": {
            "within": [{"up_to_s": edge, "handoffs": size} for edge in (*WAITS_S, None)],
            "unanswered": size,
        },
        "wanted": {
            "policy": "b2b",
            "version": 1,
            "sales_ready_per_month": 40,
            "shares": {"accepted": 0.7, "attempted_in_time": 0.9, "won": None},
            "first_attempt_in_s": {"hot": 3600, "warm": 3600, "cold": 86_400},
            "answer_in_s": {"hot": 900},
        },
        "months": [
            {
                "month": f"2026-0{number}",
                "is_whole": number == 1,
                "policy": "b2b",
                "version": 1,
                "sales_ready": size,
                "wanted": 40,
            }
            for number in (1, 2)
        ],
        "content": [
            {
                "name": "guide",
                "title": name,
                "handoffs": size,
                "accepted": 1,
                "won": 1,
                "ended": 2,
                "won_share": share(1, 2),
            }
        ]
        if size
        else [],
        "campaigns": [],
        "misses": {"leads": 1, "before": 0, "told_by_crm": 1, "told_by_sales": 0},
        "leaks": None,
    }


LONG = (
    "Fuera de nuestro perfil de cliente ideal",
    "Desproporcionadamentelargapalabrasinningúnespacio",
    "Otorrinolaringólogos y electroencefalografistas contrarrevolucionarios " * 3,
    "W" * 200,
)
"""What people call reasons and content, and what nobody would."""


def a_crowded_board(by: str, periods: int, size: int) -> dict[str, Any]:
    """Return a board of a year's ``periods``, of numbers up to ``size`` and of long names."""
    board = a_board(size, LONG[1])
    steps = 365 // periods
    days = [
        Days(date.fromordinal(first), date.fromordinal(first + steps - 1))
        for first in (date(2025, 1, 1).toordinal() + steps * place for place in range(periods))
    ]
    reason, content, month = board["reasons"][0], board["content"][0], board["months"][0]
    return board | {
        "by": by,
        "series": [figures(one, 2 + place * 17 % size) for place, one in enumerate(days)],
        "reasons": [
            reason | {"title": {"es": name, "en": name}, "rejected": place * size, "share": 0.5}
            for place, name in enumerate(LONG)
        ],
        "content": [content | {"title": name} for name in LONG],
        "months": [
            month | {"month": f"2025-{number:02}", "sales_ready": number * 31 % size}
            for number in range(1, 13)
        ],
    }
