"""What channels are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.egress import Egress


@dataclass(frozen=True, slots=True)
class Parts:
    """The way out, the clock and the settings channels use. Empty settings: not set up."""

    egress: Egress
    now: Callable[[], datetime]
    smtp_url: str = ""
    mail_from: str = "relevo@localhost"
    webhook_secret: str = ""
