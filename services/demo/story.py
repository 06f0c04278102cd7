"""What the leads of the demonstration do in thirty days.

A part is a function from a lead to what it does; ages are in days before now. The parts
show what the policy is about: who asks for us, who studies us and fits, who is curious and
does not, and the many whose mail program opens everything.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.demo.cast import Lead

DAYS = 30
LATE = 12  # how many of what happened we hear of days later

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"
MAIL_PROGRAM = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
)
MAIL_PRIVACY = "Mozilla/5.0"  # a privacy proxy that loads every mail, read or not
SCANNER = "Mozilla/5.0 (compatible; MailScanner/2.1; +https://scanner.example/bot)"


@dataclass(frozen=True, slots=True)
class Content:
    """A piece of content Alisio publishes."""

    id: str
    topic: str
    title: dict[str, str]


PRICES = Content("guia-precios", "pricing", {"es": "Guía de precios", "en": "Pricing guide"})
COMPARED = Content(
    "comparativa",
    "comparison",
    {"es": "Comparativa de programas de almacén", "en": "Warehouse software compared"},
)
CASE = Content(
    "caso-frutas",
    "case_study",
    {"es": "Caso: un almacén frigorífico", "en": "Case study: a cold store"},
)
READING = (
    Content(
        "inventario",
        "inventory",
        {"es": "Inventario sin parar", "en": "Counting stock while you work"},
    ),
    Content("picking", "operations", {"es": "Picking en oleadas", "en": "Picking in waves"}),
    Content("implantar", "implementation", {"es": "Implantar en 60 días", "en": "Live in 60 days"}),
)
MAILS = ("novedades-otono", "invitacion-webinar", "caso-frio", "cierre-de-mes")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing a lead did, and which of Alisio's tools saw it."""

    lead: Lead
    tool: str
    name: str
    at: datetime
    heard_at: datetime
    number: int
    about: dict[str, Any] = field(default_factory=dict)
    agent: str = BROWSER


class Diary:
    """Collects what one lead does, in order."""

    def __init__(self, lead: Lead, draw: random.Random, now: datetime):
        self.lead = lead
        self.draw = draw
        self.now = now
        self.happenings: list[Happening] = []

    def note(
        self, days_ago: float, tool: str, name: str, *, agent: str = BROWSER, **about: Any
    ) -> None:
        """Write down one thing; a few minutes are drawn so that no two look alike."""
        days = min(max(days_ago, 0.02), DAYS - 0.5) + self.draw.uniform(0, 0.01)
        at = self.now - timedelta(days=days)
        number = self.lead.number * 1000 + len(self.happenings)
        self.happenings.append(Happening(self.lead, tool, name, at, at, number, about, agent))

    def visit(self, days_ago: float, path: str = "/") -> None:
        self.note(days_ago, "website", "page", path=path)

    def download(self, days_ago: float, content: Content) -> None:
        name = {"es": "Guía Descargada", "en": "Guide Downloaded"}[self.lead.language]
        self.note(days_ago, "website", name, content=content)

    def read(self, days_ago: float, content: Content) -> None:
        self.note(days_ago, "website", "Article Viewed", content=content)

    def open(self, days_ago: float, agent: str = MAIL_PROGRAM) -> None:
        self.note(days_ago, "mail", "opened", agent=agent, mail=self.draw.choice(MAILS))


def tell(leads: list[Lead], seed: int, now: datetime) -> list[Happening]:
    """Return all that happens, in the order we hear of it."""
    draw = random.Random(seed + 1)  # noqa: S311 - a story, not a secret
    told: list[Happening] = []
    for lead in leads:
        diary = Diary(lead, draw, now)
        PARTS[lead.part](diary)
        told += diary.happenings
    told.sort(key=lambda one: (one.at, one.number))
    return sorted(_with_late(told, draw, now), key=lambda one: (one.heard_at, one.number))


def _with_late(told: list[Happening], draw: random.Random, now: datetime) -> Iterator[Happening]:
    late = set(draw.sample(range(len(told)), LATE))
    for index, one in enumerate(told):
        if index in late:
            heard_at = min(one.at + timedelta(days=draw.uniform(2, 6)), now)
            yield Happening(
                one.lead, one.tool, one.name, one.at, heard_at, one.number, one.about, one.agent
            )
        else:
            yield one


def _asks(diary: Diary) -> None:
    """Looks around for some days, then asks for a demonstration or to be called."""
    asked = diary.draw.uniform(0.1, 24)
    diary.visit(asked + 4)
    diary.read(asked + 3, diary.draw.choice(READING))
    if diary.draw.random() < 0.6:
        diary.download(asked + 2, diary.draw.choice((PRICES, COMPARED, CASE)))
    diary.visit(asked + 0.05, "/precios")
    diary.note(asked, "forms", diary.draw.choice(("demo", "demo", "demo", "contact")))
    if diary.draw.random() < 0.3:
        diary.download(max(asked - 1, 0.03), PRICES)  # news for the owner, not a second lead


def _studies(diary: Diary) -> None:
    """Decides, works where we fit, and reads what one reads before buying."""
    last = diary.draw.uniform(0.1, 13)
    diary.open(last + 9)
    diary.visit(last + 8)
    diary.read(last + 6, diary.draw.choice(READING))
    diary.note(last + 5, "webinars", "registered")
    diary.download(last + 4, COMPARED)
    diary.note(last + 3, "webinars", "attended")
    diary.visit(last + 1, "/precios")
    diary.download(last, PRICES)


def _curious(diary: Diary) -> None:
    """Reads a lot; the company is too small for what we sell."""
    for _ in range(diary.draw.randint(2, 4)):
        diary.read(diary.draw.uniform(1, 28), diary.draw.choice(READING))
    diary.download(diary.draw.uniform(1, 25), diary.draw.choice((*READING, CASE)))
    diary.open(diary.draw.uniform(1, 28))


def _fits_and_is_quiet(diary: Diary) -> None:
    """The company and the person fit; there is nearly nothing to go by."""
    diary.visit(diary.draw.uniform(1, 29))
    if diary.draw.random() < 0.5:
        diary.open(diary.draw.uniform(1, 29))


def _only_opens(diary: Diary) -> None:
    """Does nothing but open mails, and often it is a machine that opens them."""
    agent = diary.draw.choice((MAIL_PROGRAM, MAIL_PRIVACY, SCANNER))
    for _ in range(diary.draw.randint(3, 14)):
        diary.open(diary.draw.uniform(0.1, 29), agent)
    if agent == SCANNER:  # scanners follow the links as well
        diary.note(diary.draw.uniform(0.1, 29), "mail", "clicked", agent=agent, mail=MAILS[0])


def _passes_by(diary: Diary) -> None:
    diary.visit(diary.draw.uniform(1, 29))
    diary.visit(diary.draw.uniform(1, 29), "/blog")


def _studies_at_school(diary: Diary) -> None:
    """Writes a thesis: downloads everything, buys nothing."""
    start = diary.draw.uniform(5, 25)
    for content in (*READING, COMPARED, PRICES):
        diary.download(start, content)
        start -= 0.5


def _wants_a_job(diary: Diary) -> None:
    diary.visit(diary.draw.uniform(1, 20))
    diary.visit(diary.draw.uniform(1, 20), "/empleo")


def _sells_the_same(diary: Diary) -> None:
    diary.download(diary.draw.uniform(2, 20), PRICES)
    diary.note(diary.draw.uniform(2, 20), "forms", "demo")


def _is_one_of_us(diary: Diary) -> None:
    """Tries out our own form."""
    diary.note(diary.draw.uniform(2, 20), "forms", "demo")


PARTS: dict[str, Callable[[Diary], None]] = {
    "asks": _asks,
    "studies": _studies,
    "curious": _curious,
    "fits_and_is_quiet": _fits_and_is_quiet,
    "only_opens": _only_opens,
    "passes_by": _passes_by,
    "studies_at_school": _studies_at_school,
    "wants_a_job": _wants_a_job,
    "sells_the_same": _sells_the_same,
    "is_one_of_us": _is_one_of_us,
}
