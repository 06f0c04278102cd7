"""Answering by a link in a message: what a link is good for now, and using it.

The answer itself is taken where every answer is. A link only says whose it is, and that is
good once, for a time, as long as the hand-off waits and is still with whom the link was made
for. The first valid answer wins; who comes later is told who has it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from services.handoff.domain.handoff import OPEN_STAGES
from services.handoff.domain.policy import PolicyVersion
from services.handoff.handlers.answer_handoffs import Answer, answer
from services.handoff.store import answer_links, handoffs, people
from services.handoff.store.tables import HANDOFF
from services.handoff.unit_of_work import UnitOfWork
from shared.answer_links import AnswerLink
from shared.contracts.handoffs import Person

VIA = "link"
State = Literal["open", "done", "used", "taken", "closed", "moved", "revoked", "expired", "unknown"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a link is good for.

    ``open``: an answer can be given. ``done``: it was given just now. ``used``: it was given
    by this link earlier, ``at``. ``taken``: ``by`` accepted the lead ``at``. ``closed``: the
    hand-off ended ``at``. ``moved``: it is with ``by`` since ``at``. ``revoked``: the person
    does not work here any more. What may not be shown is None.
    """

    state: State
    person: Row[Any] | None = None
    handoff: Row[Any] | None = None
    version: PolicyVersion | None = None
    by: Person | None = None
    at: datetime | None = None


def look_at_link(uow: UnitOfWork, link: AnswerLink, token_hash: str) -> Standing:
    """Return what a link is good for now. Changes nothing."""
    row = uow.conn.execute(select(HANDOFF).where(HANDOFF.c.handoff_id == link.handoff_id)).first()
    return _standing(uow, link, token_hash, row)


def answer_by_link(
    uow: UnitOfWork, link: AnswerLink, token_hash: str, reason: str | None, text: str | None
) -> Standing:
    """Answer as the link says, if it is still good for it; return how it stands then.

    Raises ``Problem`` (422) as every answer: reason or text are missing or unknown.
    """
    row = handoffs.lock_handoff(uow.conn, link.handoff_id)
    standing = _standing(uow, link, token_hash, row)
    if standing.state != "open" or standing.person is None:
        return standing
    said = partial(Answer, link.handoff_id, person=standing.person, via=VIA)
    if link.action == "accept" and row is not None and row.owner_id != link.person_id:
        # Asked because the owner did not answer: who takes the lead owns it from now on.
        answer(uow, said(kind="reassign", to=link.person_id))
    answer(uow, said(kind=link.action, reason=reason, text=text))
    answer_links.use(uow.conn, token_hash, link, uow.now)
    after = look_at_link(uow, link, token_hash)
    return Standing("done", after.person, after.handoff, after.version, None, uow.now)


def _standing(uow: UnitOfWork, link: AnswerLink, token_hash: str, row: Row[Any] | None) -> Standing:
    conn = uow.conn
    person = people.find_person(conn, link.person_id)
    if row is None or person is None:
        return Standing("unknown", person)
    if not person.active:
        return Standing("revoked", person)
    if uow.now >= link.asked_at + timedelta(days=uow.parts.settings.link_days):
        return Standing("expired", person)
    version = uow.parts.shelf.by_id(conn, row.version_id)
    known = (person, row, version)
    used_at = answer_links.used_at(conn, token_hash)
    if used_at is not None:
        return Standing("used", *known, None, used_at)
    if row.stage not in OPEN_STAGES:
        return Standing("closed", *known, _named(conn, row.closed_by), row.closed_at)
    if row.stage != "assigned":
        return Standing("taken", *known, _named(conn, row.accepted_by), row.accepted_at)
    since = answer_links.assigned_at(conn, row.handoff_id)
    if since is not None and since > link.asked_at:
        return Standing("moved", *known, _named(conn, row.owner_id), since)
    return Standing("open", *known)


def _named(conn: Connection, who: str | None) -> Person | None:
    """Return the person with this id; None for nobody, and for Relevo itself."""
    row = people.find_person(conn, who) if who else None
    return None if row is None else people.as_person(row)
