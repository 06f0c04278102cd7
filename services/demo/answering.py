"""Sales answers: verdicts, attempts and outcomes, so that every stage can be seen."""

from typing import Any

from services.cli.client import Api
from services.demo.cast import Lead

Step = tuple[str, dict[str, Any]]

ACCEPT: Step = ("verdict", {"verdict": "accept"})
CALLED: Step = ("attempts", {"channel": "call", "reached": False})
TALKED: Step = ("attempts", {"channel": "call", "reached": True})
QUALIFIED: Step = ("outcome", {"outcome": "sql"})
OFFERED: Step = ("outcome", {"outcome": "opportunity", "amount": 18000, "currency": "EUR"})
WON: Step = ("outcome", {"outcome": "won", "amount": 16500, "currency": "EUR"})
LOST: Step = ("outcome", {"outcome": "lost", "reason": "price"})

# What becomes of the first hand-offs; the others still wait for their owners' answer.
ANSWERS: tuple[tuple[Step, ...], ...] = (
    (ACCEPT, TALKED, QUALIFIED, OFFERED, WON),
    (ACCEPT, CALLED, TALKED, QUALIFIED, OFFERED, LOST),
    (ACCEPT, TALKED, QUALIFIED, OFFERED),
    (ACCEPT, TALKED, QUALIFIED),
    (ACCEPT, CALLED, TALKED),
    (ACCEPT, CALLED),
    (ACCEPT,),
    (("verdict", {"verdict": "reject", "reason": "not_our_market"}),),
    (("verdict", {"verdict": "reject", "reason": "not_now", "text": "Presupuesto en enero"}),),
    (("verdict", {"verdict": "reject", "reason": "wrong_person"}),),
)


def merge_twins(api: Api, leads: list[Lead]) -> None:
    """Say that who asked from work and from home is one person: one hand-off goes on."""
    at_work, at_home = (_lead_id(api, lead.email) for lead in (leads[0], leads[-1]))
    why = "the same person, from work and from home"
    api.post(f"/v1/leads/{at_work}/merge", {"lead_id": at_home, "why": why})


def _lead_id(api: Api, email: str) -> str:
    found = api.get("/v1/leads", {"identifier": f"email:{email}"})
    return str(found["items"][0]["lead_id"])


def answer_some(api: Api) -> None:
    """Let the owners answer some hand-offs, each under the owner's own name."""
    handoffs = api.pages("/v1/handoffs", {"stage": "assigned"})
    # By name, so that the same leads get the same answers in every run.
    for handoff, steps in zip(sorted(handoffs, key=_by_name), ANSWERS, strict=False):
        for what, said in steps:
            body = {**said, "person": handoff["owner"]["email"]}
            api.post(f"/v1/handoffs/{handoff['handoff_id']}/{what}", body)


def _by_name(handoff: dict[str, Any]) -> tuple[str, str]:
    return handoff["lead_name"], handoff["gate"]
