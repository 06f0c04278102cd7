"""Messages about a subscription that fails: for its contact, or for the admins' inbox."""

from services.notify.domain.failing import GONE, NOTHING_ARRIVED
from services.notify.domain.messages import Message, Trouble
from services.notify.texts.phrases import Phrases

BECAUSE = {NOTHING_ARRIVED: "because.nothing_arrived", GONE: "because.gone"}


def compose_trouble(words: Phrases, trouble: Trouble) -> Message:
    """Return the message in the language of ``words``."""
    key = BECAUSE.get(trouble.reason)
    values = {
        "name": trouble.name,
        "since": words.moment(trouble.since),
        "until": words.moment(trouble.until),
        "reason": words.say(key) if key else trouble.reason,
    }
    title = words.say(f"{trouble.kind}.subject", **values)
    return Message(words.language, title, words.say(f"{trouble.kind}.text", **values), (), ())
