"""``relevo leads consent`` and ``allow``: who may be contacted, and verdicts taken back."""

from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api
from services.cli.command import api_command, examples
from services.cli.leads import Lead, lead_id
from services.cli.output import note, print_fields


def add_to(leads: typer.Typer) -> None:
    """Add the commands to ``relevo leads``."""
    api_command(
        leads,
        "consent",
        _show,
        examples(
            "relevo leads consent ana@acme.com phone refused --source 'on the phone' "
            "--why 'asked for mail only'",
        ),
    )(consent)
    api_command(
        leads,
        "allow",
        lambda answer: note(f"taken back: {', '.join(answer['taken_back'])}"),
        examples("relevo leads allow ana@acme.com --why 'the wrong Ana was meant'"),
    )(allow)


def _show(answer: dict[str, Any]) -> None:
    print_fields({name: one["status"] for name, one in answer["channels"].items()})


def consent(
    api: Api,
    lead: Lead,
    channel: Annotated[
        Literal["email", "phone", "sms", "post", "all"], typer.Argument(help="Which channel.")
    ],
    status: Annotated[
        Literal["granted", "refused", "unknown"],
        typer.Argument(help="What the lead said; unknown takes a wrong word back."),
    ],
    source: Annotated[str, typer.Option(help="Where they said so.")],
    why: Annotated[str, typer.Option(help="Why it is written down by hand.")],
    at: Annotated[
        str | None, typer.Option(help="When they said so, as 2026-09-01T00:00:00Z; now otherwise.")
    ] = None,
) -> Any:
    """Write down what a lead said of being contacted; the owner of an open hand-off hears of it."""
    said = {"channel": channel, "status": status, "at": at}
    body = {"said": [said], "source": source, "why": why}
    return api.call("PUT", f"/v1/leads/{lead_id(api, lead)}/consent", body=body)


def allow(
    api: Api,
    lead: Lead,
    why: Annotated[str, typer.Option(help="Why the verdict does not hold.")],
    policy: Annotated[
        str | None, typer.Option(help="What was caused under this policy alone.")
    ] = None,
) -> Any:
    """Take back what a verdict of sales caused; the lead may be handed over again."""
    body = {"why": why} | ({} if policy is None else {"policy": policy})
    return api.post(f"/v1/leads/{lead_id(api, lead)}/allow", body)
