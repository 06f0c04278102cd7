"""What the demonstration shows in the end: facts read from the API, none from memory."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.cli.client import Api
from services.demo.cast import Lead
from services.demo.story import Happening
from services.demo.tools import Call

EXCLUDED = ("sells_the_same", "is_one_of_us")
LEDGER = ("received", "published", "duplicates", "parked", "expired", "pending", "gap")


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent to the product."""

    leads: Sequence[Lead]
    happenings: Sequence[Happening]
    calls: Sequence[Call]


def facts(api: Api, sent: Sent, counts: dict[str, int]) -> dict[str, Any]:
    """Return the facts of the run; ``counts`` are the events of the feed by type."""
    handoffs = api.pages("/v1/handoffs")
    ledger = api.get("/v1/ledger")["sources"]
    parked = api.pages("/v1/receipts", {"state": "parked"})
    shown = [api.get(f"/v1/handoffs/{one['handoff_id']}") for one in handoffs]
    openers = {lead.email for lead in sent.leads if lead.part == "only_opens"}
    ready = {str(one["sales_ready"]["lead"]["email"]) for one in shown}
    asked = [lead.email for lead in sent.leads if lead.part in EXCLUDED]
    return {
        "leads": len(sent.leads),
        "requests": len(sent.calls),
        "repeated_requests": sum(call.is_repeat for call in sent.calls),
        "late_events": sum(one.heard_at != one.at for one in sent.happenings),
        "ledger": {name: sum(line[name] for line in ledger) for name in LEDGER},
        "handoffs": len(handoffs),
        "by_gate": dict(Counter(one["gate"] for one in handoffs)),
        "by_stage": dict(Counter(one["stage"] for one in handoffs)),
        "by_owner": dict(Counter(one["owner"]["name"] for one in handoffs)),
        "opens": sum(one.name == "opened" for one in sent.happenings),
        "only_opened": len(openers),
        "ready_by_opens": len(openers & ready),
        "excluded": {email: _excluded_by(api, email) for email in asked},
        "told": dict(Counter(told["channel"] for one in shown for told in one["told"])),
        "parked": [
            {"receipt_id": one["id"], "source": one["source"], "reason": one["reason"]}
            for one in parked
        ],
        "events": counts,
        "ready": sorted(ready),
    }


def adds_up(ledger: dict[str, int]) -> bool:
    """Return whether every event received is accounted for."""
    accounted = sum(ledger[name] for name in LEDGER[1:-1])
    return ledger["received"] == accounted and ledger["gap"] == 0


def _excluded_by(api: Api, email: str) -> list[str]:
    """Return the names of the policy's exclusions that hold this lead back."""
    lead = api.get("/v1/leads", {"identifier": f"email:{email}"})["items"][0]
    evaluations = api.get(f"/v1/leads/{lead['lead_id']}/evaluation")
    return [each["name"] for one in evaluations for each in one["explanation"]["excluded_by"]]
