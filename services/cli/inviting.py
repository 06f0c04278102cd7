"""``relevo people invite``, ``sign-out`` and ``unlink``: who gets into the console."""

from typing import Any

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples
from services.cli.output import print_fields
from services.cli.people import Who, person_id


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``relevo people``."""

    @api_command(app, "invite", print_fields, examples("relevo people invite ana@acme.com"))
    def invite(api: Api, who: Who) -> Any:
        """Make a link with which a person sets a password for the console, once."""
        return api.post(f"/v1/people/{part(person_id(api, who))}/invite")

    @api_command(app, "sign-out", print_fields, examples("relevo people sign-out ana@acme.com"))
    def sign_out(api: Api, who: Who) -> Any:
        """End every session of a person in the console."""
        return api.post(f"/v1/people/{part(person_id(api, who))}/sign-out")

    @api_command(app, "unlink", print_fields, examples("relevo people unlink ana@acme.com"))
    def unlink(api: Api, who: Who) -> Any:
        """Let a person sign in by another account of the company's provider.

        For when theirs was replaced there: the next account with their address is theirs.
        """
        return api.post(f"/v1/people/{part(person_id(api, who))}/unlink")
