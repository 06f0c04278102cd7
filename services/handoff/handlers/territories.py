"""Territories: made, changed, taken out of use. None is deleted: assignments name them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, NoReturn

from sqlalchemy.exc import IntegrityError

from services.handoff.store import lists, people, places, policies, teams, territories
from services.handoff.store.handoffs import add_audit
from services.handoff.store.territories import Stored
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.db import RunAgain
from shared.ids import new_id
from shared.preconditions import changed_meanwhile
from shared.problem import Problem, not_found

MOST = 500
FIELDS = ("title", "position", "team_id", "person_id", "active")
"""What is said of a territory beside its conditions."""


def add_territory(uow: UnitOfWork, caller: Caller, name: str, fields: Mapping[str, Any]) -> Stored:
    """Make a territory; without a position it is asked last.

    ``fields`` are some of ``FIELDS``, and conditions as its document has them.

    Raises ``Problem``: 409 when the name is taken, 422 for what nobody knows.
    """
    if territories.find_by_name(uow.conn, name) is not None:
        message = "a territory has this name already"
        raise Problem(409, "name_taken", message, [{"pointer": "/name", "message": message}])
    last = territories.next_position(uow.conn)
    one = Stored(
        territory_id=new_id(),
        revision=1,
        name=name,
        title=fields.get("title") or name.replace("-", " ").replace("_", " ").capitalize(),
        position=fields.get("position") or last,
        team_id=fields.get("team_id"),
        person_id=fields.get("person_id"),
        document=_conditions({}, fields),
        active=fields.get("active", True),
    )
    one = _settled(uow, one, is_taker_new=True)
    try:
        territories.add(uow.conn, one, caller.name, uow.now)
    except IntegrityError as error:
        raise RunAgain("a territory of this name was made just now") from error
    detail = {"name": name, "revision": 1}
    add_audit(uow.conn, uow.now, caller.name, "territory.added", one.territory_id, detail=detail)
    return one


def change_territory(
    uow: UnitOfWork,
    caller: Caller,
    territory_id: str,
    expected: int | None,
    changes: Mapping[str, Any],
) -> Stored:
    """Change parts of a territory; new hand-offs are asked about it as it is then.

    A condition that becomes empty or None is no longer asked. Who takes its leads is replaced
    by who is named. ``expected`` is the revision the change was based on; None for whatever
    is there.

    Raises ``Problem``: 404, 412, and as ``add_territory``.
    """
    before = territories.lock(uow.conn, territory_id)
    if before is None:
        raise not_found("territory")
    if expected not in (None, before.revision):
        raise changed_meanwhile()
    said = {name: changes[name] for name in FIELDS if name in changes}
    if said.get("team_id") or said.get("person_id"):
        said = {"team_id": None, "person_id": None} | said
    after = replace(before, **said, document=_conditions(before.document, changes))
    if after == before:
        return before
    is_taker_new = after.active or bool({"team_id", "person_id"} & said.keys())
    after = _settled(uow, after, is_taker_new)
    changed = sorted(name for name in changes if _part(after, name) != _part(before, name))
    if not changed:
        return before
    after = replace(after, revision=before.revision + 1)
    territories.change(uow.conn, after, caller.name, uow.now)
    detail = {"name": after.name, "revision": after.revision, "changed": changed}
    add_audit(uow.conn, uow.now, caller.name, "territory.changed", territory_id, detail=detail)
    return after


def move_territory(
    uow: UnitOfWork, caller: Caller, territory_id: str, expected: int | None, *, up: bool
) -> None:
    """Let a territory be asked just before the one before it (``up``), or just behind the next.

    Those with different positions swap them; where both have one position, all get new ones.
    The first and the last stay. Raises ``Problem``: 404, 412, as ``change_territory``.
    """
    there_are, _ = territories.page(uow.conn, None, None, MOST)
    order = [one.territory_id for one in there_are]
    if territory_id not in order:
        raise not_found("territory")
    at = order.index(territory_id)
    other = at - 1 if up else at + 1
    moved = there_are[at]
    if expected not in (None, moved.revision):
        raise changed_meanwhile()
    if not 0 <= other < len(order):
        return
    positions = {moved.territory_id: there_are[other].position}
    positions[order[other]] = moved.position
    if there_are[other].position == moved.position:
        order[at], order[other] = order[other], order[at]
        places = enumerate(order, 1)
        positions = {each: place * territories.STEP for place, each in places}
    for each, position in sorted(positions.items()):  # in one order: no deadlock
        change_territory(uow, caller, each, None, {"position": position})


def _part(one: Stored, name: str) -> Any:
    return getattr(one, name) if name in FIELDS else one.document.get(name)


def _conditions(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    asked = {name: value for name, value in changes.items() if name not in FIELDS}
    return {name: value for name, value in {**before, **asked}.items() if value}


def _settled(uow: UnitOfWork, one: Stored, is_taker_new: bool) -> Stored:
    """Return a territory as it is stored. Raises ``Problem`` with all that is wrong at once."""
    document, wrong = _checked(uow, one.document)
    code = "invalid"
    if is_taker_new and (fault := _taker_fault(uow, one)) is not None:
        code = fault[0] if not wrong else code
        wrong.insert(0, {"pointer": fault[1], "message": fault[2]})
    if wrong:
        first = wrong[0]
        raise Problem(422, code, f"{first['pointer']}: {first['message']}", wrong)
    return replace(one, document=document)


def _taker_fault(uow: UnitOfWork, one: Stored) -> tuple[str, str, str] | None:
    """Return code, place and message unless one team, or one person who works here, takes it.

    The person stays until the commit.
    """
    if (one.team_id is None) is (one.person_id is None):
        return "no_taker", "/team_id", "name who takes its leads: a team or a person"
    if one.team_id is not None and teams.find_team(uow.conn, one.team_id) is None:
        return "unknown_team", "/team_id", f"no team has the id {one.team_id}"
    if one.person_id is not None and not people.lock_staff(uow.conn, [one.person_id]):
        message = f"nobody who works here has the id {one.person_id}"
        return "unknown_person", "/person_id", message
    return None


def _checked(
    uow: UnitOfWork, document: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Return conditions as they are stored, and the place of all that nobody knows."""
    wrong: list[dict[str, str]] = []
    found = dict(document)

    def check(name: str, settle: Callable[[str], str]) -> None:
        settled = []
        for place, value in enumerate(document.get(name, ())):
            try:
                settled.append(settle(value))
            except places.UnknownPlace as error:
                wrong.append({"pointer": f"/{name}/{place}", "message": str(error)})
        if settled:
            found[name] = list(dict.fromkeys(settled))

    check("countries", places.check_country)
    countries = tuple(found.get("countries", ()))
    check("regions", lambda region: places.settled_region(region, countries))
    check("languages", places.check_language)
    if document.get("lists"):
        held = lists.hold_lists(uow.conn, document["lists"])
        check("lists", _among(held, lambda: lists.list_names(uow.conn), "list"))
    if document.get("policies"):
        names = policies.names(uow.conn)
        check("policies", _among(names, lambda: names, "policy"))
    return found, wrong


def _among(
    known: Iterable[str], there_are: Callable[[], Iterable[str]], what: str
) -> Callable[[str], str]:
    def settle(name: str) -> str:
        if name not in known:
            _unknown(name, sorted(there_are()), what)
        return name

    return settle


def _unknown(name: str, known: list[str], what: str) -> NoReturn:
    near = get_close_matches(name, known, n=1)
    if near:
        raise places.UnknownPlace(f"no {what} is called `{name}`; did you mean `{near[0]}`?")
    there_are = f"there are: {', '.join(known[:20])}" if known else "there are none"
    raise places.UnknownPlace(f"no {what} is called `{name}`; {there_are}")
