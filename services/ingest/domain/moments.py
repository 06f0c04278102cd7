"""When something happened, out of what sources write and what can be believed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from services.ingest.domain.incoming import Told

FUTURE_TOLERANCE = timedelta(minutes=5)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
LONGEST_TEXT = 64

Note = Literal["missing", "future", "absurd"]

# Not only ISO 8601: months of one digit, a blank for the T, 7 digits of a second, no zone.
WRITTEN = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"\s*(Z|z|UTC|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
NUMBER = re.compile(r"-?\d{1,19}(?:\.\d{1,9})?", re.ASCII)
# Some write the zone of a mail's date as ISO 8601 has it, which the parser leaves out.
COLON_IN_ZONE = re.compile(r"(?<= [+-]\d\d):(?=\d\d$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Happened:
    """When an event counts as having happened, and why that is not what the source said."""

    at: datetime
    note: Note | None


def read_moment(told: Told) -> datetime | None:
    """Return ``told`` as a moment in UTC; None when it is none between 2000 and 2200.

    Numbers are seconds, milliseconds or microseconds since 1970, by their size. Text is ISO
    8601 and its neighbours, a number, or the form of mail and HTTP headers; without a zone
    it is UTC.
    """
    try:
        moment = _read(told)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return moment if moment is not None and EARLIEST <= moment <= LATEST else None


def _read(told: Told) -> datetime | None:
    if told is None or isinstance(told, bool):
        return None
    if isinstance(told, int | float):
        return _since_1970(told)
    text = told.strip()
    if not text or len(text) > LONGEST_TEXT:
        return None
    if text[4:5] == text[7:8] == "-" and text[10:11] == "T":
        try:
            moment = datetime.fromisoformat(text)  # what most write, and ten times as quick
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except ValueError:
            pass
    if match := WRITTEN.fullmatch(text):
        return _written(match)
    if NUMBER.fullmatch(text):
        return _since_1970(float(text))
    moment = parsedate_to_datetime(COLON_IN_ZONE.sub("", text))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _since_1970(number: float) -> datetime:
    size = abs(number)
    unit = 1 if size < 1e11 else 1e3 if size < 1e14 else 1e6
    return datetime.fromtimestamp(number / unit, UTC)


def _written(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    moment = datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "0").ljust(6, "0")[:6]),
        tzinfo=UTC,
    )
    if zone is None or zone in ("Z", "z", "UTC"):
        return moment
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return moment - offset if zone[0] == "+" else moment + offset


def happened(told: Told, sent: Told, received_at: datetime) -> Happened:
    """Return when the event counts as having happened.

    ``sent`` is what the sender's clock showed when it sent: the event lies as long before
    the receipt as, by that clock, it lay before the sending. A missing or absurd moment and
    one more than five minutes ahead become the moment of receipt, with a note.
    """
    if told is None or told == "":
        return Happened(received_at, "missing")
    moment = read_moment(told)
    if moment is None:
        return Happened(received_at, "absurd")
    sent_at = read_moment(sent)
    if sent_at is not None and moment <= sent_at:
        moment = received_at - (sent_at - moment)
    if moment < EARLIEST:
        return Happened(received_at, "absurd")
    if moment > received_at + FUTURE_TOLERANCE:
        return Happened(received_at, "future")
    return Happened(moment, None)


def first_told(values: Iterable[object]) -> Told:
    """Return the first of ``values`` that can be a moment as somebody writes it."""
    for value in values:
        if value is None or value == "" or isinstance(value, bool):
            continue
        if isinstance(value, str | int | float):
            return value
    return None
