"""``relevo leads override`` and ``lift``: a person's word beside the policy's."""

from typing import Annotated, Any

import typer

from services.cli.client import Api
from services.cli.command import api_command, examples
from services.cli.failure import Failure
from services.cli.leads import Lead, lead_id
from services.cli.output import note, print_fields

Policy = Annotated[str | None, typer.Option(help="The policy it is about.")]


def add_to(leads: typer.Typer) -> None:
    """Add the commands to ``relevo leads``."""
    api_command(
        leads,
        "override",
        print_fields,
        examples(
            "relevo leads override ana@acme.com --ready --reason 'met at the fair, wants a call'",
            "relevo leads override ana@acme.com --hold --reason 'in talks already' "
            "--until 2026-09-01T00:00:00Z",
        ),
    )(override)
    api_command(
        leads,
        "lift",
        lambda _answer: note("lifted: what the policy says counts again"),
        examples("relevo leads lift ana@acme.com --why 'the talks have ended'"),
    )(lift)


def override(
    api: Api,
    lead: Lead,
    reason: Annotated[str, typer.Option(help="Why; sales and marketing read it.")],
    ready: Annotated[bool, typer.Option("--ready", help="Hand the lead over now.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Hold it back.")] = False,
    policy: Policy = None,
    tier: Annotated[str | None, typer.Option(help="With --ready: how urgent it is.")] = None,
    until: Annotated[
        str | None, typer.Option(help="With --hold: until when, as 2026-09-01T00:00:00Z.")
    ] = None,
) -> Any:
    """Hand a lead over by your word, or hold it back; what the policy says stays beside it.

    Who asked not to be contacted, and whom the policy excludes, is not handed over by anybody.
    """
    if ready is hold:
        raise Failure("say either --ready or --hold")
    given = {"policy": policy, "tier": tier, "until": until}
    said = {name: value for name, value in given.items() if value is not None}
    path = f"/v1/leads/{lead_id(api, lead)}/override"
    return api.call("PUT", path, body={"ready": ready, "reason": reason, **said})


def lift(
    api: Api,
    lead: Lead,
    policy: Policy = None,
    why: Annotated[str, typer.Option(help="Why.")] = "",
) -> Any:
    """Hold a lead back no longer; it is handed over at once where it is ready."""
    path = f"/v1/leads/{lead_id(api, lead)}/override"
    return api.call("DELETE", path, query={"policy": policy, "why": why})
