"""The geometry of charts, and what a page of a narrow or a wide screen has room for."""

import itertools
import re
import xml.etree.ElementTree as ET

import pytest

from services.handoff.printing.bars import Bar, bars_across
from services.handoff.printing.charts import HATCHED, SOLID, Series, as_html, nice, styles
from services.handoff.printing.columns import (
    BOTTOM,
    HEIGHT,
    LETTER,
    PLOT,
    TOP,
    WIDTHS,
    Columns,
    Limit,
    columns,
)

PADDING = 56.0
"""Pixels beside the columns, in ``charts.css``."""


def drawn(labels, values, *, are_beside=False, texts=(), **more) -> Columns:
    series = [Series(name, some) for name, some in values.items()]
    return columns("c", "t", "d", labels, series, values=texts, are_beside=are_beside, **more)


def shown(chart, size, kind):
    return [one for one in chart.labels if one.kind == kind and size not in one.not_in]


def test_columns_stand_side_by_side_on_the_scale():
    chart = drawn(["a", "b"], {"x": [5, 0], "y": [10, 2]}, are_beside=True)
    heights = {(one.fill, round(one.height)) for one in chart.rects}
    first, second = (one for one in chart.rects if one.told.startswith("a,"))

    assert heights == {(0, round(PLOT / 2)), (1, round(PLOT)), (1, round(PLOT / 5))}
    assert all(one.y + one.height == pytest.approx(BOTTOM) for one in chart.rects)
    assert [one.text for one in chart.labels if one.kind == "quiet"] == ["0", "5", "10"]
    assert [one.told for one in chart.rects] == ["a, x: 5", "a, y: 10", "b, y: 2"]
    assert first.x + first.width == pytest.approx(second.x)


def test_columns_stand_on_each_other_and_stay_inside():
    chart = drawn(["0", "10"], {"x": [3, 1], "y": [4, 0]}, edges=[1, 7])
    first, second = (one for one in chart.rects if one.told.startswith("0,"))
    dashed = [one for one in chart.lines if one.kind == "limit"]

    assert second.y + second.height == pytest.approx(first.y)
    assert all(0 <= one.x <= one.x + one.width <= 100 for one in chart.rects)
    assert all(TOP <= one.y <= one.y + one.height <= BOTTOM for one in chart.rects)
    assert [(one.x1, one.x2) for one in dashed] == [(50, 50)], "one beyond the scale is not drawn"


def test_a_column_stands_on_its_axis_and_the_highest_reaches_its_scale():
    chart = drawn(["a", "b"], {"good": [5, 0], "bad": [5, 10]})
    axis = next(line for line in chart.lines if line.kind == "axis")
    bottoms = [one.y + one.height for one in chart.rects]

    assert max(bottoms) == axis.y1
    assert chart.rects[2].height == chart.rects[0].height + chart.rects[1].height == PLOT


def test_a_limit_is_on_the_scale_too():
    chart = drawn(["a"], {"x": [3]}, limits=[Limit(0, 1, 40)])
    line = next(one for one in chart.lines if one.kind == "limit")

    assert TOP <= line.y1 == line.y2 < chart.rects[0].y


@pytest.mark.parametrize(("most", "marks"), [(1, "0 1 2"), (5, "0 5"), (7, "0 5 10")])
def test_a_scale_of_counts_has_no_halves(most, marks):
    chart = drawn(["a"], {"x": [most]})

    assert " ".join(one.text for one in chart.labels if one.kind == "quiet") == marks


@pytest.mark.parametrize("size", list(WIDTHS))
@pytest.mark.parametrize("count", [0, 1, 12, 52, 366])
@pytest.mark.parametrize("text", ["7", "100 %", "1.234"])
def test_no_text_meets_another_however_many_columns_there_are(size, count, text):
    labels, numbers = ["sept 26"] * count, [number % 7 for number in range(count)]
    chart = drawn(labels, {"x": numbers}, texts=[text if one else "" for one in numbers])
    below, above = shown(chart, size, "plain"), shown(chart, size, "strong")

    assert len(chart.rects) == sum(one > 0 for one in numbers)
    assert [one.x for one in below[-1:]] == [one.x for one in chart.labels[-1:]] or not count
    for row in (below, above):
        places = sorted(
            (
                one.x * WIDTHS[size] / 100 - LETTER * len(one.text) / 2,
                one.x * WIDTHS[size] / 100 + LETTER * len(one.text) / 2,
            )
            for one in row
        )

        assert all(one[1] < other[0] for one, other in itertools.pairwise(places))
    assert all(0 < one.y < HEIGHT for one in chart.labels)


@pytest.mark.parametrize("size", list(WIDTHS))
def test_a_number_stands_over_no_column_beside_it(size):
    tall = [9 if place % 2 else 1 for place in range(52)]
    chart = drawn(["w"] * 52, {"x": tall}, texts=[str(1000 + one) for one in tall])

    assert {one.text for one in shown(chart, size, "strong")} == {"1009"}


def test_the_sizes_of_a_page_are_those_the_texts_are_laid_out_for():
    sizes = dict(re.findall(r"@container \((?:(\d+)px <= )?width.*\{ \.not-(\w+)", styles()))
    least = {size: float(pixels) for pixels, size in sizes.items() if pixels}
    padding = re.search(r"\.columns \{.*padding: 0 (\d+)px 0 (\d+)px", styles())

    assert padding is not None
    assert sum(map(float, padding.groups())) == PADDING
    assert least == {size: width + PADDING for size, width in WIDTHS.items() if size in least}


def test_bars_are_told_apart_without_colour():
    bars = bars_across(
        "b", "t", "d", [Bar("one", (1, 2), (SOLID, HATCHED), 3, "3")], [(SOLID, "a")]
    )
    fills = re.findall(r'<rect [^>]*fill="([^"]*)"', as_html(bars))

    assert "url(#b-hatched)" in fills


def test_bars_share_a_scale_and_what_happened_at_all_is_seen():
    found = Bar("n", (1, 1_000_000, 0), (0, 1, 2), 2_000_000, "v").rects

    assert [(round(one.x, 1), round(one.width, 1)) for one in found] == [(0, 0.4), (0, 50)]
    assert Bar("n", (0,), (0,), 0, "0").rects == []


def test_bars_that_are_compared_stand_below_what_they_are_of():
    bars = [
        Bar(name, (1,), (SOLID,), 1, "1", group=group)
        for group in ("Funnel & <b>", "Won")
        for name in ("draft", "in force")
    ]
    root = ET.fromstring(as_html(bars_across("b", "t", "d", bars)))
    told = [" ".join("".join(one.itertext()).split()) for one in root.iter("li")]

    assert [one for one in told if one.startswith(("Funnel", "Won"))] == [
        "Funnel & <b> draft 1 draft: 1 in force 1 in force: 1",
        "Won draft 1 draft: 1 in force 1 in force: 1",
    ]


@pytest.mark.parametrize(("most", "end"), [(0, 2), (2, 2), (3, 5), (10, 10), (11, 20), (501, 1000)])
def test_a_scale_ends_at_a_round_number(most, end):
    assert nice(most) == end
