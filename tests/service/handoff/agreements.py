"""Policies beside the one a world begins with, put in force as rows."""

from sqlalchemy import func, insert, select, update

from services.handoff.policy_document import compile_policy
from services.handoff.store import agreement
from services.handoff.store.tables import POLICY_VERSION
from services.handoff.unit_of_work import UnitOfWork
from shared.ids import new_id
from tests.service.handoff.world import NOON, World

ACCOUNTS = """\
policy: accounts
signals:
  demo: {touch: demo.requested, points: 100, within: 60d}
  guide: {touch: content.downloaded, points: 30, at_most: 2, within: 60d}
  webinar: {touch: webinar.attended, points: 30, at_most: 2, within: 60d}
  opened: {touch: email.opened, points: 1, at_most: 5, weak: true}
exclude:
  student: {when: {lead.title: {contains: student*}}}
gates:
  asked: {tier: hot, when: {signal: demo}}
  together: {tier: warm, when: {people: {at_least: 3, within: 30d}}}
cool_down: 10d
response:
  hot: {accept_in: 15m, first_attempt_in: 1h}
  warm: {accept_in: 4h, first_attempt_in: 1d}
"""


async def put_in_force(world: World, text: str) -> str:
    """Let a policy decide from now on, on trial; return its name."""
    version = compile_policy(text, lists=None).version
    assert version is not None, compile_policy(text, lists=None).errors

    def work(uow: UnitOfWork) -> None:
        _succeed(uow, version.policy)
        number = uow.conn.execute(
            select(func.coalesce(func.max(POLICY_VERSION.c.number), 0) + 1).where(
                POLICY_VERSION.c.policy == version.policy
            )
        ).scalar_one()
        agreement.begin_trial(uow.conn, version.policy, "test", NOON)
        uow.conn.execute(
            insert(POLICY_VERSION).values(
                version_id=new_id(),
                policy=version.policy,
                number=number,
                text=text,
                digest=version.digest,
                state="in_force",
                agreement="trial",
                created_at=NOON,
                created_by="test",
                trial_of=version.policy,
            )
        )

    await world.write(work)
    return version.policy


async def end_first_policy(world: World) -> None:
    """Let the policy a world begins with decide no more."""
    await world.write(lambda uow: _succeed(uow, "b2b"))


def _succeed(uow: UnitOfWork, policy: str) -> None:
    in_force = (POLICY_VERSION.c.policy == policy, POLICY_VERSION.c.state == "in_force")
    uow.conn.execute(update(POLICY_VERSION).where(*in_force).values(state="succeeded"))
