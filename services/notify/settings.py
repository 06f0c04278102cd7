"""What an installation can set about notify."""

from pydantic import Field, SecretStr, field_validator

from shared import addresses
from shared.answer_links import LinkSettings


class NotifySettings(LinkSettings):
    """Settings of notify."""

    egress_allow: str = Field(
        default="",
        description="Internal networks we may call all the same: `10.1.0.0/16,::1/128`.",
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="`smtp://user:password@host:587` (STARTTLS where offered), `smtps://…` or "
        "`smtp+starttls://…` (STARTTLS required). Without it no mail is sent.",
    )
    mail_from: str = Field(
        default="relevo@localhost", description="Sender of our mails: `Relevo <relevo@acme.com>`."
    )
    personal_webhook_secret: SecretStr | None = Field(
        default=None, description="`whsec_…`: signs what people get on their own webhooks."
    )
    fold_updates_s: int = Field(
        default=300,
        ge=0,
        description="News about one hand-off within so many seconds become one message.",
    )
    feed_kept_days: int = Field(default=90, ge=30, description="How long the feed keeps events.")
    deliveries_kept_days: int = Field(
        default=30, ge=1, description="How long settled deliveries and their attempts are kept."
    )

    @field_validator("egress_allow")
    @classmethod
    def _networks(cls, value: str) -> str:
        addresses.networks(value)
        return value
