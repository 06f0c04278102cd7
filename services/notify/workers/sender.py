"""Sends what is claimed: a few calls at once per endpoint, in order per lead, and records it.

Three things run at the same time: workers that send (up to four per endpoint, none while
an endpoint has nothing to do), one loop that writes results, as many as have gathered, in
one transaction, and one that looks for due deliveries: retries, and what other processes
left. New events come by ``give`` straight from the consumer's transaction.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from services.notify.domain.attempts import Attempt, Reply
from services.notify.domain.breaker import Breaker
from services.notify.domain.deliveries import CLAIM, CLAIM_RESERVE, Delivery
from services.notify.handlers.record_attempts import Finished
from shared import trace
from shared.clock import Clock
from shared.metrics import DELIVERY_ATTEMPTS
from shared.wakeup import Wakeup

log = structlog.get_logger(__name__)

IN_FLIGHT = 4
# How many lanes an endpoint's queue takes: what it will have got before half of a claim is
# over, by its recent pace. The rest stay in the database until there is room.
FEWEST_LANES, MOST_LANES = 8, 1_000
FIRST_PACE_S = 0.05
CLAIM_BATCH = 100
LOOK_S = 1.0  # how soon what other processes left is seen
ERROR_WAIT_S = 1.0
FAILED = {"sent": "refused", "not_sent": "not_sent", "unknown": "unknown"}

Lane = Sequence[Delivery]
Send = Callable[[Delivery], Awaitable[Reply]]


class Storage:
    """What the sender reads and writes; each call is one transaction."""

    def __init__(
        self,
        next_due: Callable[[], Awaitable[tuple[datetime, Mapping[str | None, datetime]]]],
        claim: Callable[[str | None, int], Awaitable[list[Delivery]]],
        record: Callable[[Sequence[Finished]], Awaitable[bool]],
    ):
        self.next_due = next_due
        self.claim = claim
        self.record = record


@dataclass(slots=True)
class Queue:
    """One endpoint's claimed lanes, and who works on them.

    ``is_guarded`` is false for people's channels: a rep is waiting, so what fails is tried
    a few times and then another channel is, and nothing waits behind a breaker.
    """

    is_guarded: bool = True
    lanes: deque[Lane] = field(default_factory=deque)
    workers: int = 0
    pace_s: float = FIRST_PACE_S  # how long a call takes, on average of late
    _breaker: Breaker = field(default_factory=Breaker)

    @property
    def is_open(self) -> bool:
        """Whether the endpoint is left alone, but for probes."""
        return self._breaker.open_until is not None

    def allows(self, now: datetime) -> bool:
        """Return whether a call may be made now; behind an open breaker, one at a time."""
        return self._breaker.allows(now)

    def room(self) -> int:
        """Return how many more lanes will be sent in time; 0 while it is to be left alone."""
        if self.is_open:
            return 0
        in_time = CLAIM.total_seconds() / 2 * IN_FLIGHT / self.pace_s
        return round(min(max(in_time, FEWEST_LANES), MOST_LANES)) - len(self.lanes)

    def begin(self) -> None:
        """Note that a call begins."""
        self._breaker.start()

    def end(self, reply: Reply, duration_s: float, now: datetime) -> None:
        """Learn from a call how quick the endpoint is, and whether it is in trouble."""
        self.pace_s += (max(duration_s, 0.001) - self.pace_s) / 10
        if self.is_guarded:
            self._breaker.record(not reply.is_trouble, now)


class Sender:
    """The sender of one process."""

    def __init__(self, storage: Storage, send: Send, clock: Clock):
        self._storage = storage
        self._send = send
        self._clock = clock
        self._queues: dict[str, Queue] = {}
        self._finished: list[Finished] = []
        self._results = Wakeup()
        self._due = Wakeup()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    # --- the consumer's side ---------------------------------------------------------------

    def room(self, queue: str) -> int:
        """Return how many more lanes ``queue`` takes; 0 while its endpoint is left alone."""
        if self._stopping:
            return 0
        return self._queues.get(queue, Queue()).room()

    def give(self, lanes: Sequence[Lane]) -> None:
        """Send deliveries that this process claimed, each lane in its order."""
        for lane in lanes:
            queue = self._queue(lane[0].queue, is_guarded=lane[0].endpoint is not None)
            queue.lanes.append(lane)
            if queue.workers < IN_FLIGHT:
                self._employ(queue)

    def _queue(self, name: str, is_guarded: bool = True) -> Queue:
        return self._queues.setdefault(name, Queue(is_guarded))

    def wake(self) -> None:
        """Look for due deliveries now."""
        self._due.set()

    # --- loops ---------------------------------------------------------------------------

    async def run(self) -> None:
        """Look for due deliveries and record results, for ever. Ends by cancellation."""
        self._stopping = False
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._look_for_due())
                try:
                    await self._record_results()
                finally:
                    self._stopping = True  # nothing more is begun from here on
        finally:
            await self._stop()

    async def _look_for_due(self) -> None:
        while True:
            try:
                wait_s = await self._claim_due()
            except Exception:
                log.exception("deliveries_not_claimed")
                wait_s = ERROR_WAIT_S
            await self._due.wait(wait_s)

    async def _claim_due(self) -> float:
        """Claim what is due and has room; return how long nothing more will be, in seconds."""
        now, due = await self._storage.next_due()
        wait_s = LOOK_S
        for subscription_id, moment in due.items():
            if moment > now:
                wait_s = min(wait_s, (moment - now).total_seconds())
                continue
            limit = self._limit(subscription_id, now)
            if limit < 1:
                continue
            claimed = await self._storage.claim(subscription_id, limit)
            self.give([[delivery] for delivery in claimed])
            if len(claimed) == limit:
                wait_s = 0
        return wait_s

    def _limit(self, subscription_id: str | None, now: datetime) -> int:
        """Return how many due deliveries to claim for a subscription, or for people (None)."""
        if subscription_id is None:
            waiting = sum(len(one.lanes) for one in self._queues.values() if not one.is_guarded)
            return CLAIM_BATCH - waiting
        queue = self._queue(subscription_id)
        if queue.is_open:
            return 1 if queue.allows(now) else 0  # the probe
        return min(CLAIM_BATCH, queue.room())

    async def _record_results(self) -> None:
        while True:
            await self._results.wait(LOOK_S)
            if self._finished:
                await self._record()

    async def _record(self) -> None:
        finished, self._finished = self._finished, []
        try:
            if await self._storage.record(finished):
                self._due.set()
        except Exception:
            # The results are kept: what they say has happened.
            log.exception("attempts_not_recorded", attempts=len(finished))
            self._finished = finished + self._finished
            await asyncio.sleep(ERROR_WAIT_S)
            self._results.set()

    # --- workers -------------------------------------------------------------------------

    def _employ(self, queue: Queue) -> None:
        queue.workers += 1
        task = asyncio.create_task(self._work(queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, queue: Queue) -> None:
        try:
            while queue.lanes:
                await self._send_lane(queue, queue.lanes.popleft())
        finally:
            queue.workers -= 1

    async def _send_lane(self, queue: Queue, lane: Lane) -> None:
        """Send one after the other, until one fails: those behind it must wait for it."""
        for place, delivery in enumerate(lane):
            now = self._clock.now()
            is_nearly_over = now > delivery.claimed_until - CLAIM_RESERVE
            if self._stopping or is_nearly_over or not queue.allows(now):
                self._give_back(lane[place:])
                return
            with trace.caused_by(delivery.traceparent):
                reply = await self._attempt(queue, delivery, now)
            if not reply.ok:
                self._give_back(lane[place + 1 :])
                return

    async def _attempt(self, queue: Queue, delivery: Delivery, now: datetime) -> Reply:
        started, was_open = asyncio.get_running_loop().time(), queue.is_open
        queue.begin()
        try:
            reply = await self._send(delivery)
        except Exception as error:
            log.exception("delivery_broke", delivery_id=delivery.id, channel=delivery.channel)
            reply = Reply("not_sent", ok=False, reason=f"our error: {type(error).__name__}")
        DELIVERY_ATTEMPTS.labels(
            delivery.channel, "ok" if reply.ok else FAILED[reply.outcome]
        ).inc()
        duration_s = asyncio.get_running_loop().time() - started
        queue.end(reply, duration_s, self._clock.now())
        if was_open and not queue.is_open:
            self._due.set()  # it is back: what waited in the database can go
        attempt = Attempt(now, round(1000 * duration_s), reply)
        self._finished.append(Finished(delivery, attempt))
        self._results.set()
        return reply

    def _give_back(self, lane: Lane) -> None:
        self._finished.extend(Finished(delivery, None) for delivery in lane)
        self._results.set()

    async def _stop(self) -> None:
        """Finish the calls in flight, give back the rest, and write both down."""
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._finished:
            await self._record()
