"""Lists kept outside the policies that name them: bound, not part of what is signed."""

import json

import pytest

from services.handoff.domain.comparing import comparable
from services.handoff.domain.explain import explained
from services.handoff.domain.facts import ListVersion, UnboundList
from services.handoff.domain.list_files import UnreadableFile, check_values, read_values
from services.handoff.domain.lists import bind
from services.handoff.policy_document import compile_policy
from tests.unit.handoff.good_policy import GOOD
from tests.unit.handoff.written import asked, policy_of, touch

OUTSIDE = GOOD.replace("lists:\n  rivals: [rival.com]\n", "")
READ = touch("t1")


def version_of(text=OUTSIDE, lists=("rivals",)):
    found = compile_policy(text, lists=lists)
    assert found.version is not None, [str(each) for each in found.problems]
    return found.version


def held(number, *values):
    return ListVersion(number, frozenset(map(comparable, values)))


def test_a_list_nobody_has_is_refused_with_the_nearest_that_somebody_has():
    [found] = compile_policy(OUTSIDE, lists=["rival", "customers"]).errors

    assert (found.code, found.line, found.column) == ("unknown_list", 16, 38)
    assert "Did you mean `rival`?" in found.message


def test_a_version_asks_the_version_of_a_list_it_was_bound_to():
    version = version_of()
    bound = bind(version, {"rivals": held(7, "Rival.com")})

    assert asked(bound, READ, account={"domain": "rival.com"}).excluded_by
    assert not asked(bound, READ, account={"domain": "acme.com"}).excluded_by
    assert explained(asked(bound, READ))["lists"] == {"rivals": 7}


def test_values_are_compared_as_facts_are():
    bound = bind(version_of(), {"rivals": held(1, " Rivál.COM ", "50")})

    assert asked(bound, READ, account={"domain": "rival.com"}).excluded_by
    assert asked(bound, READ, account={"domain": 50.0}).excluded_by


def test_a_list_that_was_not_bound_is_never_taken_for_an_empty_one():
    with pytest.raises(UnboundList):
        asked(version_of(), READ, account={"domain": "rival.com"})


def test_what_a_list_holds_is_no_part_of_what_is_signed():
    version = version_of()
    one, other = (bind(version, {"rivals": held(n, "a.com" * n)}) for n in (1, 2))

    assert version.digest == one.digest == other.digest
    assert one.fold_shape == other.fold_shape


def test_a_list_in_the_file_comes_first_and_is_signed_with_it():
    version = version_of(GOOD, ["rivals"])
    other = version_of(GOOD.replace("rival.com]", "rival.com, more.com]"))

    assert version.list_names == frozenset()
    assert bind(version, {}) is version
    assert version.digest != other.digest


def test_touches_counted_by_a_list_are_folded_anew_for_another_version_of_it():
    signals = {"guide": {"where": {"content.topic": {"in_list": "hot"}}}}
    document = {
        "policy": "p",
        "signals": {name: {"touch": "a.b", "points": 1, **said} for name, said in signals.items()},
        "gates": {"g": {"tier": "t", "when": {"signal": "guide"}}},
        "response": {"t": {"accept_in": "1h", "first_attempt_in": "1d"}},
    }
    version = version_of(json.dumps(document), ["hot"])
    shapes = {bind(version, {"hot": held(n, "pricing")}).fold_shape for n in (1, 2)}

    assert len(shapes) == 2


def test_lists_stand_wherever_facts_are_asked_about():
    version = policy_of({"read": {}}, {"g": {"all": [{"signal": "read"}]}})
    text = json.dumps(
        {
            "policy": "p",
            "applies_to": {"when": {"lead.country": {"in_list": "ours"}}},
            "signals": {"s": {"touch": "a.b", "points": 1, "where": {"x.y": {"in_list": "hot"}}}},
            "fit": {"f": {"points": 1, "when": {"not": {"lead.city": {"in_list": "far"}}}}},
            "exclude": {"e": {"when": {"any": [{"account.domain": {"in_list": "rivals"}}]}}},
            "gates": {
                "g": {
                    "tier": "t",
                    "when": {
                        "people": {
                            "at_least": 2,
                            "within": "9d",
                            "where": {"lead.title": {"not": {"in_list": "juniors"}}},
                        }
                    },
                }
            },
            "response": {"t": {"accept_in": "1h", "first_attempt_in": "1d"}},
        }
    )
    found = version_of(text, lists=None)
    bound = bind(found, {name: held(place) for place, name in enumerate(sorted(found.list_names))})

    assert found.list_names == {"ours", "hot", "far", "rivals", "juniors"}
    assert bound.lists == {"far": 0, "hot": 1, "juniors": 2, "ours": 3, "rivals": 4}
    assert version.list_names == frozenset()


@pytest.mark.parametrize(
    ("text", "column", "values"),
    [
        pytest.param("a.com\n\n  b.com \n# c.com\na.com\n", None, ["a.com", "b.com"], id="lines"),
        pytest.param("\ufeffa.com\r\nb.com", None, ["a.com", "b.com"], id="Windows"),
        pytest.param("", None, [], id="nothing"),
        pytest.param(
            'name,domain\n"Acme, Inc.",acme.com\nB,\nC,c.com\n', "domain", ["acme.com", "c.com"],
            id="a column",
        ),
        pytest.param("domain;n\na.com;1\n", "domain", ["a.com"], id="semicolons"),
        pytest.param("n\tdomain\n1\ta.com\n2\n", "domain", ["a.com"], id="tabs, a short row"),
    ],
)  # fmt: skip
def test_a_file_of_values_is_read(text, column, values):
    assert read_values(text, column) == values


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        pytest.param("a,b\n1,2\n", "c", "no column c; columns: a, b", id="no such column"),
        pytest.param("", "c", "no column c; columns: none", id="no head"),
        pytest.param("ok\n" + "x" * 201, None, "line 2: a value has at most 200", id="too long"),
        pytest.param(f"a\n{'x' * 200_000}\n", "a", "line 2: field larger", id="an endless cell"),
    ],
)
def test_a_file_that_cannot_be_taken_says_where(text, column, says):
    with pytest.raises(UnreadableFile, match=says):
        read_values(text, column)


def test_every_line_that_no_list_can_hold_is_told_and_the_others_are_kept():
    values, faults = check_values("a.com\n" + "x" * 201 + "\n\u0301\nb.com\n")

    assert values == ["a.com", "b.com"]
    assert [(one.line, one.code) for one in faults] == [(2, "too_long"), (3, "nothing_to_compare")]
