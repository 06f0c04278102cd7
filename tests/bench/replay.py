"""Trying a policy on history: how fast leads are judged again, and in how much memory.

The history is the demonstration's: who does what how often comes from its story, played
by each lead in three months in a row (about 19 touches a lead, of which four in ten are
opened mails). The policy is the English starter; the candidate is the same with other
points and a lower gate, so both are asked at every step.
"""

import random
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from services.demo.cast import Lead, cast_leads
from services.demo.story import Happening, tell
from services.handoff.domain.history import Arrived, Item, Known, LeadGroup, What, first_place
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.replay import Replay, Window
from services.handoff.domain.touches import epoch_us
from services.handoff.policy_document import compile_policy
from services.ingest.domain.touch_kinds import built_in_kind
from tests.bench.handoff import STARTER, starter

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MONTHS = 3
KINDS = {
    "page": "page.viewed",
    "opened": "email.opened",
    "clicked": "email.clicked",
    "demo": "demo.requested",
    "contact": "contact.requested",
    "registered": "webinar.registered",
    "attended": "webinar.attended",
}


def candidate() -> PolicyVersion:
    text = STARTER.read_text()
    text = text.replace("points: 12", "points: 15").replace("at_least: 60}", "at_least: 50}")
    version = compile_policy(text).version
    assert version is not None
    return version


def stories(count: int) -> Iterator[tuple[Lead, list[Happening]]]:
    """Yield so many leads with all they do in three months."""
    seed = 0
    while count > 0:
        leads = cast_leads(seed)[:count]
        doing: dict[int, list[Happening]] = {lead.number: [] for lead in leads}
        for month in range(MONTHS):
            for one in tell(leads, seed * MONTHS + month, NOW - timedelta(days=30 * month)):
                doing[one.lead.number].append(one)
        for lead in leads:
            yield lead, doing[lead.number]
        seed += 1
        count -= len(leads)


def facts(lead: Lead) -> dict[str, dict[str, object]]:
    company = lead.company
    person = {"title": lead.title, "country": company.country, "email": lead.email}
    return {
        "lead": {**person, "first_name": lead.first_name, "last_name": lead.last_name},
        "account": {"domain": company.domain, "employees": company.employees},
    }


def touch(one: Happening) -> tuple[str, str, dict[str, object]]:
    """Return kind, maker and properties of one thing a lead does."""
    about: dict[str, object] = {}
    if (content := one.about.get("content")) is not None:
        about["content"] = {"id": content.id, "topic": content.topic, "title": content.title["en"]}
    if (path := one.about.get("path")) is not None:
        about["page"] = {"path": path, "title": "Alisio", "url": f"https://alisio.example{path}"}
    made_by = "machine" if "MailScanner" in one.agent else "human"
    return KINDS.get(one.name) or built_in_kind(one.name), made_by, about


def history(count: int) -> Iterator[LeadGroup]:
    """Yield so many leads as the replay reads them."""
    chance = random.Random(1)
    for number, (lead, doing) in enumerate(stories(count)):
        lead_id = f"{number:08x}-0000-7000-8000-000000000000"
        items: list[Item] = []
        for nth, one in enumerate(sorted(doing, key=lambda one: one.heard_at)):
            occurred_us, received_us = epoch_us(one.at), epoch_us(one.heard_at)
            place = first_place(received_us) + nth
            if not nth:
                items.append(Known(place, What.KNOWN, lead_id, facts(lead), True, {}))
            kind, made_by, about = touch(one)
            touch_id = f"{number:08x}-{nth:04x}-7000-8000-{chance.getrandbits(48):012x}"
            received = (place, What.ARRIVED, lead_id, received_us, not nth)
            items.append(Arrived(*received, kind, touch_id, occurred_us, made_by, about))
        if items:
            first_us = min(one.occurred_us for one in items if isinstance(one, Arrived))
            yield LeadGroup({lead_id: lead_id}, items, first_seen_us={lead_id: first_us}, touches=len(doing))


def measure(groups: list[LeadGroup], versions: list[PolicyVersion]) -> tuple[float, int]:
    replay = Replay(versions, Window(0, epoch_us(NOW)), timedelta(days=14), mirror=len(versions) - 1)
    best, handovers = 1e9, 0
    for _ in range(7):
        started = time.process_time()
        handovers = sum(len(each.handovers) for group in groups for each in replay.replay(group))
        best = min(best, time.process_time() - started)
    return sum(group.touches for group in groups) / best, handovers


if __name__ == "__main__":
    from collections import Counter
    groups = list(history(5000))
    mix = Counter(i.kind for g in groups for i in g.items if isinstance(i, Arrived))
    print(sum(mix.values()), len(groups), mix.most_common())
    print("one", measure(groups, [starter()]))
    print("two", measure(groups, [candidate(), starter()]))
    import sys
    if "-p" in sys.argv:
        import cProfile, pstats
        replay = Replay([starter()], Window(0, epoch_us(NOW)), timedelta(days=14), mirror=0)
        p = cProfile.Profile(); p.enable()
        for g in groups: replay.replay(g)
        p.disable(); pstats.Stats(p).sort_stats("tottime").print_stats(28)
