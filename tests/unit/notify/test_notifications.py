"""Who is told what, once, on which channel, and whether it still matters."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from services.notify.consumers import FeedReader
from services.notify.domain.notifications import (
    Route,
    due_at,
    next_route,
    routes,
    still_needed,
    wanted,
)
from shared.contracts import UnreadableEvent
from tests.builders import MANAGER, REP, Lead, review_due

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=5)
MAIL, SLACK, INBOX = (
    Route("email", "lucia@acme.com"),
    Route("slack", "https://s"),
    Route("inbox", ""),
)


def read(envelope):
    return FeedReader().read(envelope.to_bytes())


def told(envelope):
    """Who is told about an event, and what; of several people the first."""
    one, *_ = wanted(read(envelope))
    return one


def test_a_review_is_for_everybody_the_event_names_each_once():
    event = read(review_due())
    told = wanted(event)

    assert [(one.person_id, one.step) for one in told] == [
        (REP.person_id, "review"),
        (MANAGER.person_id, "review"),
    ]
    assert {one.handoff_id for one in told} == {one.lead_id for one in told} == {None}
    assert [one.dedupe for one in wanted(event)] == [one.dedupe for one in told]
    assert len({one.dedupe for one in (*told, *wanted(read(review_due())))}) == 4


@dataclass
class Handoff:
    stage: str = "assigned"
    owner_id: str = REP.person_id


@pytest.mark.parametrize(
    ("event", "person", "step"),
    [
        pytest.param(Lead.sales_ready, REP, "new", id="a new hand-off: its owner"),
        pytest.param(Lead.updated, REP, "update", id="news: the owner"),
        pytest.param(Lead.escalated, MANAGER, "escalated", id="late: the person named"),
        pytest.param(Lead.reminded, REP, "reminded", id="time goes by: the owner"),
        pytest.param(Lead.reassigned, MANAGER, "reassigned", id="reassigned: the new owner"),
        pytest.param(Lead.fell_back, MANAGER, "fell_back", id="nobody could: the managers"),
        pytest.param(Lead.rescheduled, REP, "rescheduled", id="less time than before: the owner"),
    ],
)
def test_people_are_told_what_concerns_them(event, person, step):
    one = told(event(Lead()))

    assert (one.person_id, one.email, one.step) == (person.person_id, person.email, step)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(Lead.assigned, id="assigned follows sales-ready at once"),
        pytest.param(lambda lead: lead.fell_back(REP), id="the owner knows already"),
        pytest.param(Lead.accepted, id="accepted is the owner's own act"),
        pytest.param(lambda lead: lead.rescheduled(earlier=5), id="more time than before"),
    ],
)
def test_other_events_tell_nobody(event):
    assert wanted(read(event(Lead()))) == []


@pytest.mark.parametrize(("by", "steps"), [(None, ["reassigned", "taken"]), (REP, ["reassigned"])])
def test_who_no_longer_owns_it_is_told_unless_it_was_their_own_doing(by, steps):
    found = wanted(read(Lead().reassigned(by=by)))

    assert [one.step for one in found] == steps
    assert [one.person_id for one in found] == [MANAGER.person_id, REP.person_id][: len(steps)]


@pytest.mark.parametrize(
    ("changes", "people"),
    [
        pytest.param({}, 1, id="a calendar"),
        pytest.param({"kind": "first_attempt"}, 0, id="the later clock of one not accepted"),
        pytest.param({"ended_by": REP.person_id}, 0, id="the owner ended the pause"),
        pytest.param({"ended_by": MANAGER.person_id}, 1, id="somebody else ended the pause"),
    ],
)
def test_less_time_is_told_once_and_to_who_does_not_know(changes, people):
    assert len(wanted(read(Lead().rescheduled(**changes)))) == people


def test_the_same_news_under_another_id_is_the_same_message():
    lead = Lead()

    assert told(lead.sales_ready()).dedupe == told(lead.sales_ready()).dedupe


def test_each_step_of_a_ladder_and_each_reassignment_is_a_message_of_its_own():
    lead = Lead()
    events = [lead.escalated(step=1), lead.escalated(step=2), lead.escalated(to=REP)]
    assert told(lead.reminded()).dedupe == told(lead.reminded()).dedupe != told(events[2]).dedupe
    events += [lead.reassigned(MANAGER), lead.reassigned(REP), lead.reassigned(MANAGER)]
    events += [lead.updated(), lead.updated(), lead.sales_ready()]

    assert len({told(event).dedupe for event in events}) == 9


@pytest.mark.parametrize(
    ("step", "deadline", "handoff", "needed"),
    [
        pytest.param("new", None, Handoff(), True, id="nobody has answered"),
        pytest.param("new", None, Handoff(stage="accepted"), False, id="accepted meanwhile"),
        pytest.param("new", None, Handoff(owner_id="other"), False, id="reassigned meanwhile"),
        pytest.param("new", None, Handoff(stage="superseded"), False, id="joined meanwhile"),
        pytest.param("new", None, None, True, id="never heard of it"),
        pytest.param("reassigned", None, Handoff(), True, id="still theirs"),
        pytest.param("taken", None, Handoff(owner_id="other"), True, id="somebody else's now"),
        pytest.param("taken", None, Handoff(), False, id="theirs again"),
        pytest.param("reminded", "accept", Handoff(), True, id="still time"),
        pytest.param("reminded", "accept", Handoff(owner_id="other"), False, id="another's time"),
        pytest.param("reminded", "accept", Handoff(stage="accepted"), False, id="no reminder"),
        pytest.param(
            "rescheduled", "accept", Handoff(stage="accepted"), False, id="no clock any more"
        ),
        pytest.param("reassigned", None, Handoff(owner_id="other"), False, id="moved on"),
        pytest.param("fell_back", None, Handoff(), True, id="still with the stand-in"),
        pytest.param("fell_back", None, Handoff(stage="lost"), False, id="over by now"),
        pytest.param("update", None, Handoff(stage="accepted"), True, id="news in work"),
        pytest.param("update", None, Handoff(stage="won"), False, id="news after the end"),
        pytest.param("update", None, Handoff(owner_id="other"), False, id="news for another"),
        pytest.param("escalated", "accept", Handoff(), True, id="late, unanswered"),
        pytest.param("escalated", "accept", Handoff(stage="accepted"), False, id="answered"),
        pytest.param(
            "escalated", "first_attempt", Handoff(stage="accepted"), True, id="no attempt yet"
        ),
        pytest.param("escalated", "first_attempt", Handoff(stage="working"), False, id="attempted"),
    ],
)
def test_a_stale_message_is_not_sent(step, deadline, handoff, needed):
    assert still_needed(step, REP.person_id, deadline, handoff) == needed


@pytest.mark.parametrize(
    ("channels", "usable", "expected"),
    [
        pytest.param([SLACK, MAIL], {"slack", "email"}, [SLACK, MAIL], id="in their order"),
        pytest.param([SLACK, MAIL], {"email"}, [MAIL], id="unusable ones are left out"),
        pytest.param([SLACK], {"email"}, [MAIL], id="nothing usable: mail"),
        pytest.param([], {"email"}, [MAIL], id="nothing chosen: mail"),
        pytest.param([], set(), [INBOX], id="no mail either: the inbox has it"),
        pytest.param([MAIL, MAIL], {"email"}, [MAIL], id="twice is once"),
    ],
)
def test_somebody_without_a_usable_channel_gets_mail(channels, usable, expected):
    chosen = [{"channel": one.channel, "address": one.address} for one in channels]

    assert routes(chosen, MAIL.address, lambda name, _: name in usable) == expected


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        pytest.param([], SLACK, id="the first"),
        pytest.param([SLACK], INBOX, id="then the second"),
        pytest.param([SLACK, INBOX], MAIL, id="then mail, though they did not choose it"),
        pytest.param([SLACK, INBOX, MAIL], None, id="then nothing"),
    ],
)
def test_channels_are_tried_one_after_the_other(tried, expected):
    done = [{"channel": one.channel, "address": one.address} for one in tried]

    assert next_route([SLACK, INBOX], done, MAIL) == expected


@pytest.mark.parametrize(
    ("last", "due"),
    [
        pytest.param(None, 0, id="first news comes at once"),
        pytest.param(-10, 0, id="so does news after a while"),
        pytest.param(-2, 3, id="quick news waits for the window"),
        pytest.param(3, 8, id="news behind a message that waits"),
    ],
)
def test_news_within_a_window_is_folded(last, due):
    told_at = None if last is None else NOON + timedelta(minutes=last)

    assert due_at(NOON, told_at, WINDOW) == NOON + timedelta(minutes=due)


def test_an_event_of_an_unknown_type_is_passed_on_as_it_is():
    bytes_ = Lead().sales_ready().to_bytes().replace(b"sales_ready.v1", b"something_new.v7")

    event = FeedReader().read(bytes_)

    assert (event.type, event.payload) == ("handoff.something_new.v7", bytes_)
    assert wanted(event) == []


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"not json", id="no JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"id":"1"}', id="no data"),
        pytest.param(b'{"id":"1","type":"t","subject":"s","data":[]}', id="data is a list"),
        pytest.param(
            b'{"id":"1","type":"t","subject":"s","data":{},"sequence":"x"}', id="no number"
        ),
        pytest.param(b'{"id":"1","type":"t","subject":"s","data":{"handoff":{}}}', id="no lead"),
    ],
)
def test_what_is_no_event_is_parked_by_the_consumer(value):
    with pytest.raises(UnreadableEvent):
        FeedReader().read(value)
