"""``relevo policy``: check a policy file, put it in force, ask it about one lead."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import changing
from services.cli.client import Api, part
from services.cli.command import AsJson, api_command, examples, group
from services.cli.explanation import print_explanation
from services.cli.failure import Failure
from services.cli.output import Columns, local, note, print_json, print_table

app = group("Check policies and ask them.")

POLICIES: Columns = {"policy": "policy", "in force": "in_force", "newest": "latest"}
VERSIONS: Columns = {
    "policy": "policy",
    "version": "number",
    "state": "state",
    "agreement": "agreement",
    "drafted": lambda one: f"{local(one['created_at'])} {one['created_by']}",
    "in force since": lambda one: local(one["activated_at"]),
}

File = Annotated[str, typer.Argument(metavar="FILE", help="A policy file; - reads a pipe.")]
Policy = Annotated[str, typer.Argument(metavar="POLICY", help="The policy's name.")]


@app.command(
    "check",
    epilog=examples("relevo policy check policy.yaml", "relevo policy check --json policy.yaml"),
)
def check(
    file: File,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find every mistake in a policy file.

    Each is told with file, line and column. Needs no running server. Exits 1 when the
    policy cannot be used.
    """
    from services.handoff.policy_document import Vocabulary, compile_policy
    from services.ingest.domain.touch_kinds import KINDS

    name = "policy.yaml" if file == "-" else file
    found = compile_policy(_read(file), name, vocabulary=Vocabulary(touches=tuple(KINDS)))
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


def _show(version: dict[str, Any]) -> None:
    state = version["state"].replace("_", " ")
    note(f"{version['policy']} version {version['number']}: {state}, {version['agreement']}")
    for one in version["warnings"]:
        note(f"  warning, line {one['line']}: {one['message']}")
    print(version["text"], end="")


@api_command(
    app,
    "show",
    _show,
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
    known = {one["policy"]: one for one in api.pages("/v1/policies")}
    if policy is None:
        in_force = [name for name, one in known.items() if one["in_force"]]
        if len(in_force) != 1:
            raise Failure("say which policy", sorted(known))
        policy = in_force[0]
    if policy not in known:
        raise Failure(f"no policy is called {policy}", sorted(known))
    number = number or known[policy]["in_force"] or known[policy]["latest"]
    return api.get(f"/v1/policies/{part(policy)}/versions/{number}")


@api_command(app, "draft", _show, examples("relevo policy draft policy.yaml"))
def draft(api: Api, file: File) -> Any:
    """Store a policy as a draft; it decides nothing yet."""
    return api.post("/v1/policies", {"text": _read(file).decode(), "file": Path(file).name})


@api_command(app, "activate", _show, examples("relevo policy activate b2b-starter 4"))
def activate(
    api: Api, policy: Policy, number: Annotated[int, typer.Argument(min=1, help="The draft.")]
) -> Any:
    """Let a draft decide from now on, as a trial until both teams have signed it."""
    return api.post(f"/v1/policies/{part(policy)}/versions/{number}/activate")


@api_command(
    app,
    "try-one",
    lambda found: print_explanation(found["explanation"]),
    examples(
        "relevo policy try-one --file policy.yaml --lead ana@acme.com",
        "relevo policy try-one --policy b2b-starter --invented lead.json",
    ),
)
def try_one(
    api: Api,
    file: Annotated[str | None, typer.Option(help="A policy file.")] = None,
    policy: Annotated[str | None, typer.Option(help="Or a stored policy's name.")] = None,
    number: Annotated[int | None, typer.Option(min=1, help="Its version; else in force.")] = None,
    lead: Annotated[str | None, typer.Option(help="E-mail or id of a lead.")] = None,
    invented: Annotated[
        str | None, typer.Option(help="Or a JSON file with lead, account and touches.")
    ] = None,
) -> Any:
    """Ask a policy about one lead: both scores, every gate, and what is missing.

    Nothing is stored. The file of an invented lead looks like
    {"lead": {"title": "CTO"}, "account": {"employees": 80},
    "touches": [{"touch": "demo.requested"}]}.
    """
    trial: dict[str, Any] = {"policy": policy, "number": number, "lead": lead}
    if file is not None:
        trial["text"] = _read(file).decode()
    if invented is not None:
        try:
            trial["invented"] = json.loads(_read(invented))
        except ValueError as error:
            raise Failure(f"{invented} is no JSON: {error}") from None
    given = {name: value for name, value in trial.items() if value is not None}
    return api.post("/v1/policies/try-one", given)


changing.register(app)


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from None
