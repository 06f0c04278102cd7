"""``relevo policy``: check a policy file, draft it, ask it about one lead."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import changing
from services.cli.client import Api, part
from services.cli.command import AsJson, api_command, examples, group
from services.cli.explanation import print_explanation
from services.cli.failure import Failure
from services.cli.files import read_file, read_text
from services.cli.output import Columns, local, note, print_json, print_table

app = group("Write policies, agree on them, ask them.")

POLICIES: Columns = {
    "policy": "policy",
    "in force": "in_force",
    "agreement": "agreement",
    "scheduled": lambda one: one["scheduled"] and f"{one['scheduled']}, {local(one['starts_at'])}",
    "newest": "latest",
}
VERSIONS: Columns = {
    "policy": "policy",
    "version": "number",
    "step": lambda one: standing(one),
    "signed by": lambda one: [each["by"]["name"] for each in one["signatures"].values()],
    "drafted": lambda one: f"{local(one['created_at'])} {one['created_by']}",
    "in force since": lambda one: local(one["activated_at"]),
}

File = Annotated[str, typer.Argument(metavar="FILE", help="A policy file; - reads a pipe.")]
Policy = Annotated[str, typer.Argument(metavar="POLICY", help="The policy's name.")]
Comment = Annotated[str, typer.Option(help="Why, for the history.")]


def standing(version: dict[str, Any]) -> str:
    """Return how far a version has come, in words."""
    step = str(version["step"]).replace("_", " ")
    if version["state"] == "in_force" and version["agreement"] == "trial":
        return f"{step} on trial, not signed by both teams"
    if version["state"] == "scheduled":
        return f"{step} for {local(version['starts_at'])}"
    return step


@app.command(
    "check",
    epilog=examples(
        "relevo policy check policy.yaml",
        "relevo policy check --json policy.yaml --list competitors",
    ),
)
def check(
    file: File,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    known_list: Annotated[
        list[str] | None,
        typer.Option("--list", help="A list kept outside the file that it may name; repeat it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find every mistake in a policy file.

    Each is told with file, line and column. Needs no running server. Exits 1 when the
    policy cannot be used.
    """
    from services.handoff.policy_document import Vocabulary, compile_policy
    from services.ingest.domain.touch_kinds import KINDS

    name = "policy.yaml" if file == "-" else file
    words = Vocabulary(touches=tuple(KINDS))
    found = compile_policy(read_file(file), name, known_list or (), words)
    if as_json:
        print_json([problem.as_dict() for problem in found.problems])
    else:
        for problem in found.problems:
            print(problem)
        note(f"{len(found.errors)} errors, {len(found.warnings)} warnings")
    if found.errors or (strict and found.warnings):
        raise typer.Exit(1)


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, POLICIES, "no policies"),
    examples("relevo policy list"),
)
def list_policies(api: Api) -> Any:
    """List the policies."""
    return api.pages("/v1/policies")


@api_command(
    app,
    "versions",
    lambda rows: print_table(rows, VERSIONS, "no versions"),
    examples("relevo policy versions b2b-starter"),
)
def versions(api: Api, policy: Policy) -> Any:
    """List a policy's versions, newest first."""
    return api.pages(f"/v1/policies/{part(policy)}/versions")


def show_version(version: dict[str, Any]) -> None:
    """Print a version as it was written, and on standard error where it stands."""
    note(f"{version['policy']} version {version['number']}: {standing(version)}")
    note(f"  digest {version['digest']}")
    for role, signature in version["signatures"].items():
        note(f"  signed for {role} by {signature['by']['name']}, {local(signature['at'])}")
    for one in version["warnings"]:
        note(f"  warning, line {one['line']}: {one['message']}")
    print(version["text"], end="")


@api_command(
    app,
    "show",
    show_version,
    examples("relevo policy show", "relevo policy show b2b-starter --number 3 > policy.yaml"),
)
def show(
    api: Api,
    policy: Annotated[str | None, typer.Argument(metavar="[POLICY]", help="Its name.")] = None,
    number: Annotated[
        int | None, typer.Option(min=1, help="A version; else the one in force.")
    ] = None,
) -> Any:
    """Show a version as it was written: the one in force unless told otherwise."""
    name, number = stored(api, policy, number)
    return api.get(f"/v1/policies/{part(name)}/versions/{number}")


def stored(api: Api, policy: str | None, number: int | None) -> tuple[str, int]:
    """Return name and number of a stored version; where they are left out, the one in force."""
    known = {one["policy"]: one for one in api.pages("/v1/policies")}
    if policy is None:
        in_force = [name for name, one in known.items() if one["in_force"]]
        if len(in_force) != 1:
            raise Failure("say which policy", sorted(known))
        policy = in_force[0]
    if policy not in known:
        raise Failure(f"no policy is called {policy}", sorted(known))
    return policy, number or known[policy]["in_force"] or known[policy]["latest"]


@api_command(
    app,
    "draft",
    show_version,
    examples(
        "relevo policy draft policy.yaml",
        "relevo policy draft policy.yaml --based-on 4 --comment 'pricing guide counts more'",
    ),
)
def draft(
    api: Api,
    file: File,
    based_on: Annotated[
        int | None,
        typer.Option(min=1, help="The version it was made from: refused when a newer one exists."),
    ] = None,
    comment: Comment = "",
) -> Any:
    """Store a policy as a draft; it decides nothing yet."""
    tag = "*" if based_on is None else f'"{based_on}"'
    body = {"text": read_text(file), "file": Path(file).name, "comment": comment}
    return api.post("/v1/policies", body, {"If-Match": tag})


@api_command(
    app,
    "try-one",
    lambda found: _show_trial(found),
    examples(
        "relevo policy try-one --file policy.yaml --lead ana@acme.com",
        "relevo policy try-one --file policy.yaml --lead ana@acme.com --at 2026-03-02T12:00Z",
        "relevo policy try-one --policy b2b-starter --invented lead.json",
    ),
)
def try_one(
    api: Api,
    file: Annotated[str | None, typer.Option(help="A policy file.")] = None,
    policy: Annotated[str | None, typer.Option(help="Or a stored policy's name.")] = None,
    number: Annotated[int | None, typer.Option(min=1, help="Its version; else in force.")] = None,
    lead: Annotated[str | None, typer.Option(help="E-mail or id of a lead.")] = None,
    at: Annotated[
        str | None, typer.Option(help="As the lead stood at this moment, with a zone.")
    ] = None,
    invented: Annotated[
        str | None, typer.Option(help="Or a JSON file with lead, account and touches.")
    ] = None,
) -> Any:
    """Ask a policy about one lead: both scores, every gate, and what is missing.

    Nothing is stored. The file of an invented lead looks like
    {"lead": {"title": "CTO"}, "account": {"employees": 80},
    "touches": [{"touch": "demo.requested"}]}.
    """
    trial: dict[str, Any] = {"policy": policy, "number": number, "lead": lead, "at": at}
    if file is not None:
        trial["text"] = read_text(file)
    if invented is not None:
        try:
            trial["invented"] = json.loads(read_file(invented))
        except ValueError as error:
            raise Failure(f"{invented} is no JSON: {error}") from None
    given = {name: value for name, value in trial.items() if value is not None}
    return api.post("/v1/policies/try-one", given)


def _show_trial(found: dict[str, Any]) -> None:
    print_explanation(found["explanation"])
    if found["facts_are_of_now"]:
        note("what was known then was not kept: this is what is known now")


changing.register(app)
