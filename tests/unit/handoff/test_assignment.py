"""Turns within a team: fair, explained, and never nobody."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.assignment import Candidate, Rotation, joining_count

NOW = datetime(2026, 3, 2, tzinfo=UTC)
BOSS = Candidate("boss", "Boss", "boss@x.com", True, 0, None)


def member(name: str, dealt: int = 0, active: bool = True) -> Candidate:
    return Candidate(name, name.title(), f"{name}@x.com", active, dealt, None)


@given(st.integers(1, 6), st.integers(1, 60))
def test_no_member_is_ever_two_turns_ahead_of_another(size, turns):
    rotation = Rotation("Sales", [member(f"rep{number}") for number in range(size)], BOSS)
    for _ in range(turns):
        rotation.choose(NOW)

    dealt = [one.dealt for one in rotation.members]
    assert sum(dealt) == turns
    assert max(dealt) - min(dealt) <= 1


def test_who_has_left_gets_nothing_and_the_reason_says_so():
    rotation = Rotation("Sales", [member("ana", active=False), member("ben", dealt=9)], BOSS)
    choice = rotation.choose(NOW)

    assert choice.person_id == "ben"
    assert {one.name: one.reason for one in choice.considered}["Ana"] == "has left"


def test_when_nobody_can_the_named_fallback_gets_it_with_the_reason():
    choice = Rotation("Sales", [member("ana", active=False)], BOSS).choose(NOW)

    assert (choice.person_id, choice.code) == ("boss", "fallback")
    assert "nobody in Sales can take leads" in choice.reason
    assert [one.chosen for one in choice.considered] == [False, True]


def test_without_a_team_the_last_resort_gets_it():
    choice = Rotation(None, [], BOSS).choose(NOW)

    assert (choice.person_id, choice.reason.split(":")[0]) == ("boss", "no team takes leads")


def test_a_new_member_starts_level_and_is_not_flooded():
    assert joining_count([member("ana", 40), member("ben", 41), member("eva", 3, False)]) == 40
