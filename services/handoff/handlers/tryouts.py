"""Try-outs on history: asked for, stopped, and what is needed to run one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.history import first_place
from services.handoff.domain.lists import bind
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.replay import Replay
from services.handoff.domain.replay_runs import Turn, Window
from services.handoff.domain.touches import epoch_us
from services.handoff.domain.tryout_result import Lateness, Setting, TeamLoad
from services.handoff.handlers.policies import compiled, find_version, usable
from services.handoff.handlers.sign_policies import mark_tried
from services.handoff.store import policies, tryouts
from services.handoff.store.lists import lists_over_time
from services.handoff.unit_of_work import UnitOfWork
from shared.db import after_commit
from shared.ids import new_id
from shared.problem import Problem, not_found

MOST_WAITING = 10


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to try: a text, or a stored version, over a stretch of history.

    ``against`` is the number of the version to compare with; None: the one in force.
    """

    text: str | None
    file: str
    policy: str | None
    number: int | None
    against: int | None
    from_at: datetime | None
    to_at: datetime | None
    days: int
    lateness: Lateness
    open_for_s: int | None


@dataclass(frozen=True, slots=True)
class Job:
    """A try-out ready to be run."""

    tryout_id: str
    policy: str
    """Whose hand-offs are the real ones."""
    replay: Replay
    versions: tuple[PolicyVersion, ...]
    setting: Setting


def request_tryout(uow: UnitOfWork, who: str, request: Request) -> Row[Any]:
    """Store a try-out for the next worker that is free; return its row.

    Raises ``Problem``: 404 for an unknown version, 409 where too many wait, 422 for a policy
    with errors or a window that holds nothing.
    """
    if tryouts.count_unfinished(uow.conn) >= MOST_WAITING:
        message = f"{MOST_WAITING} try-outs wait or run already: let one end, or stop one"
        raise Problem(409, "too_many_tryouts", message)
    candidate = _candidate(uow, request)
    against = _against(uow, candidate["policy"], request.against)
    to_at = min(request.to_at or uow.now, uow.now)
    from_at = request.from_at or to_at - timedelta(days=request.days)
    if from_at >= to_at:
        message = "`from_at` must be before `to_at`, and in the past"
        errors = [{"pointer": "/from_at", "message": message}]
        raise Problem(422, "empty_window", message, errors)
    tryout_id = new_id()
    tryouts.add_tryout(
        uow.conn,
        {
            "tryout_id": tryout_id,
            **candidate,
            "against_id": None if against is None else against.version_id,
            "from_at": from_at,
            "to_at": to_at,
            "lateness": request.lateness,
            "open_for_s": request.open_for_s,
            "created_at": uow.now,
            "created_by": who,
        },
    )
    after_commit(uow.conn, uow.parts.tryouts.set)
    return find(uow, tryout_id)


def find(uow: UnitOfWork, tryout_id: str) -> Row[Any]:
    """Return a try-out. Raises ``Problem`` (404)."""
    row = tryouts.find_tryout(uow.conn, tryout_id)
    if row is None:
        raise not_found("try-out")
    return row


def stop_tryout(uow: UnitOfWork, tryout_id: str) -> Row[Any]:
    """Let a try-out end without a result; return it. One that has ended stays as it is.

    Raises ``Problem`` (404).
    """
    row = tryouts.lock_tryout(uow.conn, tryout_id)
    if row is None:
        raise not_found("try-out")
    if row.state in tryouts.UNFINISHED:
        tryouts.ask_to_stop(uow.conn, row, uow.now)
    return find(uow, tryout_id)


def finish_tryout(uow: UnitOfWork, row: Row[Any], worker: str, result: dict[str, Any]) -> None:
    """Keep the result of a try-out; a stored version has been tried with that."""
    is_ours = tryouts.finish_tryout(uow.conn, row.tryout_id, worker, "done", uow.now, result=result)
    if is_ours and row.version_id is not None:
        mark_tried(uow, row.created_by, row.version_id, row.tryout_id)


def job_of(uow: UnitOfWork, row: Row[Any]) -> Job:
    """Return what it takes to run a try-out that was asked for."""
    if row.version_id is not None:
        candidate = uow.parts.shelf.by_id(uow.conn, row.version_id)
    else:
        candidate = uow.parts.shelf.bound(uow.conn, usable(compiled(uow, row.text)))
    versions: tuple[PolicyVersion, ...] = (candidate,)
    mirror, since = None, [row.from_at]
    if row.against_id is not None:
        against = uow.parts.shelf.by_id(uow.conn, row.against_id)
        in_force = {one.version.version_id: one for one in uow.parts.shelf.in_force(uow.conn)}
        running = in_force.get(against.version_id)
        versions = (candidate, against)
        mirror = None if running is None else 1
        # One that was not in force then is tried as if it had come into force with the window.
        began = None if running is None else running.since
        since.append(row.from_at if began is None else min(row.from_at, began))
    policy = versions[-1].policy
    window = Window(epoch_us(row.from_at), epoch_us(row.to_at))
    setting = _setting(uow, row, policy)
    over_time = [lists_as_they_were(uow, version, window) for version in versions]
    versions = tuple(turns[0].version for turns in over_time)
    turns = [turns[1:] for turns in over_time]
    replay = Replay(versions, window, setting.open_for, mirror, since, turns)
    return Job(row.tryout_id, policy, replay, versions, setting)


def lists_as_they_were(uow: UnitOfWork, version: PolicyVersion, window: Window) -> list[Turn]:
    """Return ``version`` asking its lists as they were at first, and whenever one had changed."""
    from_place, to_place = first_place(window.from_us), first_place(window.to_us + 1)
    if not version.list_names:
        return [Turn(from_place, version)]
    held = lists_over_time(uow.conn, version.list_names, from_place, to_place)
    return [Turn(place, bind(version, lists)) for place, lists in held]


def _setting(uow: UnitOfWork, row: Row[Any], policy: str) -> Setting:
    reps = tryouts.count_reps(uow.conn)
    loads = tryouts.team_loads(uow.conn, policy, row.from_at, row.to_at)
    teams = tuple(TeamLoad(*one) for one in loads)
    if row.open_for_s is not None:
        return Setting(row.lateness, timedelta(seconds=row.open_for_s), "given", reps, teams)
    usual = tryouts.usual_duration(uow.conn, policy)
    if usual is None:
        return Setting(row.lateness, None, "nothing_closed", reps, teams)
    return Setting(row.lateness, usual, "median", reps, teams)


def _candidate(uow: UnitOfWork, request: Request) -> dict[str, Any]:
    if request.text is not None:
        version = usable(compiled(uow, request.text, request.file))
        return {
            "policy": version.policy,
            "version_id": None,
            "number": None,
            "text": request.text,
            "digest": version.digest,
        }
    assert request.policy is not None, "a request names a text or a policy"
    if request.number is None:
        row = policies.version_in_force(uow.conn, request.policy)
        if row is None:
            raise not_found("policy version")
    else:
        row = find_version(uow, request.policy, request.number)
    return {
        name: getattr(row, name) for name in ("policy", "version_id", "number", "text", "digest")
    }


def _against(uow: UnitOfWork, policy: str, number: int | None) -> Row[Any] | None:
    """Return the version to compare with: of this policy, or of the only one that decides."""
    if number is not None:
        return find_version(uow, policy, number)
    row = policies.version_in_force(uow.conn, policy)
    if row is not None:
        return row
    in_force = uow.parts.shelf.in_force(uow.conn)
    if len(in_force) != 1:
        return None
    version = in_force[0].version
    return policies.find_version(uow.conn, version.policy, version.number)
