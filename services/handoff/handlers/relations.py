"""Whose a lead is already: who is at work on it, whose account it is, who knows it.

In the order in which they count. Whether it still makes sense is for the choice to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.calendar_words import day_in_words
from services.handoff.domain.earlier_reps import EarlierRep, earlier_rep, without
from services.handoff.domain.questions import Titles
from services.handoff.domain.routing import Relation, Staff
from services.handoff.handlers.account_groups import company_of
from services.handoff.handlers.earlier_reps import earlier_reps
from services.handoff.handlers.need import Need
from services.handoff.store import routing as store
from services.handoff.store.routing import Named
from services.handoff.unit_of_work import UnitOfWork
from shared.fields import canonical_id, normal_email

OF_ACCOUNT = ("owner", "owner_email", "account_owner")
OF_LEAD = "account_owner"
"""Facts that name who owns the account: an e-mail address or an id of somebody here."""
TWICE_NOT_NOW = Titles(
    "ya devolvió este lead dos veces por no ser el momento",
    "sent this lead back twice already as not now",
)


@dataclass
class Relations:
    """What is known of the leads of a transaction; hand-offs it makes are added as they come."""

    reps: Mapping[str, Sequence[EarlierRep]]
    open_of: dict[str, str] = field(default_factory=dict)
    """By company: who owns its open hand-off. Whose that is, no other lead's reason says."""
    open_id_of: dict[str, str] = field(default_factory=dict)
    people: Mapping[str, Staff] = field(default_factory=dict)
    """By id and by e-mail address."""

    def of(self, need: Need) -> tuple[Relation, ...]:
        """Return whose the lead is already."""
        found = [
            self._at_work(need),
            self._account_owner(need),
            self._of_account(need),
            self._knows(need),
        ]
        return tuple(one for one in found if one is not None)

    def not_again(self, need: Need) -> dict[str, Titles]:
        """Return who does not get the lead again, with why."""
        return dict.fromkeys(without(self.reps.get(need.lead.lead_id, ())), TWICE_NOT_NOW)

    def opened(self, need: Need, owner: Staff) -> None:
        """Note an open hand-off of this transaction."""
        domain = company_of(need.lead)
        if domain is not None and domain not in self.open_of:
            self.open_of[domain] = owner.person_id
            self.open_id_of[domain] = need.handoff_id

    def _at_work(self, need: Need) -> Relation | None:
        row = _open_row(need)
        if row is None:
            return None
        because = Titles(
            f"ya trabaja con el lead o con quien va con él, por la política {row.policy}",
            f"at work on the lead or who comes with it already, by policy {row.policy}",
        )
        return Relation("open_handoff", row.owner_id, because)

    def _account_owner(self, need: Need) -> Relation | None:
        said = owners_told(need)
        if not said:
            return None
        told = next((one for one in said if self.people.get(_key(one) or "")), said[0])
        domain = company_of(need.lead) or ""
        because = Titles(f"{told} lleva la cuenta {domain}", f"{told} owns the account {domain}")
        person = self.people.get(_key(told) or "")
        if person is None:
            return Relation("account_owner", None, because)
        because = Titles(f"lleva la cuenta {domain}", f"owns the account {domain}")
        return Relation("account_owner", person.person_id, because)

    def _of_account(self, need: Need) -> Relation | None:
        domain = company_of(need.lead)
        if domain is None or domain not in self.open_of:
            return None
        if self.open_id_of.get(domain) == need.handoff_id:
            return None  # it is this one that looks for another owner
        because = Titles(
            f"ya trabaja con alguien de la misma empresa, {domain}",
            f"at work on somebody of the same company, {domain}, already",
        )
        return Relation("account_handoff", self.open_of[domain], because)

    def _knows(self, need: Need) -> Relation | None:
        one = earlier_rep(self.reps.get(need.lead.lead_id, ()))
        if one is None:
            return None
        if one.works_on_it_at is not None:
            because = Titles(
                "ya lo trabaja, según un rechazo", "works on it already, a verdict said"
            )
            return Relation("works_on_it", one.person_id, because)
        assert one.talked_at is not None, "who knows it talked with it"
        day = one.talked_at.date()
        because = Titles(
            f"habló con él el {day_in_words(day, 'es')}",
            f"talked with them on {day_in_words(day, 'en')}",
        )
        return Relation("earlier_owner", one.person_id, because)


def look_up(uow: UnitOfWork, needs: Sequence[Need]) -> tuple[Relations, Named]:
    """Read whose these leads are already, by a few statements for all; and whom that names."""
    members = {
        member: need.lead.lead_id
        for need in needs
        if need.before
        for member in need.lead.member_ids
    }
    reps = earlier_reps(uow, members) if members else {}
    domains = {domain for need in needs if (domain := company_of(need.lead))}
    found = store.open_of_accounts(uow.conn, domains)
    known = Relations(
        reps,
        {domain: row.owner_id for domain, row in found.items()},
        {domain: row.handoff_id for domain, row in found.items()},
    )
    ids = {row.owner_id for row in found.values()}
    ids |= {one.person_id for each in reps.values() for one in each}
    ids |= {row.owner_id for need in needs if (row := _open_row(need)) is not None}
    keys = {_key(told) for need in needs for told in owners_told(need)}
    told = {key for key in keys if key is not None}
    emails = {one for one in told if "@" in one}
    return known, Named(frozenset(ids | (told - emails)), frozenset(emails))


def owners_told(need: Need) -> list[str]:
    """Return who owns the lead's account, as sources told it."""
    known = {} if need.account is None else need.account.values
    told = [*(known.get(name) for name in OF_ACCOUNT), need.lead.facts.get(OF_LEAD)]
    return [one.strip() for one in told if isinstance(one, str) and one.strip()]


def _key(told: str) -> str | None:
    """Return the e-mail address or the id that was told; None where it is neither."""
    try:
        return normal_email(told) if "@" in told else canonical_id(told)
    except ValueError:
        return None


def _open_row(need: Need) -> Row[Any] | None:
    rows = [row for row in need.before if row.closed_at is None]
    others = [row for row in rows if row.handoff_id != need.handoff_id]
    return min(others, key=lambda row: row.decided_at, default=None)
