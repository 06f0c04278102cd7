"""Who an event is about: identifiers in one form, the strongest first.

An e-mail address names a person everywhere; ids of a tool name one only within its source.
"""

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from services.ingest.domain.incoming import IncomingTouch

LONGEST_ID = 200
ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
# What broken snippets and templates send when they know nobody.
PLACEHOLDERS = frozenset(
    {
        *("", "0", "-1", "-", "null", "none", "nil", "undefined", "nan", "unknown"),
        *("anonymous", "guest", "n/a", "na", "false", "true", "[object object]", "(not set)"),
        "00000000-0000-0000-0000-000000000000",
    }
)
TEMPLATE = re.compile(r"^(?:\{\{.*\}\}|%[^%]*%|\*\|.*\|\*|\$\{.*\}|\[\[.*\]\])$")


class InvalidEmail(ValueError):
    """The text is no e-mail address; the message says why, without the text."""


@lru_cache(maxsize=65_536)
def normal_email(text: str) -> str:
    """Return the address as an identifier: ``Ana@Acme.COM`` is ``ana@acme.com``.

    The domain is lower case and in its ASCII form. Of the local part the ASCII letters are
    lower-cased, nothing else is folded: dots and ``+tag`` tell people apart at some hosts.

    Raises ``InvalidEmail``.
    """
    try:
        address = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise InvalidEmail(str(error)) from None
    return f"{address.local_part.translate(ASCII_LOWER)}@{address.ascii_domain}"


def is_placeholder(value: str) -> bool:
    """Return whether ``value`` names nobody."""
    return value.strip().lower() in PLACEHOLDERS or TEMPLATE.match(value.strip()) is not None


def identifiers(touch: IncomingTouch, source: str) -> tuple[list[str], str | None]:
    """Return who ``touch`` is about, the strongest identifier first, and what was no identifier.

    Of an address that changed the new one comes first, the former ones behind it.

    The second value is None or a note such as ``invalid_email``: the e-mail address given is
    left out and the touch kept, by its other identifiers.
    """
    found: list[str] = []
    note = None
    for email in (touch.email, *touch.other_emails):
        if email and not is_placeholder(email):
            try:
                found.append(f"email:{normal_email(email)}")
            except InvalidEmail:
                note = "invalid_email"
    known = [id_ for id_ in (touch.user_id, *touch.other_ids, *touch.earlier_ids) if id_]
    anonymous = [id_ for id_ in (touch.anonymous_id, *touch.earlier_ids) if id_]
    found += [f"user:{source}:{_bounded(id_)}" for id_ in known if not is_placeholder(id_)]
    found += [f"anon:{source}:{_bounded(id_)}" for id_ in anonymous if not is_placeholder(id_)]
    return list(dict.fromkeys(found)), note


def former_emails(touch: IncomingTouch, kind: str) -> tuple[str, ...]:
    """Return the addresses a touch of ``kind`` says the lead has no longer, as they are told."""
    if kind != "email.changed":
        return ()
    told = (touch.properties.get(name) for name in ("previous_email", "old_email"))
    return (*touch.other_emails, *(one for one in told if isinstance(one, str)))


def former_identifiers(emails: Iterable[str], found: list[str]) -> list[str]:
    """Return the identifiers of ``emails`` among those ``found``; the first of those stays."""
    former = []
    for email in emails:
        try:
            former.append(f"email:{normal_email(email)}")
        except InvalidEmail:
            continue
    return [one for one in dict.fromkeys(former) if one in found[1:]]


def _bounded(value: str) -> str:
    text = value.strip()
    if len(text) <= LONGEST_ID:
        return text
    return f"sha256-{hashlib.sha256(text.encode()).hexdigest()}"
