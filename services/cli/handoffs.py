"""``relevo handoffs``: what was handed to sales, and sales' answers."""

from typing import Annotated, Any, Literal

import typer

from services.cli.assignment import considered_table, steps_in_words
from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.output import Columns, local, note, print_fields, print_table

COLUMNS: Columns = {
    "id": "handoff_id",
    "lead": "lead_name",
    "tier": "tier",
    "gate": "gate",
    "policy": lambda one: f"{one['policy']} {one['version']}, {one['agreement']}",
    "stage": "stage",
    "owner": "owner.name",
    "ready since": lambda one: local(one["decided_at"]),
    "answer due": lambda one: local(one["due_at"]),
}

app = group("See hand-offs and answer them.")

HandoffId = Annotated[str, typer.Argument(metavar="ID", help="The hand-off's id.")]
Person = Annotated[
    str | None,
    typer.Option("--person", help="E-mail of who says it; not needed with a person's own key."),
]
Text = Annotated[str | None, typer.Option("--text", help="A remark.")]


def show_rows(rows: list[dict[str, Any]]) -> None:
    """Print hand-offs as a table."""
    print_table(rows, COLUMNS, "no hand-offs")


def show_one(handoff: dict[str, Any]) -> None:
    """Print one hand-off: who, why, whose it is and what happened to it."""
    ready = handoff["sales_ready"]
    lead, account = ready["lead"], ready["account"] or {}
    assigned = (handoff.get("assignments") or [ready["assignment"]])[-1]
    print_fields(
        {
            "hand-off": handoff["handoff_id"],
            "lead": f"{lead['name']}, {lead['title'] or 'title unknown'}",
            "account": account.get("name") or account.get("domain"),
            "stage": handoff["stage"],
            "gate": f"{handoff['gate']} ({handoff['tier']}) of {handoff['policy']} "
            f"version {handoff['version']}, {handoff['agreement']}",
            "engagement": _sum(ready["engagement"]),
            "fit": _sum(ready["fit"]),
            "why now": "\n".join(_touch(touch) for touch in ready["why_now"]),
            "owner": f"{handoff['owner']['name']}: {assigned['reason']}",
            **steps_in_words(assigned.get("steps") or []),
            "clocks": "\n".join(map(_clock, handoff["deadlines"])),
            "pauses": "\n".join(map(_pause, handoff["pauses"])),
            "not to say": "\n".join(one["text"] for one in ready["not_to_say"]),
            "reason": handoff["reason"],
            "remark": handoff["text"],
        }
    )
    rows, columns = considered_table(assigned["considered"])
    if rows:
        print_table(rows, columns, "")


def _clock(clock: dict[str, Any]) -> str:
    """Say how a clock stands: whose it is, how long it took or takes, and who hears next."""
    whose = "whole wait" if clock["step"] == 1 else "owner's share"
    said = [f"{clock['kind']}, {whose}: due {local(clock['due_at'])}"]
    if clock["state"]:
        evidence = f" by {clock['evidence']}" if clock["evidence"] else ""
        said.append(f"{clock['state']}{evidence}")
    if clock["took_s"] is not None:
        said.append(f"{length(clock['took_s'])}, {length(clock['took_working_s'])} of it counted")
    if clock["paused_s"]:
        said.append(f"{length(clock['paused_s'])} paused")
    if clock["late_s"]:
        said.append(f"late by {length(clock['late_s'])}, {length(clock['late_working_s'])} counted")
    elif clock["left_working_s"] is not None:
        said.append(f"{length(clock['left_working_s'])} left")
    if clock["next_step_at"]:
        said.append(f"next {clock['ladder_step']} {local(clock['next_step_at'])}")
    why = (clock.get("explanation") or {}).get("en")
    return "; ".join([*said, why] if why else said)


def _pause(pause: dict[str, Any]) -> str:
    until = f"{local(pause['began_at'])} to {local(pause['until'])}"
    return f"{until}: {pause['reason_title']['en']}" + (
        f" ({pause['text']})" if pause["text"] else ""
    )


def length(seconds: int) -> str:
    """Return a length of time in its two largest units: ``2 h 5 min``."""
    parts = [(seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    said = [f"{amount} {unit}" for amount, unit in parts if amount]
    return " ".join(said[:2]) or "0 s"


@api_command(
    app,
    "list",
    show_rows,
    examples("relevo handoffs list", "relevo handoffs list --stage assigned"),
)
def list_handoffs(
    api: Api,
    stage: Annotated[str | None, typer.Option(help="Only those at this stage.")] = None,
    lead: Annotated[str | None, typer.Option(help="Only those of this lead (id).")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
) -> Any:
    """List hand-offs, newest first."""
    return api.pages("/v1/handoffs", {"stage": stage, "lead": lead}, at_most=limit)


@api_command(
    app,
    "show",
    show_one,
    examples("relevo handoffs show 0198…", "relevo handoffs show 0198… --json"),
)
def show_handoff(api: Api, handoff_id: HandoffId) -> Any:
    """Show one hand-off with its frozen context."""
    return api.get(f"/v1/handoffs/{part(handoff_id)}")


def _told(handoff: dict[str, Any]) -> None:
    note(f"{handoff['lead_name']}: {handoff['stage']}")


@api_command(app, "accept", _told, examples("relevo handoffs accept 0198… --person ana@acme.com"))
def accept(api: Api, handoff_id: HandoffId, person: Person = None, text: Text = None) -> Any:
    """Take a lead."""
    return _post(api, handoff_id, "verdict", verdict="accept", person=person, text=text)


@api_command(app, "reject", _told, examples("relevo handoffs reject 0198… --reason not_now"))
def reject(
    api: Api,
    handoff_id: HandoffId,
    reason: Annotated[str, typer.Option(help="One of the policy's reasons: relevo policy show.")],
    returns_at: Annotated[
        str | None, typer.Option(help="Recycling: not before, as 2026-09-01T00:00:00Z.")
    ] = None,
    on_new_evidence: Annotated[
        bool, typer.Option("--on-new-evidence", help="Recycling: with something new, no date.")
    ] = False,
    right_person: Annotated[
        str | None, typer.Option(help="Wrong person: the address of the right one.")
    ] = None,
    right_name: Annotated[str | None, typer.Option(help="Wrong person: who is right.")] = None,
    same_as: Annotated[
        str | None, typer.Option(help="Duplicate: id of the other lead, or of its hand-off.")
    ] = None,
    works_on_it: Annotated[
        str | None, typer.Option(help="Worked already: e-mail or id of the colleague.")
    ] = None,
    person: Person = None,
    text: Text = None,
) -> Any:
    """Send a lead back, with a reason from the agreed list."""
    named = {"email": right_person, "name": right_name}
    right = {name: value for name, value in named.items() if value is not None}
    return _post(
        api,
        handoff_id,
        "verdict",
        verdict="reject",
        reason=reason,
        returns_at=returns_at,
        returns_on="new_evidence" if on_new_evidence else None,
        right_person=right or None,
        same_as=same_as,
        works_on_it=works_on_it,
        person=person,
        text=text,
    )


@api_command(
    app, "attempt", _told, examples("relevo handoffs attempt 0198… --channel call --reached")
)
def attempt(
    api: Api,
    handoff_id: HandoffId,
    channel: Annotated[str, typer.Option(help="call, email, meeting, message…")] = "call",
    reached: Annotated[bool, typer.Option("--reached", help="There was a real talk.")] = False,
    person: Person = None,
    text: Text = None,
) -> Any:
    """Report an attempt to reach the lead."""
    return _post(
        api, handoff_id, "attempts", channel=channel, reached=reached, person=person, text=text
    )


@api_command(
    app,
    "outcome",
    _told,
    examples("relevo handoffs outcome 0198… won --amount 12000 --currency EUR"),
)
def outcome(
    api: Api,
    handoff_id: HandoffId,
    became: Annotated[
        Literal["unqualified", "sql", "opportunity", "won", "lost"],
        typer.Argument(help="What became of it."),
    ],
    amount: Annotated[float | None, typer.Option(min=0, help="Value of the deal.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217, for example EUR.")] = None,
    reason: Annotated[
        str | None, typer.Option(help="With lost: why; with unqualified: a reject reason.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="When it happened, as 2026-09-01T00:00:00Z; now otherwise.")
    ] = None,
    external_id: Annotated[
        str | None, typer.Option(help="The CRM's own id of it: told again it changes nothing.")
    ] = None,
    person: Person = None,
    text: Text = None,
) -> Any:
    """Report what became of an accepted hand-off."""
    return _post(
        api,
        handoff_id,
        "outcome",
        outcome=became,
        amount=amount,
        currency=currency,
        at=at,
        external_id=external_id,
        reason=reason,
        person=person,
        text=text,
    )


@api_command(app, "assign", _told, examples("relevo handoffs assign 0198… --to luis@acme.com"))
def assign(
    api: Api,
    handoff_id: HandoffId,
    to: Annotated[str, typer.Option(help="E-mail or id of the new owner.")],
    person: Person = None,
    text: Text = None,
) -> Any:
    """Give a hand-off to another owner."""
    return _post(api, handoff_id, "assign", to=to, person=person, text=text)


@api_command(
    app,
    "pause",
    _told,
    examples("relevo handoffs pause 0198… --reason call_at_a_date --until 2026-09-07T07:00:00Z"),
)
def pause(
    api: Api,
    handoff_id: HandoffId,
    reason: Annotated[
        Literal["call_at_a_date", "right_person", "data_fix", "lead_away"],
        typer.Option(help="Why the clocks stand still."),
    ],
    until: Annotated[str, typer.Option(help="When they run on: a moment with its zone.")],
    person: Person = None,
    text: Text = None,
) -> Any:
    """Pause a hand-off's clocks until a moment; not once it is late."""
    return _post(api, handoff_id, "pause", reason=reason, until=until, person=person, text=text)


@api_command(app, "resume", _told, examples("relevo handoffs resume 0198…"))
def resume(api: Api, handoff_id: HandoffId, person: Person = None, text: Text = None) -> Any:
    """End a pause before its time; the clocks run on with what was left."""
    return _post(api, handoff_id, "resume", person=person, text=text)


def _post(api: Api, handoff_id: str, what: str, **said: Any) -> Any:
    given = {name: value for name, value in said.items() if value is not None}
    return api.post(f"/v1/handoffs/{part(handoff_id)}/{what}", given)


def _sum(score: dict[str, Any]) -> str:
    terms = " + ".join(
        f"{one['name']} {one['points']:g}" for one in score["factors"] if one["points"]
    )
    return f"{score['value']:g}" + (f" = {terms}" if terms else "")


def _touch(touch: dict[str, Any]) -> str:
    about = f": {touch['title']}" if touch["title"] else ""
    return f"{local(touch['occurred_at'])}  {touch['kind']}{about}"
