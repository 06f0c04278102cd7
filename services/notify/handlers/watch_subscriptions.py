"""Subscriptions that fail: somebody is told on the way to disabling, not after.

That is the subscription's contact, by mail. Where there is none, or no mail can be sent,
the admins find it in their inbox.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.notify.domain.failing import NOTHING_ARRIVED, disabled_at_earliest, next_measure
from services.notify.domain.messages import Message, Trouble
from services.notify.handlers.record_attempts import disable
from services.notify.texts.phrases import Phrases
from services.notify.texts.trouble import compose_trouble
from services.notify.unit_of_work import UnitOfWork
from shared.audit import RELEVO
from shared.ids import new_id, stable_id

STEP = "subscription"


@dataclass(frozen=True, slots=True)
class ContactMail:
    """A mail to the contact of a subscription; ``message_id`` is the same on every try."""

    subscription_id: str
    contact_email: str | None
    trouble: Trouble
    message: Message
    message_id: str


def watch_subscriptions(uow: UnitOfWork) -> list[ContactMail]:
    """Disable what has failed for too long; return the mails that are due.

    A mail stays due until ``note_warned``.
    """
    mails = []
    for row in uow.subscriptions.failing():
        measure = next_measure(row.failing_since, row.last_failure_at, row.warned_at, uow.now)
        if measure == "disable":
            disable(uow, RELEVO, row.id, NOTHING_ARRIVED)
        elif measure == "warn":
            until = disabled_at_earliest(row.failing_since, uow.now)
            trouble = Trouble("warning", row.name, row.failing_since, until)
            mails.append(_mail(row, trouble, row.warned_at))
    for row in uow.subscriptions.disabled_untold():
        since = row.failing_since or row.disabled_at
        trouble = Trouble("disabled", row.name, since, row.disabled_at, row.reason)
        mails.append(_mail(row, trouble, row.disabled_at))
    return mails


def note_warned(uow: UnitOfWork, subscription_ids: Sequence[str]) -> None:
    """Remember that somebody was told."""
    uow.subscriptions.note_warned(subscription_ids, uow.now)


def tell_admins(uow: UnitOfWork, one: ContactMail) -> int:
    """Put what the contact cannot be told into the admins' inboxes; return how many those are."""
    admins = uow.people.admins()
    uow.notifications.add(
        [
            {
                "id": new_id(),
                "person_id": admin.person_id,
                "step": STEP,
                "dedupe": f"{one.message_id}:{admin.person_id}",
                "positions": [],
                "name": admin.name,
                "email": admin.email,
                "state": "told",
                "created_at": uow.now,
                "due_at": uow.now,
                "notice": one.trouble.as_json(),
            }
            for admin in admins
        ]
    )
    note_warned(uow, [one.subscription_id])
    return len(admins)


def _mail(row: Row[Any], trouble: Trouble, occasion: datetime | None) -> ContactMail:
    message = compose_trouble(Phrases(row.language, row.zone), trouble)
    said = occasion.isoformat() if occasion else "first"
    message_id = stable_id(row.id, trouble.kind, said)
    return ContactMail(row.id, row.contact_email, trouble, message, message_id)
