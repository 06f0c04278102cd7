"""Rows of an export, as an import stores them: read by its columns, or as the tool's own posts.

Not a kind of tool, so no source can be made of it: a receipt of an import belongs to the
source whose activity it is, and holds the rows with all that is needed to read them. The
import asks the same functions before it stores, so what is stored can be read.

    {"plan": {…}, "headings": ["Correo", …], "rows": [["ana@acme.com", …], …]}

Every event has an id: the tool's own, or one made of who did what and when, so that the
same row in another file counts once. What is told about it is not compared, since a row
and a webhook say the same in other words.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

import orjson
from pydantic import Field

from services.ingest.domain.file_moments import file_moment
from services.ingest.domain.headings import guess, says_what
from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.text import text_of
from services.ingest.vendors import activecampaign, mautic
from services.ingest.vendors.bodies import value_at
from services.ingest.vendors.generic import Columns
from services.ingest.vendors.port import Options, Receipt, Vendor
from services.ingest.vendors.tokens import ShowsToken
from shared.fields import Zone

NAME = "import"
NOT_COMPARED = b""
"""The fingerprint of what is known by its id alone."""

# The tools' own names of events, where their exports are rows → touch kind
WORDS: dict[str, Mapping[str, str]] = {
    activecampaign.ActiveCampaign.name: activecampaign.TOUCHES,
    mautic.Mautic.name: {
        **mautic.TOUCHES,
        "email.read": "email.opened",
        "email.failed": "email.bounced",
        "email.replied": "email.replied",
        "page.hit": "page.viewed",
        "page.videohit": "video.watched",
        "form.submitted": "form.submitted",
        "asset.download": "content.downloaded",
        "lead.donotcontact": "email.unsubscribed",
        "sms.sent": "message.sent",
    },
}

PARTS = ("lead", "properties", "account")

Dates = Literal["dmy", "mdy"]
Reading = Literal["columns", "posts"]


class Plan(Options):
    """How the rows of one import are read."""

    reading: Reading = Field(
        default="columns", description="By columns, or each row as the tool itself would post it."
    )
    columns: Columns = Field(
        default=Columns(),
        description="Which column is what. Text after `=` stands for all rows.",
    )
    zone: Annotated[Zone, Field(description="Of moments that name none.")] = "UTC"
    dates: Dates | None = Field(
        default=None, description="How 04/03/2024 is meant; absent: such a day is an error."
    )


class Imported(ShowsToken):
    """Reads the receipts of imports into one source."""

    name: ClassVar[str] = NAME
    title: ClassVar[str] = "Activity imported from a file"

    def __init__(self, vendor: Vendor, options: Options, received_at: datetime):
        self._rows = Rows(vendor, options, received_at)

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        stored = orjson.loads(receipt.body)
        plan = Plan.model_validate(stored["plan"])
        headings = stored["headings"]
        for index, row in enumerate(stored["rows"]):
            place = f"/rows/{index}"
            try:
                values = row if headings is None else dict(zip(headings, row, strict=True))
                found = self._rows.read(plan, values)
            except Unreadable as fault:
                yield Unreadable(fault.code, f"{fault.place} {fault.message}".strip(), place)
                continue
            for touch in found:
                touch.place = place
                yield touch


class Rows:
    """Reads rows of one source's export, received at one moment."""

    def __init__(self, vendor: Vendor, options: Options, received_at: datetime):
        self._vendor = vendor
        self._options = options
        self._received_at = received_at

    def read(self, plan: Plan, values: Mapping[str, Any]) -> list[IncomingTouch]:
        """Return what a row tells.

        Raises ``Unreadable``; its ``place`` is the column at fault, or empty for the row.
        """
        if plan.reading == "columns":
            return [self._by_columns(plan, values)]
        found = [self._posted(one, values, n) for n, one in enumerate(self._as_post(values))]
        if not found:
            raise Unreadable("no_event", f"{self._vendor.title} tells nothing about a lead by it")
        return found

    def is_post(self, values: Mapping[str, Any]) -> bool:
        """Return whether the source's own adapter understands a row and whom it is about."""
        try:
            found = self.read(Plan(reading="posts"), values)
        except Unreadable:
            return False
        return all(one.email or one.user_id or one.anonymous_id for one in found)

    def _as_post(self, values: Mapping[str, Any]) -> Iterable[IncomingTouch | Unreadable]:
        headers = {"content-type": "application/json"}
        try:
            yield from self._vendor.touches(
                Receipt(headers, "", orjson.dumps(values)), self._options
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            detail = f"{self._vendor.name}: {type(error).__name__}"
            raise Unreadable("adapter_failed", detail) from None

    def _posted(
        self, touch: IncomingTouch | Unreadable, values: Mapping[str, Any], number: int
    ) -> IncomingTouch:
        if isinstance(touch, Unreadable):
            raise touch
        at = file_moment(touch.occurred_at, ZoneInfo("UTC"), None, self._received_at)
        touch.occurred_at = at.isoformat()
        touch.sent_at = None  # it was sent once; now it is read from a file
        if touch.source_event_id is None:
            touch.source_event_id = _digest([touch.fingerprint.hex(), number])
        touch.fingerprint = NOT_COMPARED
        return touch

    def _by_columns(self, plan: Plan, values: Mapping[str, Any]) -> IncomingTouch:
        columns = plan.columns
        event = _text(values, columns.event)
        if event is None:
            raise Unreadable("no_event", "does not say what happened", _column(columns.event))
        try:
            at = file_moment(
                _value(values, columns.time), ZoneInfo(plan.zone), plan.dates, self._received_at
            )
        except Unreadable as fault:
            raise Unreadable(fault.code, fault.message, _column(columns.time)) from None
        email = _text(values, columns.email)
        user_id = _text(values, columns.user_id)
        anonymous_id = _text(values, columns.anonymous_id)
        properties = _values(values, columns.properties)
        who = [email.lower() if email else None, user_id, anonymous_id]
        what = {name: one for name, one in sorted(properties.items()) if says_what(name)}
        given = _text(values, columns.id)
        return IncomingTouch(
            fingerprint=NOT_COMPARED,
            source_event_id=given or _digest([who, event.casefold(), at.isoformat(), what]),
            name=event,
            usual_kind=WORDS.get(self._vendor.name, {}).get(event.lower().removeprefix("mautic.")),
            email=email,
            user_id=user_id,
            anonymous_id=anonymous_id,
            occurred_at=at.isoformat(),
            properties=properties,
            lead=_values(values, columns.lead),
            account=_values(values, columns.account),
            user_agent=_text(values, columns.user_agent),
        )


def plan_for(
    vendor: str, headings: Sequence[str], asked: Plan, kept: Columns, rows_are_posts: bool
) -> Plan:
    """Return ``asked`` with what it leaves open: ``kept`` for the source, else guessed.

    Raises ``Unreadable`` when a column that was named is not there, or nothing says what
    happened, when, or to whom.
    """
    if rows_are_posts:
        return asked.model_copy(update={"reading": "posts", "columns": Columns()})
    said = _said(kept, headings, must=False) | _said(asked.columns, headings, must=True)
    found = guess(headings, {name: one for name, one in said.items() if isinstance(one, str)})
    for name, what in (("event", "what happened"), ("time", "when it happened")):
        if name not in found.fields:
            raise Unreadable(f"no_{name}_column", f"no column says {what}", name)
    if not found.fields.keys() & {"email", "user_id", "anonymous_id"}:
        raise Unreadable("no_person_column", "no column says who it was", "email")
    guessed = {"lead": found.lead, "properties": found.properties}
    parts = {name: _part(said.get(name), guessed.get(name, {}), said) for name in PARTS}
    columns: dict[str, Any] = {
        **found.fields,
        **{name: part for name, part in parts.items() if part},
    }
    return asked.model_copy(update={"reading": "columns", "columns": Columns(**columns)})


def _part(
    said: Any, guessed: Mapping[str, str], everything: Mapping[str, Any]
) -> str | Mapping[str, str]:
    """Return the columns of facts or properties: those that were named, and the guessed others."""
    if isinstance(said, str):
        return said
    parts = (everything.get(name) for name in PARTS)
    named = {one for part in parts if isinstance(part, dict) for one in part.values()}
    return {name: one for name, one in guessed.items() if one not in named} | (said or {})


def _said(columns: Columns, headings: Sequence[str], *, must: bool) -> dict[str, Any]:
    """Return the columns that were named and exist; raise for one that ``must`` and does not."""
    said: dict[str, Any] = {}
    for name, path in columns.model_dump(exclude_none=True).items():
        missing = [
            one
            for one in (path.values() if isinstance(path, dict) else [path])
            if not one.startswith("=") and one.split(".")[0] not in headings and one not in headings
        ]
        if not missing:
            said[name] = path
        elif must:
            there = ", ".join(headings)[:300]
            raise Unreadable(
                "no_such_column", f"no column {missing[0]!r}; there are: {there}", name
            )
    return said


def _value(values: Mapping[str, Any], path: str | None) -> Any:
    if path is None:
        return None
    return path[1:] if path.startswith("=") else value_at(values, path)


def _text(values: Mapping[str, Any], path: str | None) -> str | None:
    return text_of(_value(values, path))


def _values(values: Mapping[str, Any], paths: str | Mapping[str, str] | None) -> dict[str, Any]:
    if paths is None:
        return {}
    if isinstance(paths, str):
        found = _value(values, paths)
        return dict(found) if isinstance(found, Mapping) else {}
    told = {name: _value(values, path) for name, path in paths.items()}
    return {name: one for name, one in told.items() if one not in (None, "")}


def _column(path: str | None) -> str:
    return path if path and not path.startswith("=") else ""


def _digest(content: Any) -> str:
    return f"row:{hashlib.sha256(orjson.dumps(content)).hexdigest()[:32]}"
