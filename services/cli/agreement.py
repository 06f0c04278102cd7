"""``relevo policy``: sign a version, put it in force, bring one back, see who did what."""

from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples
from services.cli.failure import Failure
from services.cli.files import read_text
from services.cli.output import Columns, local, print_table
from services.cli.policy import Comment, Policy, show_version, standing
from services.cli.signed_text import differences, find

app = typer.Typer()  # part of `relevo policy`

HISTORY: Columns = {
    "when": lambda one: local(one["at"]),
    "version": "number",
    "step": lambda one: str(one["what"]).replace("_", " "),
    "who": lambda one: one["person"] or one["who"],
    "more": lambda one: _more(one["detail"]),
    "comment": "comment",
}

Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="The version.")]
Role = Annotated[
    Literal["marketing", "sales"],
    typer.Option("--as", help="The role you have, and sign as."),
]


def moment(text: str) -> str:
    """Return a date as the API takes it; without a zone it is this machine's."""
    return datetime.fromisoformat(text).astimezone().isoformat()


From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="DATE",
        parser=moment,
        help="2027-01-01, or with a time; in this machine's zone unless it says one.",
    ),
]


def told(version: dict[str, Any]) -> None:
    """Print where a version stands."""
    print(f"{version['policy']} version {version['number']}: {standing(version)}")


@api_command(
    app,
    "sign",
    told,
    examples(
        "relevo policy sign inbound 4 --as sales --file policy.yaml",
        "relevo policy sign inbound 4 --as marketing --digest 9f86d081… --comment 'as agreed'",
    ),
)
def sign(
    api: Api,
    policy: Policy,
    number: Number,
    role: Role,
    file: Annotated[str | None, typer.Option(help="The policy file you have read.")] = None,
    digest: Annotated[str | None, typer.Option(help="Or the digest of what you have read.")] = None,
    comment: Comment = "",
) -> Any:
    """Sign a version for your team, with the key of a person who has the role.

    It must have been tried on history, and two different people sign. You sign what you
    have read: name the file, or the digest that `relevo policy show` prints.
    """
    if (file is None) == (digest is None):
        raise typer.BadParameter("say what you have read: give either --file or --digest")
    if file is not None:
        digest = _digest_of(api, policy, number, file)
    body = {"as": role, "digest": digest, "comment": comment}
    return api.post(f"{_path(policy, number)}/sign", body)


@api_command(
    app, "unsign", told, examples("relevo policy unsign inbound 4 --as sales --comment 'not yet'")
)
def unsign(api: Api, policy: Policy, number: Number, role: Role, comment: Comment = "") -> Any:
    """Withdraw your team's signature, until the version was activated with it."""
    return api.post(f"{_path(policy, number)}/unsign", {"as": role, "comment": comment})


@api_command(
    app,
    "activate",
    told,
    examples(
        "relevo policy activate inbound 4", "relevo policy activate inbound 4 --from 2027-01-01"
    ),
)
def activate(
    api: Api, policy: Policy, number: Number, starts_at: From = None, comment: Comment = ""
) -> Any:
    """Let a version decide, from now on or from a date, once both teams have signed it.

    A new installation has a trial: until its first signed version, drafts can decide
    unsigned, and every hand-off says so.
    """
    body = {"starts_at": starts_at, "comment": comment}
    return api.post(f"{_path(policy, number)}/activate", body)


@api_command(app, "unschedule", told, examples("relevo policy unschedule inbound 4"))
def unschedule(api: Api, policy: Policy, number: Number, comment: Comment = "") -> Any:
    """Take back the date of a version that waits for it; its signatures stand."""
    return api.post(f"{_path(policy, number)}/unschedule", {"comment": comment})


@api_command(
    app,
    "retire",
    told,
    examples("relevo policy retire b2b-old --why 'one policy for all countries now'"),
)
def retire(
    api: Api,
    policy: Policy,
    why: Annotated[str, typer.Option(help="Why; it stays in the history.")],
) -> Any:
    """Let a policy hand nobody over any more. Its open hand-offs go on."""
    return api.post(f"/v1/policies/{part(policy)}/retire", {"why": why})


@api_command(app, "restore", show_version, examples("relevo policy restore inbound 2"))
def restore(api: Api, policy: Policy, number: Number, comment: Comment = "") -> Any:
    """Draft the text of an old version again, as a new one to be tried and signed."""
    return api.post(f"{_path(policy, number)}/restore", {"comment": comment})


@api_command(
    app,
    "history",
    lambda rows: print_table(rows, HISTORY, "no history"),
    examples("relevo policy history inbound", "relevo policy history inbound --json"),
)
def history(api: Api, policy: Policy) -> Any:
    """Tell who drafted, tried, signed and activated which version, and when."""
    return api.pages(f"/v1/policies/{part(policy)}/history")


def _digest_of(api: Api, policy: str, number: int, file: str) -> str:
    """Return the digest of a version, after comparing it with the file somebody has read."""
    text = read_text(file)
    found = find(api, file, text)
    version = api.get(_path(policy, number))
    if found["policy"] != policy or number not in [one["number"] for one in found["versions"]]:
        raise Failure(
            f"{file} is not what {policy} version {number} says",
            differences(version["text"], text, file),
        )
    return str(version["digest"])


def _path(policy: str, number: int) -> str:
    return f"/v1/policies/{part(policy)}/versions/{number}"


def _more(detail: dict[str, Any]) -> str:
    """Return what matters of a step beside who and when."""
    told = {
        "as": "as {}",
        "agreement": "{}",
        "starts_at": "from {}",
        "restored_from": "of version {}",
        "succeeded_by": "by version {}",
    }
    parts = [words.format(detail[name]) for name, words in told.items() if name in detail]
    return ", ".join(parts)
