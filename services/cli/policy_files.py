"""``relevo policy`` and files: begin one, write a signed version down, take a signed one in.

For policies that live in Git: ``policy.yaml`` is the text, ``policy.signed.json`` beside it
says which version it is and who signed it.
"""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from services.cli.agreement import From, told
from services.cli.client import Api, Refused, part
from services.cli.command import api_command, examples
from services.cli.failure import Failure
from services.cli.files import read_file, read_text
from services.cli.output import note
from services.cli.policy import Comment, File, Policy
from services.cli.signed_text import differences, find, is_signed, proof_of, unsigned_by

app = typer.Typer()  # part of `relevo policy`

SCHEMA = "policy.schema.json"


@app.command(
    "new", epilog=examples("relevo policy new", "relevo policy new inbound.yaml --name inbound")
)
def new(
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="The file to write.")
    ] = "policy.yaml",
    language: Annotated[
        Literal["es", "en"], typer.Option(help="Language of its comments and names.")
    ] = "en",
    name: Annotated[str | None, typer.Option(help="The policy's name.")] = None,
) -> None:
    """Write a policy to begin with, and its schema for editors beside it.

    A file that is there already is left alone.
    """
    starters = files("services.handoff.policy_document") / "starters"
    text = (starters / f"starter.{language}.yaml").read_text(encoding="utf-8")
    if name is not None:
        text = _renamed(text, name)
    _write_new(Path(file), text)
    schema = Path(file).with_name(SCHEMA)
    if not schema.exists():
        _write_new(schema, (starters / SCHEMA).read_text(encoding="utf-8"))
    note(f"{file} written; next: relevo policy check {file}")


@api_command(
    app,
    "export",
    lambda written: print("\n".join(written["files"])),
    examples("relevo policy export inbound policy.yaml", "relevo policy export inbound --number 3"),
)
def export(
    api: Api,
    policy: Policy,
    file: Annotated[str | None, typer.Argument(help="The file; POLICY.yaml if left out.")] = None,
    number: Annotated[
        int | None, typer.Option(min=1, help="A version; else the one in force, or the newest.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that say something else.")
    ] = False,
) -> Any:
    """Write a version to a file exactly as it was signed, and the proof of it beside it.

    FILE.signed.json names policy, version, digest and who signed when; it is written once
    both teams have signed.
    """
    one = api.get(f"/v1/policies/{part(policy)}")
    number = number or one["in_force"] or one["latest"]
    version = api.get(f"/v1/policies/{part(policy)}/versions/{number}")
    target = Path(file or f"{policy}.yaml")
    documents = {target: version["text"]}
    if is_signed(version):
        documents[sidecar(target)] = (
            json.dumps(proof_of(version), ensure_ascii=False, indent=2) + "\n"
        )
    else:
        note(f"no proof: {unsigned_by(version)} did not sign {policy} version {number}")
    for path, text in documents.items():
        if path.exists() and not overwrite and path.read_bytes() != text.encode():
            raise Failure(f"{path} says something else", remedy="to replace it: --overwrite")
    for path, text in documents.items():
        _write(path, text)
    return {"policy": policy, "number": number, "files": [str(path) for path in documents]}


@api_command(
    app,
    "apply",
    told,
    examples(
        "relevo policy apply policy.yaml",
        "relevo policy apply policy.yaml --signed policy.signed.json --from 2027-01-01",
    ),
)
def apply(
    api: Api,
    file: File,
    signed: Annotated[
        str | None, typer.Option(help="The proof; FILE.signed.json where there is one.")
    ] = None,
    starts_at: From = None,
    comment: Comment = "",
) -> Any:
    """Put in force what a file says, if it is what both teams have signed.

    For pipelines. Refused, with the lines that differ, when it is not; what decides already
    is left alone. The proof is compared with the server's signatures and replaces none.
    """
    text = read_text(file)
    found = find(api, file, text)
    if signed is None and sidecar(Path(file)).exists():
        signed = str(sidecar(Path(file)))
    if signed is None:
        version = _agreed(api, file, text, found)
    else:
        version = _proven(api, file, text, found, signed)
    if version["text"] != text:
        note(f"{file}: comments or layout are others than what was signed")
    where = f"/v1/policies/{part(version['policy'])}/versions/{version['number']}"
    body = {"starts_at": starts_at, "signed_only": True, "comment": comment}
    return api.post(f"{where}/activate", body)


def sidecar(file: Path) -> Path:
    """Return where the proof of a policy file is kept."""
    return file.with_suffix(".signed.json")


def _agreed(api: Api, file: str, text: str, found: dict[str, Any]) -> dict[str, Any]:
    """Return the signed version a file says, the one that decides or waits before others."""
    policy = found["policy"]
    agreed = [one for one in found["versions"] if is_signed(one)]
    for states in (("in_force", "scheduled"), ("draft",)):
        for one in agreed:
            if one["state"] in states:
                return _whole(api, one)
    if agreed:
        number = agreed[0]["number"]
        remedy = f"relevo policy restore {policy} {number}    and have it signed again"
        raise Failure(f"{policy} version {number} said this and was succeeded", (), remedy)
    if found["versions"]:
        one = found["versions"][0]
        missing = unsigned_by(one)
        raise Failure(f"{policy} version {one['number']} says this; {missing} did not sign it")
    for one in api.pages(f"/v1/policies/{part(policy)}/versions"):
        if is_signed(one):
            raise _differs(file, text, _whole(api, one))
    raise Failure(f"nobody has signed what {file} says", remedy=f"relevo policy draft {file}")


def _proven(api: Api, file: str, text: str, found: dict[str, Any], signed: str) -> dict[str, Any]:
    """Return the version a proof names, once file, proof and server say the same."""
    proof = _proof(signed)
    if proof["policy"] != found["policy"]:
        raise Failure(f"{file} is {found['policy']}, and {signed} is of {proof['policy']}")
    try:
        version = _whole(api, proof)
    except Refused as refused:
        if refused.status != 404:
            raise
        raise Failure(
            f"{signed}: no such version here: {proof['policy']} {proof['number']}"
        ) from None
    if version["number"] not in [one["number"] for one in found["versions"]]:
        raise _differs(file, text, version)
    stored = proof_of(version)
    others = [name for name, value in stored.items() if proof.get(name) != value]
    if others:
        raise Failure(
            f"{signed} tells something else than the server has stored",
            [f"{signed}: {name}" for name in others],
            f"relevo policy export {version['policy']} {file} --number {version['number']}",
        )
    return version


def _differs(file: str, text: str, version: dict[str, Any]) -> Failure:
    what = f"{file} is not what was signed as {version['policy']} version {version['number']}"
    return Failure(what, differences(version["text"], text, file))


def _whole(api: Api, version: dict[str, Any]) -> dict[str, Any]:
    where = f"/v1/policies/{part(version['policy'])}/versions/{version['number']}"
    whole: dict[str, Any] = api.get(where)
    return whole


def _proof(file: str) -> dict[str, Any]:
    try:
        proof = json.loads(read_file(file))
        return {**proof, "policy": str(proof["policy"]), "number": int(proof["number"])}
    except (ValueError, KeyError, TypeError):
        raise Failure(f"{file} is no proof of a signed policy") from None


def _renamed(text: str, name: str) -> str:
    """Return a starter under another name. Raises ``Failure`` for one no policy can have."""
    from services.handoff.policy_document import compile_policy

    renamed = re.sub(
        r"^policy: .*$", lambda _: f"policy: {name}", text, count=1, flags=re.MULTILINE
    )
    compiled = compile_policy(renamed, lists=None)
    if compiled.version is None or compiled.version.policy != name:
        raise Failure(f"no policy can be called {name!r}", [str(one) for one in compiled.errors])
    return renamed


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise Failure(f"{path} is there already") from None
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None
