"""A lead's two scores at earlier moments: only what can count is read, and nothing else is lost."""

from dataclasses import replace
from datetime import timedelta

from services.handoff.domain.colleagues import NO_COLLEAGUES
from services.handoff.domain.evaluation import evaluate
from services.handoff.domain.explain import points
from services.handoff.domain.fold import fold
from services.handoff.domain.signals import no_signals
from services.handoff.handlers import scores_over_time as over_time
from services.handoff.handlers.account_groups import facts_of_lead
from services.handoff.readmodels import read_leads
from services.handoff.store.accounts import find_account
from services.handoff.store.leads import root_of_identifier
from services.handoff.store.signals import touches_until
from tests.service.handoff.world import NOON, POLICY, signal

DAY = timedelta(days=1)
SIGNALS = (
    signal("demo", "demo.requested", 100, at_most=1, half_life=5 * DAY),
    signal("guide", "content.downloaded", 30, distinct_by="content.id", within=20 * DAY),
    signal("again", "content.downloaded", 7, at_most=3, within=9 * DAY),
    signal("webinar", "webinar.attended", 30, within=30 * DAY, half_life=9 * DAY),
    signal("opened", "email.opened", 1, at_most=5, weak=True, within=6 * DAY),
)
DID = (
    "email.opened",
    "content.downloaded",
    "webinar.attended",
    "page.viewed",
    "content.downloaded",
)
MOMENTS = [NOON - 28 * DAY + number * 2 * DAY for number in range(15)]


async def test_they_are_those_of_everything_that_had_happened_by_then(world, monkeypatch):
    version = replace(POLICY, signals=SIGNALS)
    touches = [
        world.touch(
            "eva@acme.com",
            DID[number % len(DID)],
            at=NOON - number * DAY * 0.7,
            received_at=NOON - number * DAY * 0.7,
            made_by=("human", "human", "machine", "unsure")[number % 4],
            properties={"content": {"id": str(number % 3)}},
        )
        for number in range(100)
    ]
    demo = world.touch("eva@acme.com", "demo.requested", at=NOON - 50 * DAY)
    await world.take(*touches, demo)

    def work(uow):
        root = root_of_identifier(uow.conn, "email:eva@acme.com")
        assert root is not None
        lead = read_leads(uow.conn, [root])[root]
        facts = facts_of_lead(lead, find_account(uow.conn, lead.account_domain))
        every = touches_until(uow.conn, lead.member_ids, uow.now)

        def asked(at):
            state = fold(version, no_signals(version), (t for t in every if t.occurred_at <= at))
            said = evaluate(version, facts, state, at, NO_COLLEAGUES)
            return over_time.Scores(at, points(said.engagement), points(said.fit))

        found = over_time.scores_over_time(uow, version, lead, MOMENTS)
        monkeypatch.setattr(over_time, "MOST_TOUCHES", 20)
        return (
            found,
            [asked(at) for at in MOMENTS],
            over_time.scores_over_time(uow, version, lead, MOMENTS),
        )

    found, wanted, of_too_many = await world.write(work)

    assert found == wanted
    assert len({one.engagement for one in found}) > 10
    assert of_too_many is None
