"""The ways through the console: who sees which, and where somebody is."""

import pytest

from shared.access import ADMIN, ROLES, SCOPES, scopes_of
from shared.console.navigation import ENTRIES, GROUPS, MINE, open_to


def ways_of(role):
    scopes = scopes_of([role])
    return open_to(lambda scope: ADMIN in scopes or scope in scopes)


def test_every_entry_asks_for_a_scope_and_belongs_somewhere():
    assert {entry.scope for entry in ENTRIES} <= set(SCOPES)
    assert {entry.group for entry in ENTRIES} == {"", MINE, *GROUPS}
    assert len({entry.path for entry in ENTRIES}) == len(ENTRIES)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_phone_has_room_for_what_stands_side_by_side(role):
    assert 2 <= len(ways_of(role).main) <= 4


def test_a_rep_sees_no_way_that_ends_in_a_refusal():
    ways = ways_of("rep")

    assert [entry.path for entry in ways.main] == ["/", "/leads", "/agreement", "/scoreboard"]
    assert ways.groups == ()
    assert [entry.path for entry in ways.mine] == ["/inbox"]


def test_an_admin_sees_all():
    ways = ways_of("admin")
    shown = (*ways.main, *ways.mine, *(one for _, entries in ways.groups for one in entries))

    assert set(shown) == set(ENTRIES)


@pytest.mark.parametrize(
    ("path", "around"),
    [
        pytest.param("/", ["/"], id="today"),
        pytest.param("/handoffs/1", ["/"], id="a hand-off"),
        pytest.param("/leads/1/erase", ["/leads"], id="below"),
        pytest.param("/leadsome", [], id="another word"),
        pytest.param("/imports", ["/receipts"], id="a cousin"),
    ],
)
def test_a_page_belongs_to_one_way(path, around):
    assert [entry.path for entry in ENTRIES if entry.is_around(path)] == around
