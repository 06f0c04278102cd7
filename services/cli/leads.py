"""``relevo leads``: who they are, what they did, what the policy makes of them."""

from typing import Annotated, Any

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.explanation import print_explanation
from services.cli.failure import Failure
from services.cli.output import Columns, local, note, print_fields, print_table

app = group("See leads and their timelines.")

LEADS: Columns = {
    "id": "lead_id",
    "name": "name",
    "identifiers": "identifiers",
    "account": "account_domain",
    "first seen": lambda one: local(one["first_seen_at"]),
}
TOUCHES: Columns = {
    "occurred": lambda one: local(one["occurred_at"]),
    "kind": "kind",
    "name": "name",
    "source": "source",
    "made by": lambda one: f"{one['made_by']} ({one['made_by_reason']})",
}

Lead = Annotated[
    str, typer.Argument(metavar="LEAD", help="The lead's id, e-mail address or identifier.")
]


def lead_id(api: Api, lead: str) -> str:
    """Return the id of the lead an id, an e-mail address or an identifier names."""
    if "@" not in lead and ":" not in lead:
        return part(lead)
    identifier = lead if ":" in lead else f"email:{lead.lower()}"
    found = api.get("/v1/leads", {"identifier": identifier})["items"]
    if not found:
        raise Failure(f"no lead has the identifier {identifier}")
    return str(found[0]["lead_id"])


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, LEADS, "no leads"),
    examples("relevo leads list", "relevo leads list --identifier email:ana@acme.com"),
)
def list_leads(
    api: Api,
    identifier: Annotated[str | None, typer.Option(help="For example email:ana@acme.com.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
) -> Any:
    """List leads, newest first."""
    return api.pages("/v1/leads", {"identifier": identifier}, at_most=limit)


@api_command(app, "show", print_fields, examples("relevo leads show ana@acme.com"))
def show_lead(api: Api, lead: Lead) -> Any:
    """Show a lead with everything known about it."""
    return api.get(f"/v1/leads/{lead_id(api, lead)}")


@api_command(
    app,
    "timeline",
    lambda rows: print_table(rows, TOUCHES, "no touches"),
    examples("relevo leads timeline ana@acme.com --limit 20"),
)
def timeline(
    api: Api, lead: Lead, limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100
) -> Any:
    """List what a lead did, newest first."""
    return api.pages(f"/v1/leads/{lead_id(api, lead)}/timeline", at_most=limit)


def _show_evaluations(found: list[dict[str, Any]]) -> None:
    for one in found:
        print_explanation(one["explanation"])
        if one["agreement"] == "trial":
            note(f"{one['policy']} is on trial: marketing and sales have not both signed it")
        if one["held_back"]:
            note(f"held back: {one['held_back']['code']}")
        if one["override"]:
            note(f"  {one['override']['made_by']}: {one['override']['reason']}")


@api_command(
    app,
    "erase",
    lambda answer: note(f"erased: {answer['lead_id']}"),
    examples("relevo leads erase ana@acme.com --why 'asked by letter, case 17'"),
)
def erase(
    api: Api,
    lead: Lead,
    why: Annotated[str, typer.Option(help="For the audit; without a name.")],
) -> Any:
    """Erase a person everywhere, for good: touches, facts, contexts, receipts, the feed."""
    return api.post(f"/v1/leads/{lead_id(api, lead)}/erase", {"why": why})


@api_command(app, "evaluation", _show_evaluations, examples("relevo leads evaluation ana@acme.com"))
def evaluation(api: Api, lead: Lead) -> Any:
    """Say what the policy makes of a lead now: scores, gates, and what is missing."""
    return api.get(f"/v1/leads/{lead_id(api, lead)}/evaluation")
