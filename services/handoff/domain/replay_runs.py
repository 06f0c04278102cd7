"""What a replay keeps of each version: the stretch it judges, what leads did, where they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.handoff.domain.evaluation import Profile
from services.handoff.domain.fold import NOWHERE, merge, take_in
from services.handoff.domain.history import Arrived, Item
from services.handoff.domain.kept import SignalTouches
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals
from services.handoff.domain.standing import Handover, Standing


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when (inclusive) leads are judged, in microseconds since 1970.

    Before it, what leads did is taken in, and hand-offs are production's own.
    """

    from_us: int
    to_us: int

    def has(self, us: int) -> bool:
        """Return whether a moment is in the window."""
        return self.from_us <= us <= self.to_us


@dataclass(frozen=True, slots=True)
class Score:
    """Scores under one version, in tenths, at the latest arrival in the window.

    Of leads that did something gates can see.
    """

    lead_id: str
    fit: int
    engagement: int
    """As gates judge it."""
    excluded_by: str | None


@dataclass(slots=True, eq=False)
class Replayed:
    """What one version made of the leads of a group."""

    handovers: list[Handover]
    """In the order they were decided, those from before the window included."""
    scores: list[Score]


class Fold:
    """What the members of a group remember under one fold shape, as far as gates see it.

    Weak signals are not folded: nothing a replay asks looks at them.
    """

    def __init__(self, version: PolicyVersion) -> None:
        self.version = version
        self.shape = version.fold_shape
        self.watches = version.strong_watches
        self.kept: dict[str, dict[int, SignalTouches]] = {}
        self.news: tuple[int, ...] = NOWHERE
        """Where the latest touch is certain and new."""
        self._none = (0,) * len(version.signals)

    def serves(self, version: PolicyVersion) -> bool:
        """Return whether ``version`` can be asked about what is kept here."""
        same_weak = self.version.strong_names == version.strong_names
        return same_weak and self.shape == version.fold_shape

    def take(self, arrived: Arrived) -> None:
        """Fold a touch in."""
        _, _, member, received_us, _, kind, touch_id, occurred_us, made_by, about = arrived
        watching = self.watches.get(kind)
        if watching is None:
            self.news = NOWHERE
            return
        kept = self.kept.get(member)
        if kept is None:
            kept = self.kept[member] = {}
        moments = (occurred_us // 1000, received_us // 1000)
        self.news = take_in(watching, touch_id, *moments, made_by, about, kept)

    def leave(self, members: Sequence[str]) -> None:
        """Let the states given out stay as they are, and go on with copies."""
        for member in members:
            if member in self.kept:
                self.kept[member] = dict(self.kept[member])

    def state(self, members: Sequence[str]) -> LeadSignals:
        """Return what a lead remembers. The next touch changes it, unless it is left before."""
        state = LeadSignals(self.shape, self._none, b"", self.kept.get(members[0]))
        for member in members[1:]:
            other = LeadSignals(self.shape, self._none, b"", self.kept.get(member))
            state = merge(self.version, state, other)
        return state

    def again(self, members: Sequence[str], items: Iterable[Item], until: Arrived) -> LeadSignals:
        """Return what a lead remembered before ``until``, folded from the start."""
        fold = Fold(self.version)
        for item in items:
            if item is until:
                break
            if isinstance(item, Arrived) and item.lead_id in members:
                fold.take(item)
        return fold.state(members)


class Run:
    """One version on its way through a group."""

    def __init__(
        self,
        number: int,
        version: PolicyVersion,
        fold: Fold,
        is_mirror: bool,
        since: datetime | None,
    ) -> None:
        self.number = number
        self.version = version
        self.fold = fold
        self.is_mirror = is_mirror
        self.since = since
        self.begin()

    def begin(self) -> None:
        """Forget the group before."""
        self.profiles: dict[str, Profile] = {}
        self.standings: dict[str, Standing] = {}
        self.handovers: list[Handover] = []

    def standing(self, root: str) -> Standing:
        """Return where a lead stands, to be changed."""
        found = self.standings.get(root)
        if found is None:
            found = self.standings[root] = Standing()
        return found
