"""``relevo policy refold`` and ``relevo policy batch``: what a change of version asks for."""

from typing import Annotated, Any

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.following import follow
from services.cli.output import Columns, local, note, print_fields, print_table

batch_app = group("Review who would become ready under a version, and hand over whom you tick.")

Policy = Annotated[str, typer.Argument(metavar="POLICY", help="The policy's name.")]
Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="The version.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until it is done, with a bar.")]
Gate = Annotated[str | None, typer.Option(help="Only those of this gate.")]
Tier = Annotated[str | None, typer.Option(help="Only those of this tier.")]
LeastEngagement = Annotated[
    float | None, typer.Option("--min-engagement", help="Only those with this engagement or more.")
]
LeastFit = Annotated[
    float | None, typer.Option("--min-fit", help="Only those with this fit or more.")
]

ITEMS: Columns = {
    "lead": "name",
    "company": "company",
    "gate": "gate",
    "engagement": "engagement",
    "fit": "fit",
    "why not before": lambda one: _why_not(one["why_not"]),
    "ticked by": "ticked_by",
    "state": lambda one: one["reason"] or one["state"],
    "id": "lead_id",
}


def register(policies: typer.Typer) -> None:
    """Add these commands to ``relevo policy``."""
    api_command(
        policies,
        "refold",
        _show_refold,
        examples("relevo policy refold b2b-starter 4", "relevo policy refold b2b-starter 4 --wait"),
    )(refold)
    policies.add_typer(batch_app, name="batch")


def refold(
    api: Api,
    policy: Policy,
    number: Number,
    wait: Wait = False,
    look: Annotated[bool, typer.Option("--look", help="Only say how far it is.")] = False,
) -> Any:
    """Fold all leads for a version in the background, before it decides or after.

    Nothing waits for it: a lead whose turn has not come is folded when it is judged.
    """
    path = f"/v1/policies/{part(policy)}/versions/{number}/refold"
    seen = api.get(path) if look else api.post(path)
    if not wait:
        return seen
    return follow(lambda: api.get(path), lambda one: one["state"] == "folding", _progress)


def _progress(seen: dict[str, Any]) -> tuple[int, int | None]:
    progress = seen["progress"] or {"done": 0, "total": None}
    return progress["done"], progress["total"]


def _show_refold(seen: dict[str, Any]) -> None:
    print_fields(
        {
            "version": f"{seen['policy']} {seen['number']}",
            "state": seen["state"].replace("_", " "),
            **_progress_fields(seen["progress"]),
            **({"accounts left": seen["accounts_left"]} if seen["accounts_left"] else {}),
            "asked for": f"{local(seen['asked_at'])} {seen['asked_by'] or ''}".strip(),
            "finished": local(seen["finished_at"]),
        }
    )


def _progress_fields(progress: dict[str, Any] | None) -> dict[str, str]:
    if progress is None or progress["total"] is None:
        return {}
    fields = {"leads": f"{progress['done']} of {progress['total']}"}
    if progress["leads_per_s"]:
        fields["speed"] = f"{progress['leads_per_s']:g} leads/s"
    if progress["seconds_left"] is not None:
        fields["left"] = f"about {progress['seconds_left']} s"
    return fields


def _path(policy: str, number: int, rest: str = "") -> str:
    return f"/v1/policies/{part(policy)}/versions/{number}/batch{rest}"


def _show_batch(batch: dict[str, Any]) -> None:
    print_fields(
        {
            "version": f"{batch['policy']} {batch['number']}, {batch['version_state']}",
            "compared with": batch["compared_with"],
            "state": batch["state"].replace("_", " "),
            **_progress_fields(batch["progress"] if batch["state"] == "making" else None),
            "listed": batch["leads"],
            "ticked": batch["ticked"],
            "waiting": batch["waiting"],
            "handed over": batch["handed_over"],
            "skipped": batch["skipped"],
            "at most": f"{batch['per_hour']} an hour, {batch['per_day']} a day",
            "made": f"{local(batch['made_at'])} {batch['made_by']}",
        }
    )


@api_command(
    batch_app,
    "make",
    _show_batch,
    examples(
        "relevo policy batch make b2b-starter 4", "relevo policy batch make b2b-starter 4 --wait"
    ),
)
def make(api: Api, policy: Policy, number: Number, wait: Wait = False) -> Any:
    """List the leads that would become ready under a version now; nobody is handed over."""
    seen = api.post(_path(policy, number))
    if not wait:
        return seen
    return follow(
        lambda: api.get(_path(policy, number)), lambda one: one["state"] == "making", _progress
    )


def _show_with_items(found: dict[str, Any]) -> None:
    _show_batch(found["batch"])
    print_table(found["items"], ITEMS, "nobody is listed")


@api_command(
    batch_app,
    "show",
    _show_with_items,
    examples(
        "relevo policy batch show b2b-starter 4",
        "relevo policy batch show b2b-starter 4 --state skipped --limit 200",
    ),
)
def show(
    api: Api,
    policy: Policy,
    number: Number,
    sort: Annotated[str, typer.Option(help="engagement or fit, the highest first.")] = "engagement",
    gate: Gate = None,
    tier: Tier = None,
    state: Annotated[
        str | None, typer.Option(help="listed, waiting, handed_over or skipped.")
    ] = None,
    ticked: Annotated[
        bool | None, typer.Option("--ticked/--unticked", help="Only those chosen, or not.")
    ] = None,
    min_engagement: LeastEngagement = None,
    min_fit: LeastFit = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
) -> Any:
    """Show a batch and whom it lists: why now, why not before, and what became of them."""
    query = {
        "sort": sort,
        "gate": gate,
        "tier": tier,
        "state": state,
        "ticked": None if ticked is None else str(ticked).lower(),
        "min_engagement": _number(min_engagement),
        "min_fit": _number(min_fit),
    }
    return {
        "batch": api.get(_path(policy, number)),
        "items": api.pages(_path(policy, number, "/items"), query, at_most=limit),
    }


def _number(value: float | None) -> str | None:
    return None if value is None else repr(value)


def _show_chosen(found: dict[str, Any]) -> None:
    note(f"{found['changed']} changed")
    _show_batch(found["batch"])


@api_command(
    batch_app,
    "tick",
    _show_chosen,
    examples(
        "relevo policy batch tick b2b-starter 4 --all --min-engagement 80",
        "relevo policy batch tick b2b-starter 4 --lead 018f6f0e-0000-7000-8000-000000000000",
        "relevo policy batch tick b2b-starter 4 --all --undo",
    ),
)
def tick(
    api: Api,
    policy: Policy,
    number: Number,
    lead: Annotated[list[str] | None, typer.Option(help="A lead's id; as often as needed.")] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="All that the other options describe.")
    ] = False,
    gate: Gate = None,
    tier: Tier = None,
    min_engagement: LeastEngagement = None,
    min_fit: LeastFit = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the choice back.")] = False,
) -> Any:
    """Choose leads of a batch; nobody is handed over by this."""
    choice = {
        "leads": lead or None,
        "all": everybody or None,
        "gate": gate,
        "tier": tier,
        "min_engagement": min_engagement,
        "min_fit": min_fit,
    }
    given = {name: value for name, value in choice.items() if value is not None}
    return api.post(_path(policy, number, "/items"), {"ticked": not undo, **given})


@api_command(
    batch_app,
    "hand-over",
    _show_batch,
    examples(
        "relevo policy batch hand-over b2b-starter 4",
        "relevo policy batch hand-over b2b-starter 4 --per-hour 50 --per-day 200 --wait",
    ),
)
def hand_over(
    api: Api,
    policy: Policy,
    number: Number,
    per_hour: Annotated[
        int | None, typer.Option(min=1, help="At most so many an hour; 20 at first.")
    ] = None,
    per_day: Annotated[
        int | None, typer.Option(min=1, help="At most so many a day; 100 at first.")
    ] = None,
    wait: Wait = False,
) -> Any:
    """Hand over the ticked leads while the version is in force, each judged again.

    Repeating it hands nobody over twice.
    """
    pace = {"per_hour": per_hour, "per_day": per_day}
    given = {name: value for name, value in pace.items() if value is not None}
    seen = api.post(_path(policy, number, "/hand-over"), given)
    if not wait:
        return seen
    return follow(
        lambda: api.get(_path(policy, number)),
        lambda one: one["state"] == "handing_over",
        lambda one: (
            one["handed_over"] + one["skipped"],
            one["handed_over"] + one["skipped"] + one["waiting"],
        ),
    )


@api_command(batch_app, "stop", _show_batch, examples("relevo policy batch stop b2b-starter 4"))
def stop(api: Api, policy: Policy, number: Number) -> Any:
    """Stop making a batch, or handing it over; what is listed stays."""
    return api.post(_path(policy, number, "/stop"))


@api_command(
    batch_app,
    "export",
    lambda text: print(text, end=""),
    examples("relevo policy batch export b2b-starter 4 > batch.csv"),
)
def export(api: Api, policy: Policy, number: Number) -> Any:
    """Print a batch as CSV for a spreadsheet; no cell is a formula."""
    answer = api.send("GET", _path(policy, number, "/items.csv"), None, {"accept": "text/csv"})
    return answer.decode()


def _why_not(said: dict[str, Any]) -> str:
    miss = said.get("near_miss")
    if said["code"] != "near_miss" or miss is None:
        return str(said["code"]).replace("_", " ")
    short = [f"{one['kind']} {one['short']:g} short" for one in miss["shortfalls"]]
    return f"{miss['gate']}: {', '.join(short)}"
