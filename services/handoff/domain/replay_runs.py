"""What a replay keeps of each version: the stretch it judges, what leads did, where they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.handoff.domain.evaluation import Profile
from services.handoff.domain.fold import NOWHERE, merge, take_in
from services.handoff.domain.history import Arrived, Item
from services.handoff.domain.kept import SignalTouches
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.replay_accounts import ReplayedAccounts
from services.handoff.domain.replay_leads import ReplayedLeads
from services.handoff.domain.signals import LeadSignals
from services.handoff.domain.standing import NEVER, Handover, Standing


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


class Turn(NamedTuple):
    """From a place on, a version is asked with other values on its lists."""

    place: int
    version: PolicyVersion


class Run:
    """One version on its way through a group."""

    def __init__(
        self,
        number: int,
        version: PolicyVersion,
        fold: Fold,
        is_mirror: bool,
        since: datetime | None,
        turns: Sequence[Turn] = (),
    ) -> None:
        self.number = number
        self.version = version
        self.fold = fold
        self.is_mirror = is_mirror
        self.since = since
        self.turns = turns
        self._first = version, fold
        self.begin(ReplayedLeads({}))

    def begin(self, leads: ReplayedLeads) -> None:
        """Forget the group before; ``leads`` are those of the next one."""
        self.version, self.fold = self._first
        self._leads = leads
        self.accounts = ReplayedAccounts(self.version, leads)
        self.profiles: dict[str, Profile] = {}
        self.standings: dict[str, Standing] = {}
        self.handovers: list[Handover] = []

    def next_turn(self, place: int) -> int:
        """Return the first place behind ``place`` at which it asks other lists."""
        return min((turn.place for turn in self.turns if turn.place > place), default=NEVER)

    def turn(self, place: int, before: Iterable[Item]) -> bool:
        """Ask the lists that count at ``place``; return whether touches are kept otherwise now.

        ``before`` are the items until then: what signals count may depend on lists.
        """
        due = [turn.version for turn in self.turns if turn.place <= place]
        if not due or due[-1] is self.version:
            return False
        self.version = due[-1]
        self.profiles.clear()
        is_other = not self.fold.serves(self.version)
        if is_other:
            self.fold = Fold(self.version)
            for item in before:
                if isinstance(item, Arrived):
                    self.fold.take(item)
        self.accounts = ReplayedAccounts(self.version, self._leads)
        for root, members in self._leads.members.items():
            self.know(root, members)
        return is_other

    def know(self, root: str, members: Iterable[str]) -> None:
        """Note that something else is known of a lead, or that it has other members."""
        self.profiles.pop(root, None)
        if self.accounts.is_asked:
            for member in members:
                self.accounts.take_in(member, self.fold.state([member]))

    def standing(self, root: str) -> Standing:
        """Return where a lead stands, to be changed."""
        found = self.standings.get(root)
        if found is None:
            found = self.standings[root] = Standing()
        return found
