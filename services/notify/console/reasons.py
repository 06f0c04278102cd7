"""Why something did not get through, in the reader's language.

What is stored says it in English, for logs and programs. What has no words here is shown as
it is: better than nothing.
"""

from services.notify.domain.failing import GONE, NOTHING_ARRIVED
from shared.console.formats import Formats, clip

LONGEST = 200
# By how a stored reason begins; the first that fits.
WORDS = (
    ("no connection in time", "reason_slow"),
    ("no answer in time", "reason_slow"),
    ("no connection", "reason_no_connection"),
    ("the host cannot be resolved", "reason_unresolved"),
    ("the host leads to no address", "reason_forbidden"),
    ("the URL", "reason_forbidden"),
    ("the port", "reason_forbidden"),
    ("not a URL", "reason_forbidden"),
    ("the answer is not HTTP", "reason_no_http"),
    ("the head of the answer", "reason_no_http"),
    ("the connection was closed", "reason_closed"),
    ("mail server", "reason_mail_server"),
    ("our error", "reason_ours"),
    ("the sender was lost", "reason_lost"),
    ("subscription disabled", "reason_disabled"),
    ("overtaken", "reason_overtaken"),
    ("the lead was erased", "reason_erased"),
    ("the feed has let the event go", "reason_let_go"),
    ("paused by hand", "reason_by_hand"),
    ("disabled by hand", "reason_by_hand"),
    (NOTHING_ARRIVED, "reason_nothing_arrived"),
    (GONE, "reason_gone"),
)
WITH_STATUS = {"http": "reason_http", "smtp": "reason_smtp"}


def in_words(words: Formats, reason: str | None) -> str:
    """Return ``reason`` as a page says it; empty for none."""
    if not reason:
        return ""
    kind, _, status = reason.partition(" ")
    if kind in WITH_STATUS and status.isdigit():
        return words.say(WITH_STATUS[kind], status=status)
    key = next((key for start, key in WORDS if reason.startswith(start)), None)
    return words.say(key) if key else clip(reason, LONGEST)
