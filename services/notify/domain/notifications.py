"""Telling people: what they are told, once, and whether it still matters."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from services.notify.domain.events import (
    CONSENT,
    ESCALATED,
    FELL_BACK,
    INFORMED,
    READY,
    REASSIGNED,
    REMINDED,
    RESCHEDULED,
    REVIEW_DUE,
    UPDATED,
    FeedEvent,
)

Step = Literal[
    "new",
    "reassigned",
    "taken",
    "reminded",
    "escalated",
    "rescheduled",
    "update",
    "review",
    "fell_back",
    "consent",
    "informed",
]
STEPS: Mapping[str, Step] = {
    READY: "new",
    REASSIGNED: "reassigned",
    REMINDED: "reminded",
    ESCALATED: "escalated",
    RESCHEDULED: "rescheduled",
    UPDATED: "update",
    CONSENT: "consent",
    INFORMED: "informed",
}
OWNER_LEFT = "owner_left"
"""The reason of an assignment whose earlier owner is here no more."""
NAMES_ONE = ("escalated", "informed")
"""Steps whose event says who is told; otherwise it is the owner."""
ENDED = frozenset({"won", "lost", "rejected", "recycled", "superseded"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody is to be told something about a hand-off, or about a policy.

    ``dedupe`` is the same however often and under whichever id the event comes.
    """

    person_id: str
    name: str
    email: str
    handoff_id: str | None
    lead_id: str | None
    step: Step
    dedupe: str
    event: FeedEvent


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a person."""

    channel: str
    address: str


def wanted(event: FeedEvent) -> list[Wanted]:
    """Return who is to be told about ``event``; often nobody.

    ``handoff.assigned.v1`` tells nobody: it follows ``handoff.sales_ready.v1`` at once. Who
    has more time than before need not hear of it; who has less must.
    """
    if event.type == REVIEW_DUE:
        return [_review(event, person) for person in event.data["to"]]
    if event.type == FELL_BACK and event.handoff is not None:
        return _fell_back(event, event.handoff)
    step = STEPS.get(event.type)
    if step is None or event.handoff is None:
        return []
    if step == "rescheduled" and not _leaves_less_time(event):
        return []
    person = event.data["to"] if step in NAMES_ONE else event.handoff["owner"]
    found = [_about_handoff(event, event.handoff, step, person)]
    if step == "reassigned" and not _gave_it_away(event):
        found.append(_about_handoff(event, event.handoff, "taken", event.data["earlier_owner"]))
    return found


def _about_handoff(
    event: FeedEvent, handoff: Mapping[str, Any], step: Step, person: Mapping[str, str]
) -> Wanted:
    handoff_id = handoff["handoff_id"]
    return Wanted(
        person_id=person["person_id"],
        name=person["name"],
        email=person["email"],
        handoff_id=handoff_id,
        lead_id=handoff["lead_id"],
        step=step,
        dedupe=":".join((handoff_id, step, person["person_id"], *_occasion(event, step))),
        event=event,
    )


def _review(event: FeedEvent, person: Mapping[str, str]) -> Wanted:
    return Wanted(
        person_id=person["person_id"],
        name=person["name"],
        email=person["email"],
        handoff_id=None,
        lead_id=None,
        step="review",
        dedupe=":".join((event.data["version_id"], "review", person["person_id"], event.id)),
        event=event,
    )


def _fell_back(event: FeedEvent, handoff: Mapping[str, Any]) -> list[Wanted]:
    """Return the managers; the owner hears of the lead by the event before."""
    owner_id, handoff_id = handoff["owner"]["person_id"], handoff["handoff_id"]
    return [
        Wanted(
            person_id=person["person_id"],
            name=person["name"],
            email=person["email"],
            handoff_id=handoff_id,
            lead_id=handoff["lead_id"],
            step="fell_back",
            dedupe=":".join((handoff_id, "fell_back", person["person_id"], event.id)),
            event=event,
        )
        for person in event.data["to"]
        if person["person_id"] != owner_id
    ]


def _gave_it_away(event: FeedEvent) -> bool:
    """Return whether the earlier owner gave it to somebody else, or has left."""
    assignment, earlier = event.data["assignment"], event.data["earlier_owner"]
    by = assignment.get("by") or {}
    return assignment["code"] == OWNER_LEFT or bool(by.get("person_id") == earlier["person_id"])


def _leaves_less_time(event: FeedEvent) -> bool:
    """Return whether the owner has less time than before, and does not know it anyhow.

    Of a lead that is not accepted yet the answer comes first: its news stands for both clocks.
    """
    assert event.handoff is not None, "only those of hand-offs are looked at"
    deadline, owner = event.data["deadline"], event.handoff["owner"]["person_id"]
    if deadline["kind"] == "first_attempt" and event.handoff["stage"] == "assigned":
        return False
    if (event.data.get("pause") or {}).get("ended_by") == owner:
        return False
    earlier = datetime.fromisoformat(event.data["earlier_due_at"])
    return datetime.fromisoformat(deadline["due_at"]) < earlier


def _occasion(event: FeedEvent, step: Step) -> tuple[str, ...]:
    if step == "new":
        return ()
    if step in ("escalated", "reminded"):
        deadline, data = event.data["deadline"], event.data
        share, started = str(data.get("share", 1)), str(deadline.get("starts_at"))
        return (deadline["kind"], str(data.get("step", "")), share, started)
    return (event.id,)


def still_needed(step: str, person_id: str, deadline: str | None, handoff: Any) -> bool:
    """Return whether a message still matters, given the hand-off's ``stage`` and ``owner_id``.

    A stale alert is worse than none: who has accepted needs no "new lead", who lost the
    hand-off to a colleague needs nothing.
    """
    if handoff is None:
        return True
    is_owner = bool(handoff.owner_id == person_id)
    if step == "informed":
        return True
    if step == "taken":
        return not is_owner and handoff.stage not in ENDED
    if step in ("new", "reassigned"):
        return is_owner and bool(handoff.stage == "assigned")
    if step in ("update", "consent"):
        return is_owner and handoff.stage not in ENDED
    if step == "fell_back":
        return handoff.stage not in ENDED
    open_stages = {"assigned", "accepted"} if deadline == "first_attempt" else {"assigned"}
    return handoff.stage in open_stages and (is_owner or step == "escalated")


def asks_for_answer(step: str, person_id: str, handoff: Any) -> bool:
    """Return whether a message waits for its reader's verdict, given ``stage`` and ``owner_id``.

    Besides the owner it is whoever was told because the owner did not answer.
    """
    if handoff is None or handoff.stage != "assigned":
        return False
    return step == "escalated" or bool(handoff.owner_id == person_id)


def routes(
    channels: Iterable[Mapping[str, str]],
    email: str,
    is_usable: Callable[[str, str], bool],
) -> list[Route]:
    """Return the ways to a person, in their order of preference.

    Somebody without a usable way gets mail; where no mail can be sent, the console's inbox,
    which holds every message anyhow.
    """
    chosen = [Route(one["channel"], one.get("address") or "") for one in channels]
    usable = [route for route in chosen if is_usable(route.channel, route.address)]
    fallback = [Route("email", email)] if is_usable("email", email) else []
    return list(dict.fromkeys(usable)) or fallback or [Route("inbox", "")]


def next_route(
    planned: Sequence[Route], tried: Sequence[Mapping[str, str]], fallback: Route | None
) -> Route | None:
    """Return the first way not tried yet; ``fallback`` after the last; None when all failed."""
    done = {(one["channel"], one["address"]) for one in tried}
    for route in [*planned, *([fallback] if fallback else [])]:
        if (route.channel, route.address) not in done:
            return route
    return None


def due_at(now: datetime, told_at: datetime | None, window: timedelta) -> datetime:
    """Return when an update is told: at once, or a window after the last message.

    So the first piece of news comes at once and what follows quickly becomes one message.
    """
    return now if told_at is None else max(now, told_at + window)
