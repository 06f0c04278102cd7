"""``relevo subscriptions``: the CRMs and other systems that get the events."""

from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.output import Columns, local, note, print_fields, print_table

app = group("Connect CRMs and other systems.")

SUBSCRIPTIONS: Columns = {
    "id": "subscription_id",
    "name": "name",
    "channel": "channel",
    "state": "state",
    "events": "event_types",
    "url": "url",
    "last success": lambda one: local(one["last_success_at"]),
    "failing since": lambda one: local(one["failing_since"]),
}

Id = Annotated[str, typer.Argument(metavar="ID", help="The subscription's id.")]


def _show(subscription: dict[str, Any]) -> None:
    secret = subscription.pop("secret", None)
    print_fields(subscription)
    if secret:
        note("The signing secret, shown this once:")
        print(secret)


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, SUBSCRIPTIONS, "no subscriptions"),
    examples("relevo subscriptions list"),
)
def list_subscriptions(api: Api) -> Any:
    """List subscriptions, newest first."""
    return api.pages("/v1/subscriptions")


@api_command(app, "show", _show, examples("relevo subscriptions show 0198…"))
def show(api: Api, subscription_id: Id) -> Any:
    """Show a subscription."""
    return api.get(f"/v1/subscriptions/{part(subscription_id)}")


@api_command(
    app,
    "add",
    _show,
    examples(
        "relevo subscriptions add CRM https://crm.acme.com/relevo",
        "relevo subscriptions add CRM https://crm.acme.com/relevo --event handoff.sales_ready.v1",
        "relevo subscriptions add Sales https://hooks.slack.com/services/… --channel slack",
    ),
)
def add(
    api: Api,
    name: Annotated[str, typer.Argument(help="What it is called here.")],
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where events are posted.")],
    channel: Annotated[
        Literal["webhook", "slack", "teams"],
        typer.Option(help="webhook gets the signed event, the others a message about it."),
    ] = "webhook",
    event: Annotated[
        list[str] | None, typer.Option(help="Types, or patterns as handoff.*; repeat it.")
    ] = None,
    contact: Annotated[
        str | None, typer.Option(help="E-mail of who is warned before it is disabled.")
    ] = None,
) -> Any:
    """Connect a system. Its signing secret is printed this once."""
    new: dict[str, Any] = {"name": name, "url": address, "channel": channel}
    if event:
        new["event_types"] = event
    if contact:
        new["contact_email"] = contact
    return api.post("/v1/subscriptions", new)


def _tested(answer: dict[str, Any]) -> None:
    note(f"{answer['reason']} ({answer['status'] or 'no answer'})")
    if not answer["ok"]:
        raise typer.Exit(1)


@api_command(app, "test", _tested, examples("relevo subscriptions test 0198…"))
def test(api: Api, subscription_id: Id) -> Any:
    """Send a test event now and say how it was taken. Exits 1 when it was not."""
    return api.post(f"/v1/subscriptions/{part(subscription_id)}/test")


@api_command(app, "pause", _show, examples("relevo subscriptions pause 0198…"))
def pause(api: Api, subscription_id: Id) -> Any:
    """Stop sending for a while; events queue up."""
    return api.post(f"/v1/subscriptions/{part(subscription_id)}/pause")


@api_command(app, "enable", _show, examples("relevo subscriptions enable 0198…"))
def enable(api: Api, subscription_id: Id) -> Any:
    """Send again: after a pause from where it stood, after disabling from now on."""
    return api.post(f"/v1/subscriptions/{part(subscription_id)}/enable")


@api_command(
    app,
    "rotate",
    _show,
    examples("relevo subscriptions rotate 0198…", "relevo subscriptions rotate 0198… --revoke-old"),
)
def rotate(
    api: Api,
    subscription_id: Id,
    revoke_old: Annotated[
        bool, typer.Option("--revoke-old", help="End the old secret at once: it leaked.")
    ] = False,
) -> Any:
    """Give a new secret. For 24 hours both sign."""
    path = f"/v1/subscriptions/{part(subscription_id)}/rotate"
    return api.post(path, {"revoke_old": revoke_old})


@api_command(
    app,
    "replay",
    _show,
    examples("relevo subscriptions replay 0198… --since 2026-11-01"),
)
def replay(
    api: Api,
    subscription_id: Id,
    since: Annotated[str, typer.Option(help="A day or a moment, as 2026-11-01T08:00.")],
) -> Any:
    """Send past events again, in order and with their ids."""
    try:
        moment = datetime.fromisoformat(since).astimezone()
    except ValueError:
        raise Failure(f"--since {since!r} is no day and no moment") from None
    path = f"/v1/subscriptions/{part(subscription_id)}/replay"
    return api.post(path, {"since": moment.isoformat()})


@api_command(app, "redeliver", _show, examples("relevo subscriptions redeliver 0198…"))
def redeliver(api: Api, subscription_id: Id) -> Any:
    """Send everything again that was given up for it, in order and with its ids."""
    return api.post(f"/v1/subscriptions/{part(subscription_id)}/redeliver")


DAYS: Columns = {
    "day": "day",
    "attempts": "attempts",
    "succeeded": "succeeded",
    "average ms": "average_ms",
    "slowest ms": "slowest_ms",
}


@api_command(
    app,
    "performance",
    lambda found: print_table(found["days"], DAYS, "no attempts"),
    examples("relevo subscriptions performance 0198…"),
)
def performance(api: Api, subscription_id: Id) -> Any:
    """Say how the attempts of the last seven days went, day by day (UTC)."""
    return api.get(f"/v1/subscriptions/{part(subscription_id)}/performance")


@api_command(
    app, "remove", lambda _: note("removed"), examples("relevo subscriptions remove 0198…")
)
def remove(api: Api, subscription_id: Id) -> Any:
    """Delete a subscription and its deliveries."""
    return api.call("DELETE", f"/v1/subscriptions/{part(subscription_id)}")
