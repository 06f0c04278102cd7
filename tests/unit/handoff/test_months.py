"""Calendar months of a company: whole ones, pieces, and clocks that change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.handoff.domain.months import months_between, next_look

MADRID, MEXICO = ZoneInfo("Europe/Madrid"), ZoneInfo("America/Mexico_City")


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, s: int = 0) -> datetime:
    """A moment in Madrid."""
    return datetime(year, month, day, hour, minute, s, tzinfo=MADRID)


def months(start: datetime, end: datetime, zone: ZoneInfo = MADRID) -> list[tuple[str, bool]]:
    return [(month.name, month.is_whole) for month in months_between(start, end, zone)]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        pytest.param(
            at(2026, 1, 10),
            at(2026, 4, 1),
            [("2026-01", False), ("2026-02", True), ("2026-03", True)],
            id="begun in the middle",
        ),
        pytest.param(
            at(2025, 12, 1),
            at(2026, 1, 20),
            [("2025-12", True), ("2026-01", False)],
            id="over the turn of the year, the last still running",
        ),
        pytest.param(at(2026, 3, 1), at(2026, 4, 1), [("2026-03", True)], id="clocks change in it"),
        pytest.param(
            at(2026, 3, 1, 0, 0, 5), at(2026, 4, 1), [("2026-03", True)], id="a moment late"
        ),
        pytest.param(at(2026, 3, 1, 2), at(2026, 4, 1), [("2026-03", False)], id="hours late"),
        pytest.param(at(2026, 3, 5), at(2026, 3, 5), [], id="no time at all"),
        pytest.param(at(2026, 3, 5), at(2026, 2, 5), [], id="backwards"),
    ],
)
def test_a_month_is_whole_when_all_of_it_is_covered(start, end, found):
    assert months(start, end) == found


def test_a_month_begins_at_midnight_where_the_company_is():
    last_evening = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)

    assert months(last_evening, datetime(2026, 3, 2, tzinfo=UTC)) == [("2026-03", False)]
    assert [name for name, _ in months(last_evening, datetime(2026, 3, 2, tzinfo=UTC), MEXICO)] == [
        "2026-02",
        "2026-03",
    ]


@pytest.mark.parametrize(
    ("now", "looks"),
    [
        pytest.param(at(2026, 3, 15), at(2026, 4, 1, 9), id="in the middle"),
        pytest.param(at(2026, 3, 1, 8, 59), at(2026, 3, 1, 9), id="early on the first"),
        pytest.param(at(2026, 3, 1, 9), at(2026, 4, 1, 9), id="at nine on the first"),
        pytest.param(at(2026, 12, 31, 23), at(2027, 1, 1, 9), id="at the end of the year"),
    ],
)
def test_a_month_is_looked_back_on_in_the_morning_of_the_first(now, looks):
    assert next_look(now.astimezone(UTC), MADRID) == looks
