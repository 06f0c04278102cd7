"""Handoff's settings, beside those every service has."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from pydantic import Field, field_validator

from services.handoff.sign_in_settings import SignInSettings
from shared.answer_links import LinkSettings
from shared.fields import Email, Name


class HandoffSettings(SignInSettings, LinkSettings):
    """What handoff reads from the environment."""

    policy_file: str = Field(
        default="",
        description="The policy a new installation tries first; the starter policy when empty.",
    )
    owner_name: Name = Field(
        default="Administrator",
        description="The person who gets a hand-off when nobody else can; made at the first start.",
    )
    owner_email: Email = Field(
        default="admin@localhost.localdomain", description="That person's e-mail address."
    )
    link_days: int = Field(
        default=14,
        ge=1,
        le=90,
        description="Days the links in a message can be answered by; no longer than the hand-off "
        "waits for an answer.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of proxies, with commas between, whose "
        "`X-Forwarded-For` says who signs in to the console.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        networks_of(text)
        return text


def networks_of(text: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks a setting names. Raises ``ValueError``."""
    return [ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]
