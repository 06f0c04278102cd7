"""People, teams and territories in one go: all of it or nothing, every mistake at once.

What is there already is changed to what is said; what is not said stays. So the same once
more changes nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection

from services.handoff.fields.calendars import OwnHoursChanges
from services.handoff.fields.people import NewPerson, PersonChanges
from services.handoff.fields.people import shown as person_shown
from services.handoff.fields.teams import MemberGiven, NewTeam, TeamChanges
from services.handoff.fields.territories import NewTerritory, TerritoryChanges
from services.handoff.fields.territories import shown as territory_shown
from services.handoff.handlers.calendars import change_hours
from services.handoff.handlers.people import add_person, change_person
from services.handoff.handlers.teams import MemberFields, TeamFields, add_team, change_team
from services.handoff.handlers.territories import add_territory, change_territory
from services.handoff.store import calendars, people, teams, territories
from services.handoff.store.teams import Team
from services.handoff.store.territories import Stored
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.fields import normal_email
from shared.problem import Problem, pointer

Entry = dict[str, Any]
Entries = Annotated[dict[str, Entry | None], Field(max_length=5000)]
Section = Literal["people", "teams", "territories"]
Result = Literal["added", "changed", "unchanged"]


class Everything(BaseModel):
    """People by e-mail address, teams and territories by name; each as its own route takes it."""

    model_config = ConfigDict(extra="forbid")

    people: Entries = Field(
        default={},
        description="Fields of a person by e-mail address: `name`, `roles`… and `hours`, theirs.",
    )
    teams: Entries = Field(
        default={},
        description="Fields of a team by its name: `fallback`, `fallbacks` and `members` are "
        "e-mail addresses, members also `{address: {weight, cap}}`.",
    )
    territories: Entries = Field(
        default={},
        description="Fields of a territory by its name: `team` is a team's name, `person` an "
        "e-mail address.",
    )


class Imported(BaseModel):
    """What became, or would become, of one entry."""

    what: Section
    name: str
    result: Result
    changes: dict[str, list[Any]] = Field(description="By field: what it was, and what it is.")


class ImportReport(BaseModel):
    """What became, or would become, of everything."""

    dry_run: bool
    items: list[Imported]


class OnlyTried(Exception):
    """Takes back what a dry run did."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__("a dry run")
        self.report = report


def import_everything(
    uow: UnitOfWork, caller: Caller, everything: Everything, *, dry_run: bool
) -> ImportReport:
    """Make and change people, teams and territories: all of it or nothing.

    Raises ``Problem`` (422) with the place of all that is wrong, ``OnlyTried`` of a dry run.
    """
    report = ImportReport(dry_run=dry_run, items=_Import(uow, caller, everything).run())
    if dry_run:
        raise OnlyTried(report)
    return report


@dataclass
class _Import:
    """One import within one transaction."""

    uow: UnitOfWork
    caller: Caller
    given: Everything
    wrong: list[dict[str, Any]] = field(default_factory=list)
    done: dict[tuple[Section, str], Imported] = field(default_factory=dict)

    def run(self) -> list[Imported]:
        """Do everything. Raises ``Problem`` (422) with the place of all that is wrong.

        Who leaves does so last, when teams and territories have named others.
        """
        named = {self._address(one): entry or {} for one, entry in self.given.people.items()}
        for email, entry in named.items():
            self._try("people", email, partial(self._person, email, entry))
            if entry.get("hours") is not None:
                self._try("people", email, partial(self._hours, email, entry["hours"]), "/hours")
        by_turn = sorted(
            self.given.teams.items(), key=lambda one: not (one[1] or {}).get("takes_leads")
        )
        for name, team in by_turn:  # who takes the leads first: somebody always does
            self._try("teams", name, partial(self._team, name, team or {}))
        for name, territory in self.given.territories.items():
            self._try("territories", name, partial(self._territory, name, territory or {}))
        for email, entry in named.items():
            if entry.get("active") is False:
                self._try("people", email, partial(self._leave, email))
        if self.wrong:
            first = self.wrong[0]
            what = f"{first['pointer']}: {first['message']}"
            raise Problem(422, "invalid", what, self.wrong)
        return list(self.done.values())

    def _address(self, text: str) -> str:
        try:
            return normal_email(text)
        except ValueError:
            return text  # refused with its place where the person is made

    def _try(
        self, section: Section, name: str, act: Callable[[], Imported | None], inside: str = ""
    ) -> None:
        """Do one thing about an entry; what is wrong is ``inside`` it."""
        with self._placed(f"/{section}/{_step(name)}{inside}"):
            if (one := act()) is None:
                return
            before = self.done.get((section, name))
            if before is not None:
                changes = before.changes | one.changes
                result = before.result if one.result == "unchanged" else one.result
                result = "added" if before.result == "added" else result
                one = one.model_copy(update={"changes": changes, "result": result})
            self.done[section, name] = one

    @contextmanager
    def _placed(self, place: str) -> Iterator[None]:
        """Note what is wrong with an entry at its place, and go on with the next."""
        try:
            yield
        except ValidationError as error:
            self.wrong += [
                {
                    "pointer": place + pointer(("body", *one["loc"])).rstrip("/"),
                    "message": one["msg"],
                    "kind": one["type"],
                }
                for one in error.errors()
            ]
        except Problem as problem:
            code = {"kind": problem.code}
            found = [one for one in problem.errors if "pointer" in one]
            self.wrong += [
                {**one, **code, "pointer": place + str(one["pointer"]).rstrip("/")} for one in found
            ] or [{"pointer": place, "message": problem.message, **code}]

    # --- people -----------------------------------------------------------------------------

    def _person(self, email: str, entry: Entry) -> Imported | None:
        row = people.find_person(self.uow.conn, email)
        said = {name: value for name, value in entry.items() if name not in ("email", "hours")}
        if row is None:
            if said.pop("active", True) is False:
                return None  # left before anybody knew them here
            new = NewPerson.model_validate({**said, "email": email})
            add_person(self.uow, self.caller, new.entry(self.uow.parts.settings))
            return Imported(what="people", name=email, result="added", changes={})
        if said.get("active") is False:
            del said["active"]
        before = people.as_entry(row)
        changes = PersonChanges.model_validate(said).model_dump()
        after = change_person(self.uow, self.caller, row.person_id, None, changes)
        return _compared("people", email, person_view(before), person_view(after))

    def _hours(self, email: str, hours: Any) -> Imported | None:
        row = people.find_person(self.uow.conn, email)
        if row is None:
            return None  # what is wrong with them is told already
        _, before = calendars.hours_of(self.uow.conn, row.person_id)
        changes = OwnHoursChanges.model_validate(hours).document()
        _, after = change_hours(self.uow, self.caller, row.person_id, None, changes)
        return _compared("people", email, {"hours": before}, {"hours": after})

    def _leave(self, email: str) -> Imported | None:
        row = people.find_person(self.uow.conn, email)
        if row is None or not row.active:
            return None
        before = people.as_entry(row)
        after = change_person(self.uow, self.caller, row.person_id, None, {"active": False})
        return _compared("people", email, person_view(before), person_view(after))

    def _person_id(self, who: Any, place: str) -> str | None:
        """Return whom an address means; None where the file has them and they are wrong."""
        row = people.find_person(self.uow.conn, str(who))
        if row is not None:
            return str(row.person_id)
        if self._address(str(who)) not in map(self._address, self.given.people):
            message = f"nobody here or in the file has the e-mail address {who}"
            self.wrong.append({"pointer": place, "message": message, "kind": "unknown_person"})
        return None

    # --- teams ------------------------------------------------------------------------------

    def _team(self, name: str, entry: Entry) -> Imported | None:
        place = f"/teams/{_step(name)}"
        count = len(self.wrong)
        fields = dict(entry)
        incomplete = False
        if "fallback" in fields:
            fields["fallback_id"] = self._person_id(fields.pop("fallback"), f"{place}/fallback")
            incomplete = fields["fallback_id"] is None
        if isinstance(fields.get("fallbacks"), list):
            named = enumerate(fields["fallbacks"])
            ids = [self._person_id(who, f"{place}/fallbacks/{number}") for number, who in named]
            fields["fallbacks"] = ids
            incomplete = incomplete or None in ids
        members = None
        if fields.get("members") is not None:
            members = self._members(fields.pop("members"), f"{place}/members")
            incomplete = incomplete or members is None
        if incomplete or len(self.wrong) > count:
            return None
        before = next((one for one in teams.all_teams(self.uow.conn) if one.name == name), None)
        kind = NewTeam if before is None else TeamChanges
        called = {"name": name} if before is None else {}
        checked = kind.model_validate(called | fields)
        said = cast("TeamFields", checked.model_dump())
        if members is not None:
            said["members"] = members
        if before is None:
            add_team(self.uow, self.caller, said)
            return Imported(what="teams", name=name, result="added", changes={})
        after = change_team(self.uow, self.caller, before.team_id, None, said)
        return _compared("teams", name, team_view(before), team_view(after))

    def _members(self, members: Any, place: str) -> list[MemberFields] | None:
        given = members if isinstance(members, dict) else None
        if isinstance(members, list):
            given = {str(one): None for one in members}
        if given is None:
            message = "a list of e-mail addresses, or what each of them takes"
            self.wrong.append({"pointer": place, "message": message})
            return None
        found: list[MemberFields] = []
        for number, (who, shares) in enumerate(given.items()):
            key = number if isinstance(members, list) else _step(str(who))
            person_id = self._person_id(who, f"{place}/{key}")
            if person_id is None:
                continue
            with self._placed(f"{place}/{key}"):
                one = MemberGiven.model_validate({"person_id": person_id, **(shares or {})})
                found.append(cast("MemberFields", one.model_dump()))
        return found if len(found) == len(given) else None

    # --- territories ------------------------------------------------------------------------

    def _territory(self, name: str, entry: Entry) -> Imported | None:
        place = f"/territories/{_step(name)}"
        fields = dict(entry)
        if "team" in fields:
            team = fields.pop("team")
            known = {one.name: one.team_id for one in teams.all_teams(self.uow.conn)}
            if team not in known:
                if team not in self.given.teams:
                    message = f"no team here or in the file has the name {team}"
                    where = {"pointer": f"{place}/team", "kind": "unknown_team"}
                    self.wrong.append({**where, "message": message})
                return None
            fields["team_id"] = known[team]
        if "person" in fields:
            person_id = self._person_id(fields.pop("person"), f"{place}/person")
            if person_id is None:
                return None
            fields["person_id"] = person_id
        before = territories.find_by_name(self.uow.conn, name)
        if before is None:
            new = NewTerritory.model_validate({"name": name, **fields})
            add_territory(self.uow, self.caller, name, new.fields())
            return Imported(what="territories", name=name, result="added", changes={})
        said = TerritoryChanges.model_validate(fields).fields()
        after = change_territory(self.uow, self.caller, before.territory_id, None, said)
        return _compared(
            "territories",
            name,
            territory_view(self.uow.conn, before),
            territory_view(self.uow.conn, after),
        )


def person_view(entry: people.Employee) -> dict[str, Any]:
    """Return a person as a file says one."""
    shown = person_shown(entry).model_dump(mode="json", exclude={"person_id", "revision"})
    shown["channels"] = [
        one["channel"] if one["address"] in ("", entry.email) else one for one in shown["channels"]
    ]
    return shown


def team_view(team: Team) -> dict[str, Any]:
    """Return a team as a file says one."""
    return {
        "fallback": team.fallback.email,
        "takes_leads": team.takes_leads,
        "calendar": team.calendar,
        "members": {one.email: {"weight": one.weight, "cap": one.cap} for one in team.members},
        "fallbacks": [one.email for one in team.fallbacks],
        "window_days": team.window_days,
        "requires": list(team.requires),
    }


def territory_view(conn: Connection, one: Stored) -> dict[str, Any]:
    """Return a territory as a file says one."""
    shown = territory_shown(one).model_dump()
    for name in ("territory_id", "revision", "name"):
        del shown[name]
    team_id, person_id = shown.pop("team_id"), shown.pop("person_id")
    team = None if team_id is None else teams.find_team(conn, team_id)
    person = None if person_id is None else people.person(conn, person_id)
    shown["team"] = None if team is None else team.name
    shown["person"] = None if person is None else person.email
    return shown


def _compared(
    what: Section, name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Imported:
    changes = {key: [before.get(key), after[key]] for key in after if before.get(key) != after[key]}
    result: Result = "changed" if changes else "unchanged"
    return Imported(what=what, name=name, result=result, changes=changes)


def _step(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
