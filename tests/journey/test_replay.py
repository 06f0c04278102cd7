"""Reading every topic again from its first record has no effect."""

from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from shared.contracts import Envelope
from shared.contracts.answers import TOPIC as ANSWERS
from shared.contracts.answers import OutcomeReported, VerdictGiven
from shared.ids import new_id
from tests.support.agreement import agreement
from tests.support.evidence import DELIVERIES, HANDOFFS, KEPT, TOUCHES
from tests.support.inside import CONSUMERS, Inside, inside, publish
from tests.support.installation import add_sources, hire, subscribe
from tests.support.product import running_product
from tests.support.reps import BODIES
from tests.support.sending import Sender
from tests.support.waiting import until_none
from tests.support.workload import KINDS, write_workload

SEED = 11
PEOPLE = 2 * len(KINDS)
DRAINED_WITHIN_S = 60.0
SETTINGS = {"RELEVO_FOLD_UPDATES_S": "1"}


async def everything(look: Inside) -> dict[str, Any]:
    """Return all rows that tell what happened, and how long the topics are.

    The directory is told again at each start, so its topic grows without any replay; and as
    long as nobody has a password each start makes a link, which the audit keeps.
    """
    rows: dict[str, Any] = {
        f"{service}.{table.name}": sorted(
            (
                tuple(row)
                for row in await look.rows(service, select(table))
                if getattr(row, "what", None) != "person.invited"
            ),
            key=repr,
        )
        for service, tables in KEPT.items()
        for table in tables
    }
    ends: Mapping[str, Any] = await look.ends()
    return rows | {topic: ends[topic] for topic in (TOUCHES, HANDOFFS, DELIVERIES, ANSWERS)}


def answers(handoff: Mapping[str, Any]) -> Iterator[Envelope]:
    """Yield what a CRM that speaks Kafka says about a hand-off. An attempt would count twice."""
    said = {"handoff_id": handoff["handoff_id"], "person": handoff["owner"]["email"]}
    for data in (
        VerdictGiven(verdict="accept", **said),
        OutcomeReported(outcome="attempted", channel="call", **said),
        OutcomeReported(outcome="opportunity", amount=900.0, currency="EUR", **said),
    ):
        yield Envelope(new_id(), "/crm", "", handoff["handoff_id"], datetime.now(UTC), data)


async def test_replaying_every_topic_from_the_start_changes_nothing(
    servers, tmp_path, mail_sink, receiver
):
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(servers.world(tmp_path))
        settings = {**SETTINGS, "RELEVO_SMTP_URL": mail_sink.url}
        running = running_product(world, agreement(), settings)
        product = await stack.enter_async_context(running)
        await hire(product.api)
        sources = await add_sources(product.api)
        await subscribe(product.api, receiver.url)
        workload = write_workload(SEED, PEOPLE, datetime.now(UTC), sources, tuple(KINDS))
        await Sender(product.api, SEED).send(workload.calls)
        look = await stack.enter_async_context(inside(world))
        await until_none(look.backlog, DRAINED_WITHIN_S)
        by_crm, *by_api = (await product.api.get("/v1/handoffs", stage="assigned"))["items"]
        for number, handoff in enumerate(by_api):
            answer = ("accept", "reject")[number % 2]
            if handoff["stage"] == "assigned":
                said = {"person": handoff["owner"]["email"], **BODIES[answer][1]}
                await product.api.post(f"/v1/handoffs/{handoff['handoff_id']}/verdict", said)
        await until_none(look.backlog, DRAINED_WITHIN_S)
        await product.stop()
        await publish(world, *answers(by_crm))  # the embedded bus belongs to one process
        await product.start()
        await until_none(look.backlog, DRAINED_WITHIN_S)
        taken = await product.api.get(f"/v1/handoffs/{by_crm['handoff_id']}")
        assert (taken["stage"], taken["attempts"]) == ("opportunity", 1)
        await product.stop()

        before, posted, mailed = (
            await everything(look),
            len(receiver.requests),
            len(mail_sink.mails),
        )
        for service, tables in CONSUMERS.items():
            await look.change(service, update(tables.position).values(next_offset=0))
        to_read = await look.lag()
        await product.start()
        await until_none(look.backlog, DRAINED_WITHIN_S)
        await product.stop()

        assert min(to_read.values()) > 0
        after = await everything(look)
        assert [name for name in before if after[name] != before[name]] == []
        assert (len(receiver.requests), len(mail_sink.mails)) == (posted, mailed)
