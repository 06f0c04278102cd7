"""A seeded random workload over the real doors, and what must become of it.

Every person is of a kind, and the kind decides, before anything is sent, whether and
through which gate that lead is handed over, and because of which touches. So a test holds
the product to an expectation of its own, not only to itself.

The product promises one final state for every order and repetition of the same events, as
far as nobody decides anything meanwhile. A hand-off is such a decision: it freezes what
was known. The workload therefore keeps away from what may rightly depend on the order:

- two ways to qualify for one person: the first to arrive decides (kind ``double`` is the
  exception, and is left out where worlds are compared);
- facts that speak against a lead and arrive apart from the touch that qualifies;
- one id with two contents: the first counts;
- a browser (anonymous id) two known people share: it stays with the first;
- a company told of by one person and needed by another, whom nothing asks about again;
- two things a person did in the same moment: ids, which are random, would break the tie.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tests.support.agreement import COMPETITOR
from tests.support.doors import App, Call, Crm, Deed, Door, Forms, Site, Webinars

ASKED, ENGAGED = "asked_for_us", "engaged_and_fitting"
MINUTES_BACK = 20 * 24 * 60
LONG_AGO = timedelta(days=120)
REPEATED = 0.15
BATCHED = 0.5


@dataclass(frozen=True)
class Told:
    """A deed and the door it comes in by."""

    door: type[Door]
    deed: Deed


@dataclass
class Person:
    """Somebody, all they do, and what must become of it.

    ``gate`` hands the lead over because of ``deciding`` (references of touches); None means
    never. ``identifier`` finds the lead.
    """

    kind: str
    name: str
    email: str
    user_id: str
    anonymous_id: str
    told: list[Told] = field(default_factory=list)
    gate: str | None = None
    deciding: frozenset[str] = frozenset()
    is_known: bool = True
    _deeds: int = 0
    _minutes: Iterator[int] = field(default_factory=lambda: iter(()))

    @property
    def identifier(self) -> str:
        return f"email:{self.email}" if self.is_known else f"anon:site:{self.anonymous_id}"

    @property
    def touches(self) -> frozenset[str]:
        """The references of all touches, each of which must be stored once."""
        return frozenset(one.deed.ref for one in self.told if one.deed.name is not None)


@dataclass(frozen=True)
class Workload:
    """Who there is, and the requests that tell it, repeats included, in random order."""

    seed: int
    people: Sequence[Person]
    calls: Sequence[Call]
    unreadable: int

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """Source and key of every event that carries an id."""
        return frozenset((call.source, key) for call in self.calls for key in call.keys)

    @property
    def touches(self) -> frozenset[str]:
        """The reference of every touch."""
        return frozenset[str]().union(*(person.touches for person in self.people))


class Author:
    """Writes people's stories. The same seed and moment give the same ones."""

    def __init__(self, seed: int, now: datetime, prefix: str = ""):
        self.random = random.Random(seed)
        self._now = now.replace(microsecond=0)
        self._prefix = prefix
        self._people = 0

    def person(self, kind: str) -> Person:
        """Return somebody new whose story is of ``kind``."""
        self._people += 1
        name = f"{self._prefix}{kind}{self._people}"
        host = COMPETITOR if kind == "rival" else f"{name}-industries.com"
        one = Person(kind, name, f"{name}@{host}", f"u-{name}", f"a-{name}")
        one._minutes = iter(self.random.sample(range(60, MINUTES_BACK), 200))
        KINDS[kind](self, one)
        return one

    def tell(self, one: Person, door: type[Door], name: str | None, **more: Any) -> str:
        """Add a deed to somebody's story; return its reference."""
        one._deeds += 1
        at = self._now - timedelta(minutes=next(one._minutes))
        deed = Deed(f"{one.name}-{one._deeds}", at, name)
        one.told.append(Told(door, replace(deed, **more)))
        return deed.ref

    # --- steps of stories -----------------------------------------------------------------

    def introduce(self, one: Person, **more: Any) -> None:
        """Let the site and the app learn who somebody is: all their ids belong together."""
        ids = {"email": one.email, "user_id": one.user_id}
        self.tell(one, Site, None, anonymous_id=one.anonymous_id, **ids, **more)
        self.tell(one, App, None, **ids)

    def ask_for_demo(self, one: Person, **more: Any) -> str:
        """Let somebody ask for a demo, by any door and under any id that names them."""
        ways: list[tuple[type[Door], dict[str, Any]]] = [
            (Forms, {"email": one.email, "anonymous_id": one.anonymous_id}),
            (Crm, {"email": one.email}),
            (App, {"user_id": one.user_id}),
            (Site, {"user_id": one.user_id, "anonymous_id": one.anonymous_id}),
        ]
        door, ids = self.random.choice(ways)
        has_id = door is Crm or self.random.random() < 0.8  # a CloudEvent always has one
        return self.tell(one, door, "Demo Requested", **ids, **{"has_id": has_id} | more)

    def be_engaged(self, one: Person, *ids: Mapping[str, Any]) -> frozenset[str]:
        """Let somebody do all three things it takes, under the given ids in turn."""
        first, second, third = (ids[number % len(ids)] for number in range(3))
        return frozenset(
            [
                self.download(one, "price-list", "pricing", **first),
                self.download(one, "us-or-them", "comparison", **second),
                self.tell(one, Site, "Webinar Attended", **third),
            ]
        )

    def download(self, one: Person, content: str, topic: str, **ids: Any) -> str:
        properties = {"content": {"id": content, "topic": topic, "title": content.title()}}
        return self.tell(one, Site, "Guide Downloaded", properties=properties, **ids)

    def make_noise(self, one: Person) -> None:
        """Let somebody do what never counts: weak, neutral, unknown things, and machines'."""
        mail = {"email": one.email}
        doors: tuple[type[Door], ...] = (Crm, App)
        for _ in range(self.random.randint(1, 4)):
            name, made_by = self.random.choice(
                [
                    ("Email Opened", "human"),
                    ("Email Opened", "machine"),
                    ("Email Opened", "unsure"),
                    ("Email Clicked", "human"),
                    ("Email Delivered", "machine"),
                ]
            )
            self.tell(one, self.random.choice(doors), name, made_by=made_by, **mail)
        url = "https://www.us.com/blog?utm_campaign=spring&utm_source=news"
        self.tell(one, Site, "Home", anonymous_id=one.anonymous_id, properties={"url": url})
        self.tell(one, Webinars, "Frobnicated The Gadget", **mail)


def _hot(author: Author, one: Person) -> None:
    """Asks for a demo, once."""
    author.introduce(one, lead={"title": "Buyer"}, account={"name": one.name, "employees": 12})
    author.make_noise(one)
    one.gate, one.deciding = ASKED, frozenset([author.ask_for_demo(one)])


def _warm(author: Author, one: Person) -> None:
    """Fits, and does all it takes, some of it before anybody knew who it was."""
    author.introduce(one, lead={"title": "Head of IT"})
    author.tell(one, Site, None, user_id=one.user_id, account={"employees": 250})
    author.make_noise(one)
    ids = [{"email": one.email}, {"user_id": one.user_id}, {"anonymous_id": one.anonymous_id}]
    author.random.shuffle(ids)
    one.gate, one.deciding = ENGAGED, author.be_engaged(one, *ids)


def _split(author: Author, one: Person) -> None:
    """Is two leads, neither of them ready, until the site tells that they are one."""
    director = {"title": "Marketing Director"}
    facts: dict[str, Any] = {"lead": director, "account": {"employees": "51-200"}}
    author.tell(one, Crm, "Contact Updated", email=one.email, **facts)
    author.introduce(one)
    visits = {"user_id": one.user_id}
    one.gate = ENGAGED
    one.deciding = author.be_engaged(one, {"email": one.email}, visits, visits)


def _renamed(author: Author, one: Person) -> None:
    """Had another id, which an alias ties to the present one."""
    author.introduce(one)
    earlier = f"old-{one.name}"
    author.tell(one, Site, None, user_id=one.user_id, previous_id=earlier)
    one.gate = ASKED
    one.deciding = frozenset([author.tell(one, Site, "Demo Requested", user_id=earlier)])


def _cold(author: Author, one: Person) -> None:
    """Fits, and is not interested enough."""
    author.introduce(one, lead={"title": "Chief of everything"}, account={"employees": 900})
    author.make_noise(one)
    author.make_noise(one)
    author.download(one, "price-list", "pricing", email=one.email)
    author.download(one, "price-list", "pricing", user_id=one.user_id)  # the same once more


def _machine(author: Author, one: Person) -> None:
    """Only a machine asked for the demo."""
    author.introduce(one)
    author.ask_for_demo(one, made_by="machine")


def _unsure(author: Author, one: Person) -> None:
    """Nobody can say whether a person asked for the demo."""
    author.introduce(one)
    author.ask_for_demo(one, made_by="unsure")


def _late(author: Author, one: Person) -> None:
    """Asked so long ago that it tells a story and qualifies nobody."""
    author.introduce(one)
    author.ask_for_demo(one, at=author._now - LONG_AGO)


def _nobody(author: Author, one: Person) -> None:
    """Is a browser: nobody anyone could call."""
    one.is_known = False
    author.tell(one, Site, "Home", anonymous_id=one.anonymous_id)
    author.tell(one, Site, "Demo Requested", anonymous_id=one.anonymous_id)


def _rival(author: Author, one: Person) -> None:
    """Works for a competitor, as the address of every touch says."""
    author.tell(one, Crm, "Email Opened", email=one.email)
    author.tell(one, Forms, "Demo Requested", email=one.email)


def _double(author: Author, one: Person) -> None:
    """Asks twice under two ids. Whether that is one hand-off or two, of which one is then
    superseded, depends on which comes first: the requests or the news that they are one."""
    author.introduce(one)
    by_mail = author.tell(one, Forms, "Demo Requested", email=one.email)
    by_id = author.tell(one, App, "Demo Requested", user_id=one.user_id)
    one.gate, one.deciding = ASKED, frozenset([by_mail, by_id])


KINDS: Mapping[str, Callable[[Author, Person], None]] = {
    "hot": _hot,
    "warm": _warm,
    "split": _split,
    "renamed": _renamed,
    "cold": _cold,
    "machine": _machine,
    "unsure": _unsure,
    "late": _late,
    "nobody": _nobody,
    "rival": _rival,
    "double": _double,
}
COMPARABLE = tuple(kind for kind in KINDS if kind != "double")


def write_workload(
    seed: int,
    people: int,
    now: datetime,
    credentials: Mapping[str, str],
    kinds: Sequence[str] = COMPARABLE,
    unreadable: int = 3,
    prefix: str = "",
) -> Workload:
    """Return the workload of ``seed``: so many people, kinds in turn, everything shuffled.

    Some requests come twice, some events come again in another request. ``now`` bounds
    what happened; two workloads of one seed and moment differ in credentials only.
    ``prefix`` begins all names, so that workloads for one installation do not meet.
    """
    author = Author(seed, now, prefix)
    crowd = [author.person(kinds[number % len(kinds)]) for number in range(people)]
    forms = Forms(credentials["forms"])
    calls = _calls(author.random, crowd, credentials)
    calls += [forms.unreadable() for _ in range(unreadable)]
    author.random.shuffle(calls)
    return Workload(seed, crowd, calls, unreadable)


def _calls(
    chance: random.Random, people: Sequence[Person], credentials: Mapping[str, str]
) -> list[Call]:
    deeds: dict[type[Door], list[Deed]] = {}
    for person in people:
        for one in person.told:
            deeds.setdefault(one.door, []).append(one.deed)
    calls: list[Call] = []
    for kind, all_deeds in deeds.items():
        door = kind(credentials[kind.source])
        again = [deed for deed in all_deeds if chance.random() < REPEATED]
        mixed = [*all_deeds, *again]
        chance.shuffle(mixed)
        made = [door.call(group) for group in _groups(chance, mixed, kind.most)]
        calls += made + [call for call in made if chance.random() < REPEATED]
    return calls


def _groups(chance: random.Random, deeds: Sequence[Deed], most: int) -> Iterator[Sequence[Deed]]:
    """Cut ``deeds`` into single ones and batches."""
    start = 0
    while start < len(deeds):
        size = chance.randint(2, most) if most > 1 and chance.random() < BATCHED else 1
        yield deeds[start : start + size]
        start += size
