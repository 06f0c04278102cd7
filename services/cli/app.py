"""The ``relevo`` command and its groups."""

import sys
from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from services.cli import (
    agreement,
    audit,
    calendar_files,
    calendars,
    consent,
    demo,
    doctor,
    feed,
    handoffs,
    hours,
    importing,
    inviting,
    keys,
    leads,
    lists,
    migrate,
    overrides,
    own_hours,
    people,
    policy,
    policy_files,
    policy_goals,
    policy_texts,
    receipts,
    requests,
    routing,
    scoreboard,
    serve,
    settings,
    sources,
    staff_files,
    subscriptions,
    teams,
    territories,
    touches,
    tryouts,
)
from services.cli.failure import Failure

app = typer.Typer(
    name="relevo",
    help="Carries a lead from marketing to sales without dropping it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("serve", epilog=serve.EXAMPLES)(serve.serve)
app.command("demo", epilog=demo.EXAMPLES)(demo.demo)
app.command("migrate", epilog=migrate.EXAMPLES)(migrate.migrate)
app.command("doctor", epilog=doctor.EXAMPLES)(doctor.doctor)
app.command("settings", epilog=settings.EXAMPLES)(settings.settings)
policy.app.add_typer(agreement.app)
policy.app.add_typer(policy_files.app)
policy.app.add_typer(policy_goals.app)
policy.app.add_typer(tryouts.app)
app.add_typer(policy.app, name="policy")
policy.app.command("text", epilog=policy_texts.TEXT_EXAMPLES)(policy_texts.text)
policy.app.command("diff", epilog=policy_texts.DIFF_EXAMPLES)(policy_texts.diff)
app.add_typer(lists.app, name="lists")
app.add_typer(routing.app, name="routing")
app.add_typer(sources.app, name="sources")
app.add_typer(receipts.app, name="receipts")
importing.register(app)
app.add_typer(touches.app, name="touches")
staff_files.add_to(people.app, "people")
staff_files.add_to(teams.app, "teams")
staff_files.add_to(territories.app, "territories")
inviting.add_to(people.app)
app.add_typer(people.app, name="people")
app.add_typer(teams.app, name="teams")
app.add_typer(territories.app, name="territories")
app.add_typer(own_hours.app, name="hours")
calendars.app.add_typer(hours.app)
calendars.app.add_typer(calendar_files.app)
app.add_typer(calendars.app, name="calendars")
app.add_typer(keys.app, name="keys")
app.add_typer(leads.app, name="leads")
overrides.add_to(leads.app)
consent.add_to(leads.app)
app.add_typer(handoffs.app, name="handoffs")
app.add_typer(audit.app, name="audit")
app.add_typer(requests.app, name="requests")
app.add_typer(scoreboard.app, name="scoreboard")
app.add_typer(subscriptions.app, name="subscriptions")
app.add_typer(feed.app, name="feed")
app.add_typer(feed.inbox_app, name="inbox")


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        app()
    except Failure as failure:
        failure.tell()
        sys.exit(1)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"relevo {installed_version('relevo')}")
        raise typer.Exit


@app.callback()
def relevo(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Carries a lead from marketing to sales without dropping it."""
