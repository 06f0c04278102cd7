"""What the command line reads from the environment."""

from pathlib import Path

from pydantic import Field, SecretStr

from shared.settings import Settings


class CliSettings(Settings):
    """Where a running Relevo is, and the key to speak to it with."""

    url: str = Field(
        default="",
        description="The running Relevo that commands talk to; this machine's when empty.",
    )
    key: SecretStr | None = Field(
        default=None,
        description="API key of commands; where empty `RELEVO_ADMIN_KEY`, then the key the "
        "embedded product keeps in its data directory.",
    )

    def address(self) -> str:
        """Return the URL to speak to."""
        return self.url or f"http://127.0.0.1:{self.port}"

    def best_key(self) -> str | None:
        """Return the key to speak with, or None when this machine knows none."""
        given = self.key or self.admin_key
        if given is not None:
            return given.get_secret_value()
        if not self.database_url.startswith("sqlite:///"):
            return None
        try:
            return (
                (Path(self.database_url.removeprefix("sqlite:///")) / "admin-key")
                .read_text()
                .strip()
            )
        except OSError:
            return None
