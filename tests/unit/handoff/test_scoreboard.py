"""The scoreboard's arithmetic, its tables, its charts and its page."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from services.handoff.domain.results import Tally
from services.handoff.domain.scoreboard import (
    WAITS_S,
    Counted,
    Days,
    Did,
    Waits,
    change,
    cut,
    day_of,
    days_before,
    is_whole,
    last_year,
    share_figures,
    touch_tally,
)
from services.handoff.printing.charts import as_html
from services.handoff.printing.scoreboard_charts import CHARTS, chart
from services.handoff.printing.scoreboard_page import scoreboard_page
from services.handoff.printing.scoreboard_tables import TABLES, table
from services.handoff.printing.scoreboard_words import WORDS
from services.handoff.printing.telling import percent, wait
from tests.unit.handoff.boards import MONTHS, a_board

MADRID = ZoneInfo("Europe/Madrid")


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("moment", "local"),
    [
        pytest.param("2026-03-28T22:59:59+00:00", "2026-03-28", id="last second"),
        pytest.param("2026-03-28T23:00:00+00:00", "2026-03-29", id="midnight"),
        pytest.param(
            "2026-03-29T21:59:59+00:00", "2026-03-29", id="of the night the clocks change"
        ),
        pytest.param("2026-03-29T22:00:00+00:00", "2026-03-30", id="summer time's first midnight"),
    ],
)
def test_a_day_begins_at_midnight_where_the_company_is(moment, local):
    assert day_of(datetime.fromisoformat(moment), MADRID) == day(local).toordinal()


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        pytest.param("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28"), id="a month"),
        pytest.param("2026-01-01", "2026-03-31", ("2025-10-01", "2025-12-31"), id="a quarter"),
        pytest.param("2025-01-01", "2025-12-31", ("2024-01-01", "2024-12-31"), id="a year"),
        pytest.param("2026-03-01", "2026-03-10", ("2026-02-19", "2026-02-28"), id="ten days"),
        pytest.param("2026-03-10", "2026-03-10", ("2026-03-09", "2026-03-09"), id="one day"),
    ],
)
def test_the_period_before_is_as_long(first, last, before):
    assert days_before(Days(day(first), day(last))) == Days(*map(day, before))


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_pieces_cover_every_day_once(by):
    days = Days(day("2025-11-13"), day("2026-03-04"))
    pieces = cut(days, by)

    assert [one for piece in pieces for one in piece.ordinals] == list(days.ordinals)
    assert all(piece.first.weekday() == 0 for piece in pieces[1:]) is (by == "week")
    assert all(piece.first.day == 1 for piece in pieces[1:]) is (by == "month")


def test_a_piece_is_whole_when_nothing_of_it_is_cut_and_it_is_over():
    whole = Days(day("2026-02-01"), day("2026-02-28"))

    assert is_whole(whole, "month", day("2026-03-01"))
    assert not is_whole(whole, "month", day("2026-02-28"))
    assert not is_whole(Days(day("2026-02-02"), day("2026-02-28")), "month", day("2026-04-01"))
    assert is_whole(Days(day("2026-03-02"), day("2026-03-08")), "week", day("2026-03-09"))


@pytest.mark.parametrize(
    ("today", "first"),
    [
        pytest.param("2026-03-02", "2025-04-01", id="in March"),
        pytest.param("2026-12-31", "2026-01-01", id="in December"),
        pytest.param("2024-02-29", "2023-03-01", id="on a leap day"),
    ],
)
def test_the_last_year_is_twelve_calendar_months(today, first):
    assert last_year(day(today)) == Days(day(first), day(today))


@pytest.mark.parametrize(
    ("waits", "unanswered", "median", "p90"),
    [
        pytest.param([], 0, None, None, id="no cases"),
        pytest.param([60], 0, 60, 60, id="one"),
        pytest.param([60, 120], 0, 60, 120, id="two: a wait that occurred"),
        pytest.param([60, 120], 1, 120, None, id="silence is longer than any wait"),
        pytest.param([60], 2, None, None, id="most were never tried"),
        pytest.param(list(range(9)), 1, 4, 8, id="nine of ten just in"),
    ],
)
def test_waits_count_the_unanswered_as_never(waits, unanswered, median, p90):
    found = Waits(waits, unanswered)

    assert (found.share_waits(0.5), found.share_waits(0.9)) == (median, p90)


def test_the_distribution_of_waits_puts_an_edge_into_the_lower_part():
    found = Waits([0, 300, 301, 604_800, 604_801], 3).distribution()

    assert found == [2, 1, 0, 0, 0, 0, 1, 1]
    assert len(found) == len(WAITS_S) + 1


def test_a_share_says_how_far_chance_and_what_is_open_may_move_it():
    share = share_figures(Tally(good=30, bad=10, open=10, left_out=2))

    assert (share["share"], share["cases"], share["not_yet_known"]) == (0.75, 40, 10)
    assert share["low"] < 30 / 50 < 40 / 50 < share["high"], "however the open ones end"
    assert share["enough"]
    assert not share_figures(Tally(15, 4, 0, 0))["enough"]


def _of(good: int, bad: int) -> Tally:
    return Tally(good, bad, open=0, left_out=0)


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        pytest.param((80, 20), (40, 60), "more", id="far up"),
        pytest.param((40, 60), (80, 20), "less", id="far down"),
        pytest.param((52, 48), (48, 52), "unclear", id="chance"),
        pytest.param((10, 5), (400, 600), "too_few", id="few"),
    ],
)
def test_a_change_is_told_only_where_chance_cannot_be_the_reason(now, before, said):
    assert change(_of(*now), _of(*before)) == said


def test_a_touch_counts_in_all_and_for_what_it_was_about():
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    about = {"content": {"id": 7}, "campaign": {"name": "spring"}}
    touches = [
        Did("1", "a", "page.viewed", "web", at, "human", about),
        Did("2", "a", "page.viewed", "web", at, "machine", {"content": {"title": "no id"}}),
        Did("3", "a", "deal.won", "crm", at, "human", about),
    ]
    found = touch_tally(touches, MADRID)
    ordinal = day("2026-03-02").toordinal()

    assert found == {
        ("", ordinal, "web"): {"human": 1, "machine": 1},
        ("content:7", ordinal, "web"): {"human": 1},
        ("campaign:spring", ordinal, "web"): {"human": 1},
    }


# --- printed ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", list(TABLES))
def test_every_table_has_a_cell_for_each_column_and_a_title_in_each_language(name, language):
    found = table(a_board(), name, language)

    assert found.title
    assert all(len(row) == len(found.columns) for row in found.rows)
    assert len({column.name for column in found.columns}) == len(found.columns)


@pytest.mark.parametrize("name", list(CHARTS))
def test_every_chart_is_named(name):
    drawing = chart(a_board(), name, "en")
    assert drawing is not None
    root = ET.fromstring(as_html(drawing))
    texts = {one.attrib["id"]: one.text for one in root.iter() if "id" in one.attrib}
    drawn = root.find("svg[@role='img']")
    if drawn is None:
        bars = root.find("ul[@class='bars']")

        assert bars is not None
        assert bars.attrib["aria-label"] == drawing.title
    else:
        assert [texts[one] for one in drawn.attrib["aria-labelledby"].split()] == [
            drawing.title,
            drawing.description,
        ]
    assert drawing.title
    assert drawing.description


@pytest.mark.parametrize("name", [one for one in CHARTS if one != "funnel"])
def test_where_there_is_nothing_no_chart_is_drawn(name):
    empty = a_board(size=0)
    nothing = Counted({}, {})
    empty["series"] = [one | nothing.figures(MONTHS[0]) for one in empty["series"]]

    assert chart(empty, name, "es") is None


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_has_every_table_and_runs_nothing_it_is_given(language):
    page = scoreboard_page(a_board(name="<script>alert(1)</script>"), language, "Acme & Co")

    assert "<script" not in page
    assert "Acme &amp; Co" in page
    assert page.count('<div class="chart">') == len(CHARTS)
    assert page.count("<table") == len(TABLES) - 1, "there are no campaigns"
    assert f'<html lang="{language}">' in page


def test_what_waits_and_shares_read_like():
    assert [wait(one, "en") for one in (0, 90, 3_600, 5_400, 86_400, 200_000)] == [
        *("0 min", "2 min", "1 h", "90 min", "24 h", "2.3 days")
    ]
    assert [percent(one, "en") for one in (0, 0.004, 0.5, 0.996, 1)] == [
        *("0%", "0.4%", "50%", "99.6%", "100%")
    ]
    assert percent(0.004, "es") == "0,4\u00a0%"


def test_both_languages_fill_in_the_same():
    for key, text in WORDS.items():
        fields = [
            {one for _, one, _, _ in Formatter().parse(said) if one} for said in (text.es, text.en)
        ]
        assert fields[0] == fields[1], key
