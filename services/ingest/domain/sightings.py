"""Who acted, by what several events tell together: the deliveries, opens and clicks of a mail.

A link scanner clicks all links within a second, opens what was delivered a second ago, or
follows a link no person can see. No event shows that alone, and the one that shows it may
come last. So the marks of a mail's touches are a function of the *set* of what was seen of
it: any order of arrival and any repetition end in the same marks.

Where the events seen so far give no hint, a touch still waits a little before it counts as a
human's: until then it is unsure, and nobody becomes ready by it.

Sources of the numbers: Marketo's bot filter (0 to 3 s after sending), Mautic's (2 s after
sending; hidden links, https://github.com/mautic/mautic/issues/9798: 10 s around a hit).
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.ingest.domain.incoming import Mark
from services.ingest.domain.made_by import NO_SIGN, PERSONS_PROXY, STATED, VENDOR_FLAG

SENT, DELIVERED = "email.sent", "email.delivered"
OPENED, CLICKED = "email.opened", "email.clicked"
OF_A_MAIL = frozenset({SENT, DELIVERED, OPENED, CLICKED})
HITS = frozenset({OPENED, CLICKED})

AT_ONCE = timedelta(seconds=3)
"""Nobody opens a mail this soon after its delivery, or its sending."""
SOON = timedelta(seconds=10)
"""Few people open a mail this soon after its delivery, and many scanners do."""
EARLY = timedelta(seconds=60)
"""A hit this long before the delivery came while the receiving server looked at the mail."""
BURST = timedelta(seconds=1)
MANY_LINKS = 3
"""Different links within ``BURST``: two can be one link that leads through another."""
NEAR_TRAP = timedelta(seconds=10)
SETTLES = timedelta(seconds=60)
"""How long a hit waits, from its receipt, for others that show it to be a machine's."""

HIDDEN_LINK = Mark("machine", "hidden_link")
NEAR_HIDDEN_LINK = Mark("machine", "near_hidden_link")
ALL_AT_ONCE = Mark("machine", "many_links_at_once")
TWO_AT_ONCE = Mark("unsure", "two_links_at_once")
UPON_DELIVERY = Mark("machine", "seconds_after_delivery")
SOON_AFTER_DELIVERY = Mark("unsure", "soon_after_delivery")
BEFORE_DELIVERY = Mark("unsure", "before_delivery")
NOT_SETTLED = Mark("unsure", "not_settled_yet")


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is remembered of a touch, to judge it and its neighbours together.

    ``key`` names it within its source. ``link`` is a digest of the address it went to.
    ``own`` is who acted by the touch alone. ``settles_at`` is when it stops waiting for
    others, None once it has.
    """

    key: str
    kind: str
    occurred_at: datetime
    link: bytes | None
    own: Mark
    settles_at: datetime | None = None


def judge_together(seen: Sequence[Sighting], now: datetime) -> dict[str, Mark]:
    """Return who made each of the touches seen of one mail at one recipient, by their keys."""
    together = _Together(seen)
    return {one.key: together.judge(one, now) for one in seen}


class _Together:
    """What the touches of a mail say about each other."""

    def __init__(self, seen: Sequence[Sighting]):
        self.traps = sorted(one.occurred_at for one in seen if one.own == HIDDEN_LINK)
        self.sent = sorted(one.occurred_at for one in seen if one.kind == SENT)
        self.delivered = sorted(one.occurred_at for one in seen if one.kind == DELIVERED)
        windows = list(_bursts(seen))
        self.many = _Spans((start, end) for start, end, links in windows if links >= MANY_LINKS)
        self.two = _Spans((start, end) for start, end, _ in windows)

    def judge(self, one: Sighting, now: datetime) -> Mark:
        """Return who made one of them; the strongest evidence speaks."""
        if one.own == HIDDEN_LINK:
            return HIDDEN_LINK
        if one.own.made_by != "machine" and self._is_near_trap(one.occurred_at):
            return NEAR_HIDDEN_LINK
        if one.own.reason in (VENDOR_FLAG, STATED) or one.own.made_by == "machine":
            return one.own
        if one.kind == OPENED and one.own == PERSONS_PROXY:
            return one.own  # the proxy fetches when somebody opens, however soon that is
        hint = self._hint(one) if one.kind in HITS else None
        if hint is not None and (hint.made_by == "machine" or one.own.made_by == "human"):
            return hint
        if one.settles_at is not None and now < one.settles_at and one.own == NO_SIGN:
            return NOT_SETTLED
        return one.own

    def _hint(self, one: Sighting) -> Mark | None:
        # An open beside a burst of clicks was made by whoever clicked.
        slack = BURST if one.kind == OPENED else timedelta(0)
        if self.many.hold(one.occurred_at, slack):
            return ALL_AT_ONCE
        if self._is_within(self.delivered, one.occurred_at, AT_ONCE) or self._is_within(
            self.sent, one.occurred_at, AT_ONCE
        ):
            return UPON_DELIVERY
        if one.kind == CLICKED and self.two.hold(one.occurred_at, slack):
            return TWO_AT_ONCE
        if self._is_within(self.delivered, one.occurred_at, SOON):
            return SOON_AFTER_DELIVERY
        if self._is_early(one.occurred_at):
            return BEFORE_DELIVERY
        return None

    def _is_near_trap(self, at: datetime) -> bool:
        return any(abs(at - trap) <= NEAR_TRAP for trap in self.traps)

    @staticmethod
    def _is_within(moments: list[datetime], at: datetime, span: timedelta) -> bool:
        place = bisect_right(moments, at)
        return place > 0 and at - moments[place - 1] <= span

    def _is_early(self, at: datetime) -> bool:
        place = bisect_right(self.delivered, at)
        return place < len(self.delivered) and self.delivered[place] - at <= EARLY


class _Spans:
    """Stretches of time, overlapping ones joined."""

    def __init__(self, spans: Iterable[tuple[datetime, datetime]]):
        self.starts: list[datetime] = []
        self.ends: list[datetime] = []
        for start, end in sorted(spans):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)

    def hold(self, at: datetime, slack: timedelta) -> bool:
        place = bisect_right(self.starts, at + slack)
        return place > 0 and at - slack <= self.ends[place - 1]


def _bursts(seen: Sequence[Sighting]) -> Iterable[tuple[datetime, datetime, int]]:
    """Yield stretches of at most ``BURST`` with clicks on different links, and on how many."""
    clicks = sorted(
        (one.occurred_at, one.link) for one in seen if one.kind == CLICKED and one.link is not None
    )
    links: Counter[bytes] = Counter()
    first = 0
    for at, link in clicks:
        links[link] += 1
        while at - clicks[first][0] > BURST:
            links[clicks[first][1]] -= 1
            if not links[clicks[first][1]]:
                del links[clicks[first][1]]
            first += 1
        if len(links) > 1:
            yield clicks[first][0], at, len(links)


def hidden_address(url: str) -> str:
    """Return an address as hidden links are compared: without scheme, query and fragment."""
    bare = url.strip().partition("#")[0].partition("?")[0]
    _, scheme, rest = bare.partition("://")
    host, slash, path = (rest if scheme else bare).partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")


def is_hidden(properties: Mapping[str, object], hidden: frozenset[str]) -> bool:
    """Return whether a touch went to one of the ``hidden`` addresses (as ``hidden_address``)."""
    return bool(hidden) and any(
        hidden_address(url) in hidden for url in map(_text, map(properties.get, ("email", "page")))
    )


def _text(part: object) -> str:
    url = part.get("url") if isinstance(part, dict) else None
    return url if isinstance(url, str) else ""
