"""Settings of signing in by a company's own accounts (OpenID Connect)."""

from importlib.util import find_spec
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from shared import addresses
from shared.settings import Settings

LIBRARIES = ("authlib", "joserfc")


class SignInSettings(Settings):
    """How people sign in to the console."""

    oidc_issuer: str = Field(
        default="",
        description="The OpenID Connect provider people sign in with, as it names itself: "
        "`https://accounts.google.com`. See docs/sign-in.md.",
    )
    oidc_client_id: str = Field(default="", description="What the provider knows Relevo as.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="The secret that goes with it."
    )
    oidc_name: str = Field(
        default="",
        max_length=40,
        description="What the button calls the provider: `Google`, `Acme`.",
    )
    oidc_domains: str = Field(
        default="",
        description="Domains of the addresses that may sign in by it, with commas between; all "
        "when empty.",
    )
    oidc_allow: str = Field(
        default="",
        description="Internal networks the provider may be in: `10.1.0.0/16`. For signing in "
        "alone, unlike `RELEVO_EGRESS_ALLOW`.",
    )
    password_sign_in: bool = Field(
        default=True, description="Whether passwords work too; without a provider they must."
    )

    @field_validator("oidc_issuer")
    @classmethod
    def _is_an_issuer(cls, url: str) -> str:
        parts = urlsplit(url)
        is_plain = not (parts.query or parts.fragment or parts.username)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname or not is_plain):
            raise ValueError("it is the provider's https URL, without query: https://id.acme.com")
        return url

    @field_validator("oidc_allow")
    @classmethod
    def _are_the_providers(cls, text: str) -> str:
        addresses.networks(text)
        return text

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        given = {
            "RELEVO_OIDC_ISSUER": self.oidc_issuer,
            "RELEVO_OIDC_CLIENT_ID": self.oidc_client_id,
            "RELEVO_OIDC_CLIENT_SECRET": self.oidc_client_secret,
        }
        lacking = [name for name, value in given.items() if not value]
        if lacking and len(lacking) < len(given):
            raise ValueError(f"signing in by OpenID Connect lacks {' and '.join(lacking)}")
        if lacking and not self.password_sign_in:
            raise ValueError("RELEVO_PASSWORD_SIGN_IN=false lets nobody in without RELEVO_OIDC_…")
        if not lacking and not all(find_spec(name) for name in LIBRARIES):
            raise ValueError("RELEVO_OIDC_ISSUER needs a library: pip install 'relevo[oidc]'")
        return self

    @property
    def has_provider(self) -> bool:
        """Return whether people can sign in by a provider."""
        return bool(self.oidc_issuer)

    def domains(self) -> frozenset[str]:
        """Return the domains of addresses that may sign in by the provider; none: all may."""
        parts = (part.strip().lower().removeprefix("@") for part in self.oidc_domains.split(","))
        return frozenset(part for part in parts if part)

    def unsafe(self) -> list[str]:
        found = super().unsafe()
        if self.has_provider and not self.oidc_issuer.startswith("https:"):
            found.append("RELEVO_OIDC_ISSUER is not https: anybody on the way could sign in")
        if self.has_provider and "public_url" not in self.model_fields_set:
            found.append(
                "RELEVO_PUBLIC_URL is not set: the provider would not know where to return"
            )
        return found
