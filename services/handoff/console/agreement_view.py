"""What the pages of the agreement show: a version in words, where it stands, what it waits for.

Read through the same functions as the API's. Nothing here changes anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Literal

from sqlalchemy import Connection, Row

from services.handoff.console.people_names import names_of
from services.handoff.domain.agreement import SIGNING_ROLES, SigningRole, Standing
from services.handoff.domain.policy import Language, PolicyVersion
from services.handoff.handlers.policies import UnusablePolicy, compiled, find_version
from services.handoff.handlers.policy_reviews import standing as review_standing
from services.handoff.policy_document import Problem as Fault
from services.handoff.store import agreement, people, policies
from services.handoff.texts import Text, tell, tell_changes
from services.handoff.texts.tongue import visible
from services.handoff.unit_of_work import UnitOfWork
from shared.console.visitor import Member
from shared.problem import not_found

Kind = Literal["sign", "activate", "try"]
MOST_POLICIES = 25
MOST_SIGNERS = 6
MOST_TOLD = 256
"""Texts that are kept; the words of a version cost some milliseconds."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that waits for the reader: to be signed, put in force or tried."""

    kind: Kind
    policy: str
    number: int
    title: str
    role: SigningRole | None = None
    """The team they would sign it for."""
    because: SigningRole | None = None
    """The team that has signed it already."""


@dataclass(frozen=True, slots=True)
class Card:
    """A policy in the list of several."""

    row: Row[Any]
    title: str
    since: datetime | None
    next_review_at: datetime | None


@dataclass(frozen=True)
class VersionView:
    """One version, as its page needs it."""

    row: Row[Any]
    title: str
    told: Text | None
    """None: this release cannot read it any more."""
    names: Mapping[str, str]
    """Of people, by id."""

    @cached_property
    def standing(self) -> Standing:
        """Where it stands."""
        return agreement.standing_of(self.row)

    @property
    def is_agreed(self) -> bool:
        """Whether it decides, or decided, with both signatures."""
        return bool(self.row.agreement == "signed")

    def who(self, name: str | None) -> str:
        """Return who did something: a person's name, or that of a key."""
        return self.names.get(name or "", name or "")

    def signature(self, role: SigningRole) -> tuple[str, datetime, str] | None:
        """Return name, moment and comment of a team's signature."""
        if role not in self.standing.signed_by:
            return None
        fields = ("name", "signed_at", "comment")
        name, at, comment = (getattr(self.row, f"{role}_{field}") for field in fields)
        return name, at, comment or ""


@dataclass(frozen=True)
class InForce:
    """The page of a policy."""

    policy: str
    title: str
    version: VersionView | None
    """What decides; None where nothing does."""
    newest: Row[Any]
    scheduled: Row[Any] | None
    ended: VersionView | None
    """The version that decided last, of a policy that was retired."""
    next_review_at: datetime | None
    reasons_to_review: int
    waiting: Sequence[Waiting]


@dataclass(frozen=True)
class Whole:
    """The page of a version."""

    version: VersionView
    newest: int
    in_force: int | None
    against: int | None
    """The version it is compared with."""
    changes: Text | None
    faults: Sequence[Fault]
    steps: Sequence[Row[Any]]
    may_run_unsigned: bool
    waiting_other: Row[Any] | None
    """Another version that is scheduled."""
    signers: Mapping[SigningRole, Sequence[str]]
    """Who may sign for each team."""
    waiting: Sequence[Waiting]


def policy_title(uow: UnitOfWork, policy: str, language: Language) -> str:
    """Return what people call a policy. Raises ``Problem`` (404) for an unknown one."""
    row = policies.version_in_force(uow.conn, policy) or policies.newest_version(uow.conn, policy)
    if row is None:
        raise not_found("policy")
    return title_of(uow, row, language)


def title_of(uow: UnitOfWork, row: Row[Any], language: Language) -> str:
    """Return the title a version has; its policy's name where it cannot be read any more."""
    try:
        title = uow.parts.shelf.version(row).title
    except UnusablePolicy:
        return str(row.policy)
    return visible(title.es if language == "es" else title.en)


def cards(uow: UnitOfWork, language: Language, cursor: str | None) -> tuple[list[Card], str | None]:
    """Return a page of policies by name."""
    rows, following = policies.page_of_policies(uow.conn, cursor, MOST_POLICIES)
    return [_card(uow, row, language) for row in rows], following


def _card(uow: UnitOfWork, row: Row[Any], language: Language) -> Card:
    decides = policies.version_in_force(uow.conn, row.policy)
    title = policy_title(uow, row.policy, language)
    if decides is None:
        return Card(row, title, None, None)
    return Card(row, title, decides.activated_at, _next_review(uow, decides)[0])


def waiting_for(uow: UnitOfWork, member: Member, policy: str | None = None) -> list[Waiting]:
    """Return the versions that wait for the reader, of one policy or of all."""
    found = []
    for row in agreement.open_versions(uow.conn, policy):
        kind, role = _waits(agreement.standing_of(row), member)
        if kind is None:
            continue
        signed = next(iter(agreement.standing_of(row).signed_by), None) if role else None
        title = title_of(uow, row, member.language)
        found.append(Waiting(kind, row.policy, row.number, title, role, signed))
    return sorted(found, key=lambda one: (one.kind != "sign", one.kind != "activate", one.policy))


def may_sign_as(standing: Standing, member: Member) -> list[SigningRole]:
    """Return the teams the reader can sign a version for now."""
    if not member.may("policies:sign") or not standing.takes_signatures or not standing.is_tried:
        return []
    if member.person_id in standing.signed_by.values():
        return []
    return [role for role in standing.missing if role in member.person.roles]


def _waits(standing: Standing, member: Member) -> tuple[Kind | None, SigningRole | None]:
    roles = may_sign_as(standing, member)
    if roles:
        return "sign", roles[0]
    if not standing.missing:
        return ("activate", None) if member.may("policies:activate") else (None, None)
    if not standing.is_tried and member.may("policies:write"):
        return "try", None
    return None, None


def in_force(uow: UnitOfWork, member: Member, policy: str) -> InForce:
    """Return the page of a policy. Raises ``Problem`` (404)."""
    newest = policies.newest_version(uow.conn, policy)
    if newest is None:
        raise not_found("policy")
    decides = policies.version_in_force(uow.conn, policy)
    version = ended = None
    next_review_at, reasons = None, 0
    if decides is not None:
        version = version_view(uow, policy, decides.number, member.language)
        next_review_at, reasons = _next_review(uow, decides)
    elif (last := agreement.last_in_force(uow.conn, policy)) is not None:
        ended = version_view(uow, policy, last.number, member.language)
    return InForce(
        policy=policy,
        title=title_of(uow, decides or newest, member.language),
        version=version,
        newest=newest,
        scheduled=agreement.scheduled_version(uow.conn, policy),
        ended=ended,
        next_review_at=next_review_at,
        reasons_to_review=reasons,
        waiting=waiting_for(uow, member, policy),
    )


def version_view(uow: UnitOfWork, policy: str, number: int, language: Language) -> VersionView:
    """Return a version in words. Raises ``Problem`` (404)."""
    row = find_version(uow, policy, number)
    told = None
    if (version := readable(uow, row)) is not None:
        told = told_in(language, version)
    fields = ("created_by", "tried_by", "scheduled_by", "activated_by", "retired_by")
    names = names_of(uow.conn, (getattr(row, field) for field in fields))
    return VersionView(row, title_of(uow, row, language), told, names)


def whole(uow: UnitOfWork, member: Member, policy: str, number: int) -> Whole:
    """Return the page of a version. Raises ``Problem`` (404)."""
    version = version_view(uow, policy, number, member.language)
    decides = policies.version_in_force(uow.conn, policy)
    newest = policies.newest_version(uow.conn, policy)
    against = _before(uow, decides, policy, number)
    changes, new = None, readable(uow, version.row)
    if against is not None and new is not None:
        old = readable(uow, against)
        changes = None if old is None else told_in(member.language, old, new)
    steps = agreement.steps_of(uow.conn, version.row.version_id)
    names = names_of(uow.conn, [each.who for each in steps])
    waiting = agreement.scheduled_version(uow.conn, policy)
    return Whole(
        version=VersionView(version.row, version.title, version.told, {**version.names, **names}),
        newest=number if newest is None else newest.number,
        in_force=None if decides is None else decides.number,
        against=None if against is None else against.number,
        changes=changes,
        faults=compiled(uow, version.row.text).problems,
        steps=steps,
        may_run_unsigned=agreement.may_run_unsigned(uow.conn, policy),
        waiting_other=waiting if waiting is not None and waiting.number != number else None,
        signers=_signers(uow.conn) if member.may("people:read") else {},
        waiting=[one for one in waiting_for(uow, member, policy) if one.number == number],
    )


def readable(uow: UnitOfWork, row: Row[Any]) -> PolicyVersion | None:
    """Return what a stored version says; None where this release cannot read it."""
    try:
        return uow.parts.shelf.version(row)
    except UnusablePolicy:
        return None


@dataclass(frozen=True, slots=True)
class _Telling:
    """What is told of stored versions, which never change: found by their ids."""

    ids: tuple[str, ...]
    language: Language
    versions: tuple[PolicyVersion, ...] = field(compare=False)


def told_in(language: Language, *versions: PolicyVersion) -> Text:
    """Return a stored version in words; of two, what the second changed in the first."""
    return _told(_Telling(tuple(one.version_id for one in versions), language, versions))


@lru_cache(maxsize=MOST_TOLD)
def _told(telling: _Telling) -> Text:
    if len(telling.versions) == 1:
        return tell(telling.versions[0], telling.language)
    old, new = telling.versions
    return tell_changes(old, new, telling.language)


def _before(uow: UnitOfWork, decides: Row[Any] | None, policy: str, number: int) -> Row[Any] | None:
    """Return what a version is compared with: what decides, or else the number before."""
    if decides is not None and decides.number != number:
        return decides
    return policies.find_version(uow.conn, policy, number - 1)


def _next_review(uow: UnitOfWork, decides: Row[Any]) -> tuple[datetime | None, int]:
    try:
        found = review_standing(uow, decides.policy)
    except UnusablePolicy:
        return None, 0
    return (None, 0) if found is None else (found.next_due_at, len(found.proposals))


def _signers(conn: Connection) -> dict[SigningRole, Sequence[str]]:
    staff = [one for one in people.everybody(conn) if one.active]
    return {
        role: [one.name for one in staff if role in one.roles][:MOST_SIGNERS]
        for role in SIGNING_ROLES
    }
