"""Intervals: right where others have published or computed them, sane at every edge."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.intervals import Z, rate_interval, ratio_interval, share_interval

# statsmodels 0.15: proportion_confint(method="wilson")
WILSON = [
    pytest.param(45, 60, 0.6276793, 0.8422348, id="three quarters"),
    pytest.param(0, 10, 0.0, 0.2775328, id="none of ten"),
    pytest.param(10, 10, 0.7224672, 1.0, id="all of ten"),
    pytest.param(1, 3, 0.0614919, 0.7923404, id="one of three"),
    pytest.param(0, 0, 0.0, 1.0, id="nothing seen"),
]
# statsmodels 0.15: confint_proportions_2indep(compare="ratio", method="score",
# correction=False); the first is Koopman's own example.
KOOPMAN = [
    pytest.param((36, 40, 16, 80), 2.9395692, 7.1522234, id="Koopman 1984"),
    pytest.param((7, 34, 1, 34), 1.2208529, 42.5757176, id="one good case among the others"),
    pytest.param((45, 60, 50, 120), 1.3871585, 2.3344548, id="a webinar"),
    pytest.param((450, 600, 500, 1200), 1.6592927, 1.9528069, id="ten times the cases"),
    pytest.param((3, 12, 9, 15), 0.1399068, 1.0625105, id="few"),
    pytest.param((20, 20, 10, 30), 1.9523643, 5.2000733, id="all with it"),
    pytest.param((0, 20, 5, 30), 0.0, 1.0349917, id="none with it"),
    pytest.param((5, 20, 0, 30), 2.1037126, math.inf, id="none without it"),
    pytest.param((0, 20, 0, 30), 0.0, math.inf, id="none at all"),
    pytest.param((0, 0, 5, 30), 0.0, math.inf, id="nobody had it"),
    pytest.param((5, 30, 0, 0), 0.0, math.inf, id="everybody had it"),
]
COUNTS = st.integers(0, 400)


@st.composite
def four_cells(draw):
    cases, others = draw(st.integers(1, 400)), draw(st.integers(1, 400))
    return draw(st.integers(0, cases)), cases, draw(st.integers(0, others)), others


@pytest.mark.parametrize(("good", "cases", "low", "high"), WILSON)
def test_a_share_has_wilsons_interval(good, cases, low, high):
    assert share_interval(good, cases) == pytest.approx((low, high), abs=1e-6)


@given(st.integers(0, 300), st.integers(1, 300))
def test_a_share_lies_in_its_interval_and_more_cases_narrow_it(good, more):
    cases = good + more
    low, high = share_interval(good, cases)
    narrower = share_interval(10 * good, 10 * cases)

    assert 0 <= low <= good / cases <= high <= 1
    assert narrower.high - narrower.low < high - low


@pytest.mark.parametrize(("cells", "low", "high"), KOOPMAN)
def test_a_ratio_has_koopmans_interval(cells, low, high):
    assert ratio_interval(*cells) == pytest.approx((low, high), rel=1e-6, abs=1e-6)


@given(four_cells())
def test_a_ratio_lies_in_its_interval_and_turned_round_so_does_the_other(cells):
    good, cases, other_good, others = cells
    low, high = ratio_interval(*cells)
    turned = ratio_interval(other_good, others, good, cases)

    assert 0 <= low <= high
    if good and other_good:
        assert low <= (good / cases) / (other_good / others) <= high
    if low > 0 and math.isfinite(high):
        assert turned == pytest.approx((1 / high, 1 / low), rel=1e-6)


@given(four_cells())
def test_one_is_outside_where_pearsons_chi_square_finds_a_difference(cells):
    good, cases, other_good, others = cells
    share = (good + other_good) / (cases + others)
    variance = share * (1 - share) * (1 / cases + 1 / others)
    if variance == 0:
        return
    chi_square = (good / cases - other_good / others) ** 2 / variance
    low, high = ratio_interval(*cells)

    if abs(chi_square - Z * Z) > 1e-6:
        assert (low > 1 or high < 1) == (chi_square > Z * Z)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        # scipy 1.16: chi2.ppf(0.025, 2 * n) / 2 and chi2.ppf(0.975, 2 * n + 2) / 2
        pytest.param(5, 1.6234864, 11.6683321, id="5"),
        pytest.param(30, 20.2408740, 42.8268654, id="30"),
        pytest.param(120, 99.4919256, 143.4905854, id="120"),
    ],
)
def test_a_count_has_nearly_the_exact_poisson_interval(count, low, high):
    assert rate_interval(count) == pytest.approx((low, high), rel=0.01)


@given(COUNTS)
def test_a_count_lies_in_its_interval(count):
    low, high = rate_interval(count)

    assert 0 <= low <= count < high
