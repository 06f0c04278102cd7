"""``relevo keys``: API keys for programs and people."""

from typing import Annotated, Any

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.output import Columns, local, note, print_table

app = group("Make and revoke API keys.")

KEYS: Columns = {
    "id": "key_id",
    "name": "name",
    "scopes": "scopes",
    "person": "person_id",
    "revoked": lambda one: local(one["revoked_at"]),
}


@api_command(
    app, "list", lambda rows: print_table(rows, KEYS, "no keys"), examples("relevo keys list")
)
def list_keys(api: Api) -> Any:
    """List keys, revoked ones too; never their text."""
    return api.pages("/v1/keys")


def _show_key(made: dict[str, Any]) -> None:
    note(f"The key {made['name']}, shown this once:")
    print(made["key"])


@api_command(
    app,
    "create",
    _show_key,
    examples(
        "relevo keys create crm --scope feed:read --scope handoffs:write",
        "relevo keys create 'phone of Ana' --person ana@acme.com",
    ),
)
def create(
    api: Api,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="What it may do; repeat it. See docs/api.md.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="E-mail or id of whom it acts for, if anybody.")
    ] = None,
) -> Any:
    """Make a key. It is printed this once."""
    new: dict[str, Any] = {"name": name, "scopes": scope or []}
    if person is not None:
        new["person"] = person
    return api.post("/v1/keys", new)


@api_command(app, "revoke", lambda _: note("revoked"), examples("relevo keys revoke 0198…"))
def revoke(
    api: Api, key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id.")]
) -> Any:
    """End a key: dead at once here, everywhere within five seconds."""
    return api.call("DELETE", f"/v1/keys/{part(key_id)}")
