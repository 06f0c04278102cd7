"""A desk at which somebody is chosen, and who sits at it, in short words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from services.handoff.domain.calendars import DAY_AND_NIGHT, Calendar, Leave, block
from services.handoff.domain.questions import Titles
from services.handoff.domain.routing import Choice, Desk, Member, Question, Relation, Staff, Team
from services.handoff.domain.turns import Turns
from services.handoff.domain.working_time import WorkingTime

MONDAY = datetime(2026, 3, 2, 11, tzinfo=UTC)  # at noon in Madrid
NIGHT = datetime(2026, 3, 3, 2, tzinfo=UTC)
OFFICE = Calendar("Europe/Madrid", ((block("09:00-18:00"),),) * 5 + ((),) * 2)
ALWAYS = WorkingTime(DAY_AND_NIGHT)
HOUR = timedelta(hours=1)
BECAUSE = Titles("es suyo", "it is theirs")


def office(hours: str = "09:00-18:00", leave: tuple[Leave, ...] = ()) -> WorkingTime:
    week = ((block(hours),),) * 5 + ((),) * 2
    return WorkingTime(replace(OFFICE, week=week, leave=leave))


def away(first: tuple[int, int], last: tuple[int, int]) -> tuple[Leave, ...]:
    """Away from the first day of 2026 until the end of the last."""
    end = datetime(2026, *last) + timedelta(days=1)  # noqa: DTZ001 - the clock on the wall
    return (Leave(datetime(2026, *first), end),)  # noqa: DTZ001


def by_the_hour(first: tuple[int, int], last: tuple[int, int]) -> tuple[Leave, ...]:
    """Away from nine to six on each of these days of 2026, as other systems write leave."""
    days = (date(2026, *last) - date(2026, *first)).days + 1
    nine = datetime(2026, *first, 9)  # noqa: DTZ001 - the clock on the wall
    each = (nine + timedelta(days=number) for number in range(days))
    return tuple(Leave(start, start + timedelta(hours=9)) for start in each)


def person(name: str, working: WorkingTime = ALWAYS, **fields: object) -> Staff:
    return Staff(name, name.title(), f"{name}@ours.com", True, working, **fields)  # type: ignore[arg-type]


BOSS = person("boss")


def desk(
    *people: Staff,
    at: datetime = MONDAY,
    caps: dict[str, int] | None = None,
    weights: dict[str, float] | None = None,
    fallbacks: tuple[Staff, ...] = (),
    requires: frozenset[str] = frozenset(),
    turns: dict[str, Turns] | None = None,
    team: bool = True,
) -> Desk:
    members = tuple(
        Member(
            one.person_id,
            (weights or {}).get(one.person_id, 1.0),
            (caps or {}).get(one.person_id),
        )
        for one in people
    )
    named = tuple(one.person_id for one in fallbacks)
    teams = {"t": Team("t", "Iberia", members, named, requires=requires)} if team else {}
    everybody = {one.person_id: one for one in (*people, *fallbacks, BOSS)}
    had = {("t", name): one for name, one in (turns or {}).items()}
    return Desk(at, everybody, teams, "t" if team else None, "boss", had)


def codes(choice: Choice) -> dict[str, str]:
    return {one.person_id: one.code for one in choice.considered}


def why(choice: Choice, name: str) -> str:
    return next(one.words.en for one in choice.considered if one.person_id == name)


ASKING = Question(accept_in=HOUR, due_at=MONDAY + HOUR)


def belongs(*names: str | None, code: str = "account_owner") -> Question:
    relations = tuple(Relation(code, name, BECAUSE) for name in names)  # type: ignore[arg-type]
    return replace(ASKING, relations=relations)
