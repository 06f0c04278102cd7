"""The picture of thirty days: every day that had something is seen."""

from datetime import date

from services.ingest.console.charts import month_picture

TODAY = date(2026, 3, 31)


def test_a_day_that_had_little_is_seen_beside_one_that_had_much():
    picture = month_picture({"2026-03-30": (1, 0), "2026-03-31": (1_000_000, 1)}, TODAY)

    assert picture.bars == "M168 32v-1.5h4V32zM174 32v-32.0h4V32z"
    assert picture.parked == "M175 32v-1.5h2V32z"
    assert (picture.total, picture.most) == (1_000_001, 1_000_000)
    assert picture.busiest is not None
    assert picture.busiest.date() == TODAY


def test_a_month_without_anything_draws_nothing():
    picture = month_picture({"2026-01-01": (5, 0)}, TODAY)

    assert (picture.bars, picture.total, picture.busiest) == ("", 0, None)
