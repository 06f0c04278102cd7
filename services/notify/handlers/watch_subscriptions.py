"""Subscriptions that fail: their contact is told on the way to disabling, not after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.notify.domain.failing import DISABLED_AFTER, next_measure
from services.notify.domain.messages import Message
from services.notify.handlers.record_attempts import disable
from services.notify.texts.phrases import Phrases
from services.notify.unit_of_work import UnitOfWork
from shared.audit import RELEVO
from shared.ids import stable_id

NOTHING_ARRIVED = "nothing got through for five days"


@dataclass(frozen=True, slots=True)
class ContactMail:
    """A mail to the contact of a subscription; ``message_id`` is the same on every try."""

    subscription_id: str
    contact_email: str | None
    message: Message
    message_id: str


def watch_subscriptions(uow: UnitOfWork) -> list[ContactMail]:
    """Disable what has failed for too long; return the mails that are due.

    A mail stays due until ``note_warned``.
    """
    for row in uow.subscriptions.failing():
        if next_measure(row.failing_since, row.warned_at, uow.now) == "disable":
            disable(uow, RELEVO, row.id, NOTHING_ARRIVED)
    mails = []
    for row in uow.subscriptions.failing():
        if next_measure(row.failing_since, row.warned_at, uow.now) == "warn":
            words = Phrases(row.language, row.zone)
            until = words.moment(row.failing_since + DISABLED_AFTER)
            since = words.moment(row.failing_since)
            message = _message(words, "warning", name=row.name, since=since, until=until)
            mails.append(_mail(row, message, row.warned_at))
    for row in uow.subscriptions.disabled_untold():
        words = Phrases(row.language, row.zone)
        since = words.moment(row.failing_since or row.disabled_at)
        message = _message(words, "disabled", name=row.name, reason=row.reason, since=since)
        mails.append(_mail(row, message, row.disabled_at))
    return mails


def note_warned(uow: UnitOfWork, subscription_ids: Sequence[str]) -> None:
    """Remember that the contacts were told."""
    uow.subscriptions.note_warned(subscription_ids, uow.now)


def _message(words: Phrases, kind: str, **values: str) -> Message:
    title = words.say(f"{kind}.subject", **values)
    return Message(words.language, title, words.say(f"{kind}.text", **values), (), ())


def _mail(row: Row[Any], message: Message, occasion: datetime | None) -> ContactMail:
    message_id = stable_id(row.id, message.title, occasion.isoformat() if occasion else "first")
    return ContactMail(row.id, row.contact_email, message, message_id)
