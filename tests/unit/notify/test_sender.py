"""The sender: a few calls at once per endpoint, in order, nothing lost on the way out."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from services.notify.domain.attempts import Reply
from services.notify.domain.deliveries import CLAIM, Delivery, Endpoint
from services.notify.handlers.record_attempts import Finished
from services.notify.workers.sender import FEWEST_LANES, IN_FLIGHT, Queue, Sender, Storage
from shared.trace import trace_id
from tests.builders import NOON, SetClock

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OK = Reply("sent", ok=True, status=200)
BUSY = Reply("sent", ok=False, status=503, reason="http 503")
SLOW_DOWN = Reply("sent", ok=False, status=429, reason="http 429")
REFUSED = Reply("sent", ok=False, status=422, reason="http 422")
SILENCE = Reply("unknown", ok=False, reason="no answer in time")


class Endpoints:
    """Receivers under the test's hand, and what the sender records of them."""

    def __init__(self) -> None:
        self.clock = SetClock()
        self.calls: asyncio.Queue[tuple[Delivery, asyncio.Future[Reply]]] = asyncio.Queue()
        self.answers: list[asyncio.Future[Reply]] = []
        self.recorded: list[Finished] = []
        self.news = asyncio.Condition()
        self.due: dict[str | None, list[Delivery]] = {}
        self.broken = 0
        self.sender = Sender(Storage(self.next_due, self.claim, self.record), self.send, self.clock)

    async def send(self, delivery: Delivery) -> Reply:
        answer = asyncio.get_running_loop().create_future()
        self.answers.append(answer)
        await self.calls.put((delivery, answer))
        reply: Reply = await answer
        return reply

    async def stop(self, running: asyncio.Task[None]) -> None:
        """End the sender; every receiver answers what it was asked."""
        running.cancel()
        while not running.done():
            for answer in self.answers:
                if not answer.done():
                    answer.set_result(OK)
            await asyncio.sleep(0)

    async def next_due(self):
        return self.clock.now(), {
            target: self.clock.now() for target, due in self.due.items() if due
        }

    async def claim(self, target: str | None, limit: int) -> list[Delivery]:
        taken, self.due[target] = self.due[target][:limit], self.due[target][limit:]
        return taken

    async def record(self, finished: Sequence[Finished]) -> bool:
        if self.broken:
            self.broken -= 1
            raise ConnectionError("the database is away")
        async with self.news:
            self.recorded += finished
            self.news.notify_all()
        return False

    async def results(self, count: int) -> list[tuple[str, bool | None]]:
        """Wait for ``count`` results; return (delivery, ok), None for given back."""
        async with asyncio.timeout(30), self.news:
            await self.news.wait_for(lambda: len(self.recorded) >= count)
        return [
            (one.delivery.id, one.attempt.reply.ok if one.attempt else None)
            for one in self.recorded
        ]

    async def call(self) -> tuple[str, asyncio.Future[Reply]]:
        """Wait for the next call; return whose it is, and what to answer it with."""
        async with asyncio.timeout(30):
            delivery, answer = await self.calls.get()
        return delivery.id, answer


@pytest.fixture
async def endpoints():
    endpoints = Endpoints()
    running = asyncio.create_task(endpoints.sender.run())
    await asyncio.sleep(0)
    yield endpoints
    await endpoints.stop(running)


def delivery(name, queue="crm"):
    return Delivery(
        id=name,
        claim=1,
        claimed_until=NOON + CLAIM,
        queue=queue,
        channel="webhook",
        address="",
        event_id=name,
        event_type="handoff.sales_ready.v1",
        key=name,
        lead_id=name,
        handoff_id=None,
        failures=0,
        log=(),
        endpoint=Endpoint(queue, "webhook", "https://crm", {}, (), "en", "UTC"),
    )


def to_person(name):
    return replace(delivery(name, "slack https://hooks"), endpoint=None, person_id=name)


async def test_an_endpoint_has_at_most_four_calls_at_once(endpoints):
    endpoints.sender.give([[delivery(str(n))] for n in range(6)])
    first = [await endpoints.call() for _ in range(IN_FLIGHT)]

    assert endpoints.calls.empty()
    first[2][1].set_result(OK)
    assert (await endpoints.call())[0] == "4"
    assert endpoints.calls.empty()
    for _, answer in first:
        if not answer.done():
            answer.set_result(OK)
    await endpoints.call()
    assert len(await endpoints.results(4)) >= 4


async def test_a_slow_endpoint_holds_up_no_other(endpoints):
    endpoints.sender.give([[delivery(f"slow{n}", "slow")] for n in range(9)])
    for _ in range(IN_FLIGHT):
        await endpoints.call()
    endpoints.sender.give([[delivery("quick", "quick")]])
    name, answer = await endpoints.call()
    answer.set_result(OK)

    assert name == "quick"
    assert await endpoints.results(1) == [("quick", True)]


async def test_a_lane_goes_one_after_the_other(endpoints):
    endpoints.sender.give([[delivery("1"), delivery("2"), delivery("3")]])
    names = []
    for _ in range(3):
        name, answer = await endpoints.call()
        assert endpoints.calls.empty()
        names.append(name)
        answer.set_result(OK)

    assert names == ["1", "2", "3"]
    assert await endpoints.results(3) == [("1", True), ("2", True), ("3", True)]


async def test_behind_a_failure_the_lane_is_given_back(endpoints):
    endpoints.sender.give([[delivery("1"), delivery("2"), delivery("3")]])
    _, answer = await endpoints.call()
    answer.set_result(BUSY)

    assert await endpoints.results(3) == [("1", False), ("2", None), ("3", None)]
    assert endpoints.calls.empty()


async def test_a_claim_that_is_nearly_over_is_given_back_unsent(endpoints):
    endpoints.clock.advance(CLAIM - timedelta(seconds=10))
    endpoints.sender.give([[delivery("1")]])

    assert await endpoints.results(1) == [("1", None)]
    assert endpoints.calls.empty()


async def test_a_new_lane_does_not_wait_for_a_call_that_takes_long(endpoints):
    endpoints.sender.give([[delivery("slow")]])
    await endpoints.call()
    endpoints.sender.give([[delivery("quick")]])
    name, answer = await endpoints.call()
    answer.set_result(OK)

    assert name == "quick"
    assert await endpoints.results(1) == [("quick", True)]


@pytest.mark.parametrize("trouble", [SILENCE, BUSY, SLOW_DOWN], ids=["silence", "503", "429"])
async def test_an_endpoint_in_trouble_is_left_alone(endpoints, trouble):
    endpoints.sender.give([[delivery(str(n))] for n in range(20)])
    for _ in range(10):
        _, answer = await endpoints.call()
        answer.set_result(trouble)
    for _ in range(IN_FLIGHT - 1):  # already on the wire when the tenth failed
        _, answer = await endpoints.call()
        answer.set_result(trouble)
    results = await endpoints.results(20)

    assert [ok for _, ok in results].count(None) == 7
    assert endpoints.sender.room("crm") == 0


async def test_an_endpoint_that_refuses_some_events_gets_the_others(endpoints):
    endpoints.sender.give([[delivery(str(n))] for n in range(30)])
    for _ in range(30):
        _, answer = await endpoints.call()
        answer.set_result(REFUSED)

    assert len(await endpoints.results(30)) == 30


async def test_people_are_not_kept_waiting_behind_a_channel_that_fails(endpoints):
    endpoints.sender.give([[to_person(str(n))] for n in range(30)])
    for _ in range(30):
        _, answer = await endpoints.call()
        answer.set_result(SILENCE)

    assert {ok for _, ok in await endpoints.results(30)} == {False}


async def test_a_due_delivery_probes_an_endpoint_that_was_left_alone(endpoints):
    endpoints.sender.give([[delivery(str(n))] for n in range(10)])
    for _ in range(10):
        _, answer = await endpoints.call()
        answer.set_result(SILENCE)
    await endpoints.results(10)
    endpoints.clock.advance(timedelta(seconds=31))
    until = endpoints.clock.now() + CLAIM
    endpoints.due["crm"] = [replace(delivery(f"due{n}"), claimed_until=until) for n in range(3)]
    endpoints.sender.wake()
    name, answer = await endpoints.call()

    assert name == "due0"
    assert endpoints.calls.empty()
    answer.set_result(OK)
    assert {(await endpoints.call())[0], (await endpoints.call())[0]} == {"due1", "due2"}


async def test_due_deliveries_are_looked_for_when_woken(endpoints):
    endpoints.due["crm"] = [delivery("1")]
    endpoints.sender.wake()
    name, answer = await endpoints.call()
    answer.set_result(OK)

    assert name == "1"
    assert await endpoints.results(1) == [("1", True)]


async def test_results_are_kept_while_the_database_is_away(endpoints):
    endpoints.broken = 1
    endpoints.sender.give([[delivery("1")]])
    _, answer = await endpoints.call()
    answer.set_result(OK)

    assert await endpoints.results(1) == [("1", True)]


async def test_an_error_of_ours_is_an_attempt_that_failed(endpoints):
    traced = replace(delivery("1"), traceparent=TRACE)
    with capture_logs([merge_contextvars]) as lines:
        endpoints.sender.give([[traced], [delivery("2")]])
        _, answer = await endpoints.call()
        answer.set_exception(RuntimeError("a bug"))
        _, other = await endpoints.call()
        other.set_result(OK)

        assert sorted(await endpoints.results(2)) == [("1", False), ("2", True)]
    (line,) = (line for line in lines if line["event"] == "delivery_broke")
    assert line["trace_id"] == trace_id(TRACE)


async def test_stopping_finishes_what_is_on_the_wire_and_gives_back_the_rest():
    endpoints = Endpoints()
    running = asyncio.create_task(endpoints.sender.run())
    await asyncio.sleep(0)
    endpoints.sender.give([[delivery(str(n))] for n in range(6)])
    calls = [await endpoints.call() for _ in range(IN_FLIGHT)]
    running.cancel()
    for _ in range(3):
        await asyncio.sleep(0)
    assert endpoints.sender.room("crm") == 0
    for _, answer in calls:
        answer.set_result(OK)
    await asyncio.gather(running, return_exceptions=True)

    assert sorted(await endpoints.results(6)) == [
        *((str(n), True) for n in range(4)),
        ("4", None),
        ("5", None),
    ]


@pytest.mark.parametrize(
    ("pace_s", "room"),
    [
        pytest.param(0.001, 1000, id="quick"),
        pytest.param(0.5, 160, id="half a second"),
        pytest.param(15, FEWEST_LANES, id="hardly alive"),
    ],
)
def test_a_queue_takes_what_its_endpoint_will_take_in_time(pace_s, room):
    assert Queue(pace_s=pace_s).room() == room


def test_a_queue_learns_how_quick_its_endpoint_is():
    queue = Queue()
    for _ in range(100):
        queue.end(OK, 0.002, NOON)

    assert queue.room() == 1000
