"""``relevo policy text`` and ``diff``: an agreement in plain words, and what changed in it.

Files are read here and need no running product; stored versions are told by it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from services.cli.client import Api, part
from services.cli.command import AsJson, Key, Url, examples, open_api
from services.cli.failure import Failure
from services.cli.files import read_text
from services.cli.output import print_json
from services.cli.policy import stored

if TYPE_CHECKING:
    from services.handoff.domain.policy import PolicyVersion
    from services.handoff.texts import Text

Language = Annotated[
    Literal["es", "en"] | None,
    typer.Option(help="The language; else RELEVO_LANGUAGE, or the running Relevo's."),
]
Form = Annotated[Literal["text", "markdown"], typer.Option("--format", help="What to print.")]
Policy = Annotated[str | None, typer.Option("--policy", help="A stored policy's name.")]

TEXT_EXAMPLES = examples(
    "relevo policy text",
    "relevo policy text policy.yaml --language es",
    "relevo policy text --policy b2b-starter --number 3 --format markdown",
)
DIFF_EXAMPLES = examples(
    "relevo policy diff old.yaml new.yaml",
    "relevo policy diff policy.yaml",
    "relevo policy diff --number 4 --against 3 --language es",
)


def text(
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="A policy file; - reads a pipe.")
    ] = None,
    policy: Policy = None,
    number: Annotated[int | None, typer.Option(min=1, help="A version; else in force.")] = None,
    language: Language = None,
    form: Form = "text",
    url: Url = "",
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Tell an agreement in plain words, to be read aloud.

    The words are made from what runs: from a file, which needs no running server, or from a
    stored version, the one in force unless told otherwise.
    """
    with _failing(as_json):
        if file is not None:
            from services.handoff.texts import tell

            told = tell(_compiled(file), _language(language))
            _print(told, form, as_json)
            return
        with open_api(url, key) as api:
            name, number = stored(api, policy, number)
            path = f"/v1/policies/{part(name)}/versions/{number}/text"
            _print_answer(api, "GET", path, None, {"language": language}, form, as_json)


def diff(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[OLD] [FILE]", help="Two files, or one and a stored version."),
    ] = None,
    policy: Policy = None,
    number: Annotated[
        int | None, typer.Option(min=1, help="Without a file: the version to look at.")
    ] = None,
    against: Annotated[
        int | None, typer.Option(min=1, help="The version to compare with; else in force.")
    ] = None,
    language: Language = None,
    form: Form = "text",
    url: Url = "",
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Tell what changed between two agreements, in the same words.

    Two files need no running server. One file is compared with the version in force of the
    policy it names, or with another stored one; --number compares two stored versions.
    """
    files = files or []
    if len(files) > 2 or bool(files) is (number is not None):
        raise typer.BadParameter("give one file, two files, or --number")
    with _failing(as_json):
        if len(files) == 2:
            from services.handoff.texts import tell_changes

            old, new = (_compiled(file) for file in files)
            names = (files[0], files[1])
            _print(tell_changes(old, new, _language(language), names), form, as_json)
            return
        query: dict[str, Any] = {"language": language}
        with open_api(url, key) as api:
            if files:
                body: dict[str, Any] = {"text": read_text(files[0]), "file": files[0]}
                body |= {"against_policy": policy, "against_number": against}
                _print_answer(api, "POST", "/v1/policies/diff", body, query, form, as_json)
                return
            name, number = stored(api, policy, number)
            path = f"/v1/policies/{part(name)}/versions/{number}/diff"
            query["against"] = against
            _print_answer(api, "GET", path, None, query, form, as_json)


@contextmanager
def _failing(as_json: bool) -> Iterator[None]:
    try:
        yield
    except Failure as failure:
        failure.tell(as_json)
        raise typer.Exit(1) from None


def _compiled(file: str) -> "PolicyVersion":
    """Return the version a file holds. Raises ``Failure`` with every error and its place."""
    from services.handoff.policy_document import compile_policy

    name = "policy.yaml" if file == "-" else file
    found = compile_policy(read_text(file), name, lists=None)
    if found.version is None:
        places = [str(error) for error in found.errors]
        document = {"errors": [error.as_dict() for error in found.errors]}
        raise Failure(f"{name} has errors", places, document=document)
    return found.version


def _language(given: Literal["es", "en"] | None) -> Literal["es", "en"]:
    if given is not None:
        return given
    from services.cli.environment import CliSettings

    return CliSettings().language


def _print(told: "Text", form: str, as_json: bool) -> None:
    from services.handoff.texts import as_markdown, as_text

    if as_json:
        print_json(told.as_dict())
    else:
        print(as_markdown(told) if form == "markdown" else as_text(told), end="")


def _print_answer(
    api: Api,
    method: str,
    path: str,
    body: Any,
    query: dict[str, Any],
    form: str,
    as_json: bool,
) -> None:
    if as_json:
        print_json(api.call(method, path, query=query, body=body))
    else:
        print(api.page(method, path, {**query, "format": form}, body), end="")
