"""``relevo policy``: check a policy file, see what is in force, ask it about one lead."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.command import AsJson, examples, group
from services.cli.failure import Failure
from services.cli.output import note, print_json

app = group("Check policies and ask them.")


@app.command(
    "check",
    epilog=examples("relevo policy check policy.yaml", "relevo policy check - < policy.yaml"),
)
def check(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A policy file; - reads it from a pipe.")
    ],
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find every mistake in a policy file, each with file, line and column.

    Needs no running server. Exits 1 when the policy cannot be used.
    """
    from services.handoff.policy_document import Vocabulary, compile_policy
    from services.ingest.domain.touch_kinds import KINDS

    try:
        source = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from None
    name = "policy.yaml" if file == "-" else file
    found = compile_policy(source, name, vocabulary=Vocabulary(touches=tuple(KINDS)))
    if as_json:
        print_json([problem.as_dict() for problem in found.problems])
    else:
        for problem in found.problems:
            print(problem)
        note(f"{len(found.errors)} errors, {len(found.warnings)} warnings")
    if found.errors or (strict and found.warnings):
        raise typer.Exit(1)
