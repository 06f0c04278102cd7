"""Requests and answers of imports."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from services.ingest.http.models import Given
from services.ingest.vendors.imported import Plan

MOST_ROWS = 1000
MOST_COLUMNS = 500
MOST_SHOWN = 20

Heading = Annotated[str, Field(max_length=200)]
Headings = Annotated[
    list[Heading] | None,
    Field(
        min_length=1,
        max_length=MOST_COLUMNS,
        description="The names of the columns, each different; absent where rows are objects.",
    ),
]
AskedPlan = Annotated[Plan, Field(strict=False)]


class RowsGiven(Given):
    """Some rows of a file."""

    headings: Headings = None
    rows: list[list[str] | dict[str, Any]] = Field(
        max_length=MOST_ROWS, description="Cells under the headings, or objects."
    )

    @model_validator(mode="after")
    def _fit(self) -> "RowsGiven":
        if self.headings is not None and len(set(self.headings)) != len(self.headings):
            raise ValueError("two headings are the same")
        kind: type = dict if self.headings is None else list
        if not all(isinstance(row, kind) for row in self.rows):
            raise ValueError("rows are lists of cells under `headings`, or objects without them")
        return self


class PlanRequest(RowsGiven):
    """Headings and the first rows of a file; the plan as far as it is known."""

    plan: AskedPlan = Plan()


class PlanShown(BaseModel):
    """How a file would be read."""

    plan: Plan
    unused: list[str] = Field(description="Columns nothing is read from.")


class CheckRequest(RowsGiven):
    """Rows to be judged without taking them."""

    plan: AskedPlan
    show: Annotated[int, Field(ge=0, le=MOST_SHOWN)] = Field(
        default=0, description="How many of the touches to show."
    )


class RowFaultShown(BaseModel):
    """Why a row cannot be taken."""

    row: int = Field(description="Which of the rows, from 0.")
    column: str = Field(description="The column at fault; empty: the row as a whole.")
    code: str
    message: str


class TouchPreview(BaseModel):
    """A touch as it would be recorded; without a kind it only tells who somebody is."""

    row: int
    touch: str | None
    name: str | None
    identity: str
    source_event_id: str
    occurred_at: datetime
    made_by: str | None
    properties: dict[str, Any]
    lead: dict[str, Any]
    account: dict[str, Any]


class RowsChecked(BaseModel):
    """What would be taken of some rows."""

    taken: int = Field(description="Rows that can be taken.")
    events: int
    known: int = Field(description="Events that came before, or twice in these rows.")
    kinds: dict[str, int] = Field(description="Events by touch kind; `unknown`: no table has it.")
    unknown_names: dict[str, int] = Field(description="Names without a touch kind.")
    first_at: datetime | None
    last_at: datetime | None
    faults: list[RowFaultShown]
    touches: list[TouchPreview]


class NewImport(Given):
    """A file to be imported."""

    file: str = Field(min_length=1, max_length=255, description="Its name, for people.")
    digest: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of its bytes, in hex.")
    total: Annotated[int, Field(ge=0, lt=2**53)] = Field(description="Rows, headings aside.")
    plan: AskedPlan
    again: bool = Field(
        default=False, description="Begin anew although this file was imported already."
    )


class Part(RowsGiven):
    """The next rows of an import."""

    unreadable: Annotated[int, Field(ge=0, le=MOST_ROWS)] = Field(
        default=0, description="Rows of this part that could not even be sent; they are rejected."
    )
    after: Annotated[int, Field(ge=0, lt=2**53)] = Field(
        description="The import's `position`, as you know it."
    )


class ImportShown(BaseModel):
    """An import: how far the file was taken, and what it brought. Numbers count rows or events."""

    id: str
    source: str
    file: str
    digest: str
    state: Literal["open", "done"] = Field(description="Open: further rows are expected.")
    total: int = Field(description="Rows of the file.")
    position: int = Field(description="Rows judged so far; the next part goes on behind them.")
    rejected: int = Field(description="Rows that could not be taken.")
    published: int = Field(description="Events nobody had brought before.")
    duplicates: int = Field(description="Events that were known already.")
    parked: int
    pending: int = Field(description="Events stored and not read yet.")
    first_at: datetime | None = Field(description="When the earliest event happened.")
    last_at: datetime | None
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    plan: Plan


class ImportDay(BaseModel):
    """What an import brought of one day, by when the events happened (UTC)."""

    day: str
    published: int
    duplicates: int


class ImportDetail(ImportShown):
    """An import day by day: days with many published events are days of a gap."""

    days: list[ImportDay]


class PartTaken(BaseModel):
    """What became of the rows of a part."""

    position: int
    state: Literal["open", "done"]
    taken: int
    faults: list[RowFaultShown]
