"""People, keys and sessions as handoff has them, copied here."""

from collections.abc import Sequence

from services.notify.unit_of_work import UnitOfWork
from shared.contracts import Envelope
from shared.contracts.directory import KeyChanged, PersonChanged, SessionChanged


def copy_directory(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Keep the newest revision of each person, key and session."""
    for envelope in envelopes:
        if isinstance(envelope.data, PersonChanged):
            uow.people.save_person(envelope.data)
        elif isinstance(envelope.data, KeyChanged):
            uow.people.save_key(envelope.data)
        elif isinstance(envelope.data, SessionChanged):
            uow.people.save_session(envelope.data)
