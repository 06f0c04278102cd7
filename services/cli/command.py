"""Commands that speak to the API: what they share, written once.

``@api_command(group, "list", show=…)`` registers a function ``(api, …) -> answer``. The
command gets ``--url``, ``--key`` and ``--json``; the answer is printed as JSON or given to
``show``.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from services.cli.client import Api
from services.cli.failure import Failure
from services.cli.output import print_json

F = TypeVar("F", bound=Callable[..., Any])

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Url = Annotated[
    str,
    typer.Option("--url", help="The running Relevo.", envvar="RELEVO_URL", rich_help_panel="API"),
]
Key = Annotated[
    str, typer.Option("--key", help="API key.", envvar="RELEVO_KEY", rich_help_panel="API")
]
SHARED = {"url": (Url, ""), "key": (Key, ""), "as_json": (AsJson, False)}


def group(help_text: str) -> typer.Typer:
    """Return a group of commands."""
    return typer.Typer(help=help_text, no_args_is_help=True, rich_markup_mode=None)


def examples(*lines: str) -> str:
    """Return the end of a command's help: lines to try, kept as they are."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def open_api(url: str = "", key: str = "") -> Api:
    """Return the API at ``url`` with ``key``; what is empty comes from the settings."""
    if url and key:
        return Api(url, key)
    from services.cli.environment import CliSettings

    settings = CliSettings()
    return Api(url or settings.address(), key or settings.best_key())


def api_command(
    commands: typer.Typer, name: str, show: Callable[[Any], None], epilog: str = ""
) -> Callable[[F], F]:
    """Register ``name`` in ``commands``; see the module's text. ``epilog`` has the examples."""

    def register(function: F) -> F:
        def run(url: str, key: str, as_json: bool, **given: Any) -> None:
            try:
                with open_api(url, key) as api:
                    answer = function(api, **given)
            except Failure as failure:
                failure.tell(as_json)
                raise typer.Exit(1) from None
            if as_json:
                print_json(answer)
            else:
                show(answer)

        # typer reads options from the signature: the function's own, then the shared ones.
        own = list(inspect.signature(function).parameters.values())[1:]
        shared = [
            inspect.Parameter(
                option, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind
            )
            for option, (kind, default) in SHARED.items()
        ]
        keyword = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
        run.__signature__ = inspect.Signature([*keyword, *shared])  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in [*keyword, *shared]}
        run.__doc__ = function.__doc__
        commands.command(name, epilog=epilog)(run)
        return function

    return register
