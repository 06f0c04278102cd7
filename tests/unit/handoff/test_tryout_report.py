"""The report of a try-out: its numbers, its words in both languages, its charts."""

import re
from array import array
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from services.handoff.domain.history import RealHandoff, Won
from services.handoff.domain.standing import Handover, WhyNot
from services.handoff.domain.tally import (
    LISTED,
    OUTCOMES,
    Listed,
    Share,
    bin_of,
    is_accepted,
    monday_us,
    outcome_of,
)
from services.handoff.domain.touches import moment_at
from services.handoff.domain.tryout_result import quantile, share
from services.handoff.printing.report import OUTCOMES as TOLD
from services.handoff.printing.report import Report
from services.handoff.printing.words import WORDS, say

RESULT = Path(__file__).parents[3] / "services" / "handoff" / "domain" / "tryout_result.py"


def real(stage: str, **more: Any) -> RealHandoff:
    return RealHandoff("h", "a", "p", 1, 1, "g", 0, 0, stage, **more)


@pytest.mark.parametrize(
    ("handoff", "won", "outcome", "accepted"),
    [
        pytest.param(None, [], "unknown", None, id="never with sales"),
        pytest.param(None, [Won(5, "crm")], "unknown", None, id="won before"),
        pytest.param(None, [Won(15, "crm")], "won", None, id="the CRM told of a deal"),
        pytest.param(real("assigned"), [], "waiting", None, id="nobody answered"),
        pytest.param(real("assigned", accepted_us=1), [], "accepted", True, id="given to another"),
        pytest.param(real("working", accepted_us=1), [], "accepted", True, id="worked on"),
        pytest.param(real("rejected"), [], "sent_back", False, id="rejected"),
        pytest.param(real("recycled"), [], "sent_back", False, id="recycled"),
        pytest.param(real("recycled", accepted_us=1), [], "sent_back", True, id="handed back"),
        pytest.param(real("won", accepted_us=1), [], "won", True, id="won"),
        pytest.param(real("lost", accepted_us=1), [], "lost", True, id="lost"),
        pytest.param(real("superseded"), [], "unknown", None, id="merged away, nobody knows into"),
    ],
)
def test_what_became_of_a_lead_is_what_somebody_said(handoff, won, outcome, accepted):
    handover = Handover("h", "a", 1, 10, handoff)

    assert is_accepted(handoff) is accepted
    assert outcome_of(handover, handoff, won) == outcome


def test_a_lost_deal_counts_where_sales_said_nothing_else():
    handover = Handover("h", "a", 1, 10, None)

    assert outcome_of(handover, None, [], [15]) == "lost"
    assert outcome_of(handover, None, [], [5]) == "unknown", "lost before"
    assert outcome_of(handover, None, [Won(20, "crm")], [15]) == "won"
    assert outcome_of(handover, real("working", accepted_us=1), [], [15]) == "lost"
    assert outcome_of(handover, real("won", accepted_us=1, closed_us=12), [], [15]) == "won"


def test_what_is_not_known_is_no_case():
    counted = Share()
    for answer in (True, None, False, True, None):
        counted.add(answer)

    assert share(counted) == {"good": 2, "cases": 3, "share": 0.6667}
    assert share(Share())["share"] is None


@pytest.mark.parametrize(
    ("values", "part", "value"),
    [
        ([], 0.5, None),
        ([7], 0.5, 7),
        ([1, 2], 0.5, 1),
        ([1, 2, 3], 0.5, 2),
        (list(range(1, 11)), 0.9, 9),
        (list(range(1, 12)), 0.9, 10),
        ([1, 2, 3], 1, 3),
    ],
)
def test_a_quantile_is_a_value_that_so_many_do_not_exceed(values, part, value):
    assert quantile(array("q", values), part) == value


@pytest.mark.parametrize(
    ("tenths", "number"),
    [(0, 0), (99, 0), (100, 1), (-1, -1), (-100_000, -5), (100_000, 20)],
)
def test_bins_hold_ten_points_and_the_last_ones_all_beyond(tenths, number):
    assert bin_of(tenths) == number


@pytest.mark.parametrize("day", [0, 3, 4, 5, 10, 11, 20_000])
def test_a_week_begins_on_its_monday(day):
    us = day * 86_400_000_000 + 5
    monday = moment_at(monday_us(us))

    assert (monday.weekday(), monday.hour) == (0, 0)
    assert 0 <= us - monday_us(us) < 7 * 86_400_000_000


def test_of_many_leads_the_latest_are_named_and_all_are_counted():
    listed = Listed()
    for number in range(LISTED + 50):
        listed.add((number * 37) % 1000, f"lead{number}", {})
    latest = listed.latest()

    assert (listed.count, len(latest)) == (LISTED + 50, LISTED)
    assert all(one["at_us"] >= other["at_us"] for one, other in pairwise(latest))
    assert latest[-1]["at_us"] >= sorted((n * 37) % 1000 for n in range(LISTED + 50))[50]


def test_deals_that_were_won_are_named_first_however_old_they_are():
    listed = Listed()
    for number in range(LISTED + 10):
        listed.add(number, f"lead{number}", {"outcome": "won" if number in (0, 5) else "accepted"})
    first, second, third, *_ = listed.latest()

    assert [first["at_us"], second["at_us"], third["at_us"]] == [5, 0, LISTED + 9]


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", list(WORDS))
def test_both_languages_say_the_same_of_the_same_values(key):
    fields = [
        sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)
        for text in (WORDS[key].es, WORDS[key].en)
    ]

    assert fields[0] == fields[1]
    assert WORDS[key].es
    assert WORDS[key].en


def codes(source: str) -> Iterable[str]:
    return re.findall(r'"code": f?"(\w+)', source)


def test_every_code_a_result_can_hold_has_words():
    unknown = [f"unknown_{code}" for code in codes(RESULT.read_text(encoding="utf-8"))]
    few = [f"unknown_few_{name}" for name in ("accepted", "won", "found")]
    open_for = [f"unknown_open_for_{name}" for name in ("given", "median", "nothing_closed")]
    told = [name for name in unknown if not name.endswith(("few_", "open_for_"))]
    why = [f"why_{code}" for code in WhyNot.__annotations__["code"].__args__ if code != "not_ready"]

    assert len(told) > 6
    assert {*told, *few, *open_for, *why} <= WORDS.keys()
    assert set(OUTCOMES) == set(TOLD)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (90, "2 min"), (7100, "118 min"), (7200, "2 h"), (172_800, "2 days")],
)
def test_durations_have_one_unit(seconds, text):
    result = {"candidate": None, "against": None}

    assert Report(result, "en", "UTC").duration(seconds) == text


def test_a_text_is_said_with_its_values():
    assert say("of", "en", good=1, cases=2) == "1 of 2"
    assert say("of", "es", good=1, cases=2) == "1 de 2"
