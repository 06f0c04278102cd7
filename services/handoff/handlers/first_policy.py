"""A new installation begins with a policy on trial, so that it hands leads over at once."""

from importlib.resources import files
from pathlib import Path

from services.handoff.handlers.policies import UnusablePolicy, compiled, draft_version
from services.handoff.handlers.start_policies import activate_version
from services.handoff.settings import HandoffSettings
from services.handoff.store import policies
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller

RELEVO = Caller(key_id="relevo", name="relevo", scopes=frozenset())


def ensure_policy(uow: UnitOfWork) -> None:
    """Give a new installation its first policy: the one its settings name, or the starter.

    Raises ``UnusablePolicy``.
    """
    if policies.has_versions(uow.conn):
        return
    file, text = _first_policy(uow.parts.settings)
    found = compiled(uow, text, file)
    if found.version is None:
        raise UnusablePolicy("\n".join(str(fault) for fault in found.errors))
    row = draft_version(uow, RELEVO, text, file)
    activate_version(uow, RELEVO, row.policy, row.number)


def _first_policy(settings: HandoffSettings) -> tuple[str, str]:
    """Return name and text of the file a new installation begins with."""
    if settings.policy_file:
        return settings.policy_file, Path(settings.policy_file).read_text(encoding="utf-8")
    starters = files("services.handoff.policy_document") / "starters"
    starter = starters / f"starter.{settings.language}.yaml"
    return starter.name, starter.read_text(encoding="utf-8")
