"""Who owns what: sharing out, leases and the way of a partition to its consumer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared.bus.handover import Handover
from shared.bus.kafka_stall import StallWatch
from shared.bus.port import BusStuck, TopicPartition
from shared.bus.sqlite import SqliteBus
from shared.bus.sqlite_groups import Group, share

PARTITIONS = [TopicPartition("touches", number) for number in range(6)]
A, B = PARTITIONS[:2]


class Reader:
    """Just what a group needs of a member."""

    def __init__(self):
        self.handover = Handover()
        self.woken = 0

    def wake(self):
        self.woken += 1


class Monotonic:
    def __init__(self):
        self.now_s = 1_000.0

    def __call__(self):
        return self.now_s


@given(st.integers(0, 20), st.lists(st.integers(0, 7), min_size=1, max_size=8))
def test_shares_are_even_and_no_more_moves_than_that_takes(count, before):
    """``before`` says who owned each partition; the members 0 to 4 are there, 5 to 7 gone."""
    partitions = [TopicPartition("touches", number) for number in range(count)]
    members = [Reader() for _ in range(5)]
    owners = {
        partition: members[owner]
        for partition, owner in zip(partitions, before, strict=False)
        if owner < len(members)
    }

    shared = share(partitions, members, owners)

    sizes = [list(shared.values()).count(member) for member in members]
    kept = sum(shared[partition] is owner for partition, owner in owners.items())
    held = sorted((list(owners.values()).count(member) for member in members), reverse=True)
    fair, larger = divmod(count, len(members))
    most_to_keep = sum(min(size, fair + (place < larger)) for place, size in enumerate(held))
    assert max(sizes) - min(sizes) <= 1
    assert len(shared) == count
    assert kept == most_to_keep


def test_without_members_nobody_owns_anything():
    assert share(PARTITIONS, [], {}) == {}


def test_a_member_that_waits_in_poll_keeps_its_lease_for_ever():
    monotonic = Monotonic()
    group = Group(PARTITIONS, lease_s=10, monotonic=monotonic)
    waits, comes = Reader(), Reader()
    group.check_in(waits)
    monotonic.now_s += 3_600

    group.check_in(comes)

    assert len(waits.handover.owned()) == len(comes.handover.owned()) == 3


@pytest.mark.parametrize(
    ("away_s", "left_s", "partitions"),
    [
        pytest.param(9.9, pytest.approx(0.1), 3, id="back in time"),
        pytest.param(10, float("inf"), 6, id="too late"),
    ],
)
def test_a_member_that_stays_away_from_poll_loses_its_partitions(away_s, left_s, partitions):
    monotonic = Monotonic()
    group = Group(PARTITIONS, lease_s=10, monotonic=monotonic)
    away, present = Reader(), Reader()
    group.check_in(present)
    group.check_in(away)
    group.check_out(away)
    monotonic.now_s += away_s

    group.check_in(present)

    assert len(present.handover.owned()) == partitions
    assert group.next_expiry_s() == left_s


def test_who_loses_and_who_wins_is_woken():
    group = Group(PARTITIONS, lease_s=10, monotonic=Monotonic())
    first, second = Reader(), Reader()
    group.check_in(first)
    before = first.woken
    group.check_in(second)

    assert first.woken > before
    assert second.woken > 0


def test_a_member_that_left_twice_left_once():
    group = Group(PARTITIONS, lease_s=10, monotonic=Monotonic())
    member = Reader()
    group.check_in(member)
    group.leave(member)
    group.leave(member)

    assert group.owner(A) is None


async def test_all_members_of_a_group_read_the_same_topics(tmp_path):
    bus = SqliteBus(tmp_path)
    bus.member("handoff", ["touches", "answers"])

    with pytest.raises(ValueError, match=r"reads \['answers', 'touches'\], not \['touches'\]"):
        bus.member("handoff", ["touches"])


# --- from the group to the consumer ----------------------------------------------------------


def told(handover: Handover):
    assigned, revoked = handover.changes()
    return set(assigned), set(revoked)


def test_a_partition_can_be_opened_only_once_the_consumer_was_told():
    handover = Handover()
    handover.gain([A])

    assert not handover.open(A)
    assert told(handover) == ({A}, set())
    assert handover.open(A)
    assert handover.is_open(A)


def test_what_was_lost_and_won_again_between_two_polls_is_told_as_both():
    handover = Handover()
    handover.gain([A, B])
    handover.changes()
    handover.open(A)
    handover.lose([A])
    handover.gain([A])

    assert not handover.is_open(A)
    assert not handover.open(A)  # a seek meant for the earlier ownership
    assert told(handover) == ({A}, {A})
    assert handover.told() == {A, B}


def test_what_was_gained_and_lost_between_two_polls_is_not_told():
    handover = Handover()
    handover.gain([A])
    handover.lose([A])

    assert not handover.has_changes()


class HandoverLaws(RuleBasedStateMachine):
    """Whatever the group does, the consumer's view follows from what it was told."""

    def __init__(self):
        super().__init__()
        self.handover = Handover()
        self.owned: set[TopicPartition] = set()
        self.view: set[TopicPartition] = set()

    @rule(partitions=st.sets(st.sampled_from(PARTITIONS)))
    def gain(self, partitions):
        self.handover.gain(partitions - self.owned)
        self.owned |= partitions

    @rule(partitions=st.sets(st.sampled_from(PARTITIONS)))
    def lose(self, partitions):
        self.handover.lose(partitions)
        self.owned -= partitions

    @rule(partition=st.sampled_from(PARTITIONS))
    def seek(self, partition):
        assert self.handover.open(partition) == (partition in self.handover.told())

    @rule()
    def poll(self):
        assigned, revoked = self.handover.changes()
        assert revoked <= self.view
        self.view -= revoked
        assert not assigned & self.view
        self.view |= assigned
        assert self.view == self.owned

    @invariant()
    def flows_only_what_is_owned_and_known(self):
        flowing = {part for part in PARTITIONS if self.handover.is_open(part)}
        assert flowing <= self.owned & self.view


test_the_laws_of_handing_over = HandoverLaws.TestCase


# --- a consumer that does not move -----------------------------------------------------------


def looks(watch: StallWatch, lagging, *, start_s: float, until_s: float) -> list[float]:
    """Look every 10 s; return the moments at which the consumer has to be rebuilt."""
    moments = []
    now = start_s
    while now <= until_s:
        assert watch.is_due(now)
        if watch.must_rebuild(lagging, now):
            moments.append(now)
        now += 10
    return moments


def test_a_consumer_that_does_not_move_for_a_minute_is_rebuilt():
    assert looks(StallWatch(60), {A: 7}, start_s=0, until_s=100) == [60]


def test_a_consumer_without_lag_is_left_alone():
    assert looks(StallWatch(60), {}, start_s=0, until_s=600) == []


def test_a_consumer_that_moves_is_left_alone():
    watch = StallWatch(60)

    assert not any(watch.must_rebuild({A: now}, now) for now in range(0, 600, 10))


def test_the_third_stall_at_the_same_place_ends_the_process():
    watch = StallWatch(60)
    assert looks(watch, {A: 7}, start_s=0, until_s=130) == [60, 130]

    with pytest.raises(BusStuck, match="touches/0 does not move past offset 7"):
        looks(watch, {A: 7}, start_s=140, until_s=300)


def test_a_place_that_was_passed_counts_anew():
    watch = StallWatch(60)
    looks(watch, {A: 7}, start_s=0, until_s=130)
    looks(watch, {A: 8}, start_s=140, until_s=180)

    assert looks(watch, {A: 7}, start_s=190, until_s=250) == [250]


def test_a_consumer_that_was_not_polled_did_not_stall():
    watch = StallWatch(60)
    looks(watch, {A: 7}, start_s=0, until_s=50)

    assert looks(watch, {A: 7}, start_s=500, until_s=550) == []
