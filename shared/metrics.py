"""Prometheus metrics every service has. Labels are route templates and kinds, never a person."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import REGISTRY, Counter, Gauge
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

REQUEST_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class RequestMeter(Collector):
    """Counts HTTP requests and their time, cheaply: it is asked for every one of them.

    The client's own counters take a lock three times a request; the event loop is one
    thread and needs none.
    """

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str, int], int] = {}
        self._times: dict[tuple[str, str], list[int]] = {}
        self._seconds: dict[tuple[str, str], float] = {}

    def answered(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count one answer. ``route`` is a template, never the path."""
        answer, series = (method, route, status), (method, route)
        self._answers[answer] = self._answers.get(answer, 0) + 1
        if series not in self._times:
            self._times[series] = [0] * (len(REQUEST_BUCKETS_S) + 1)
            self._seconds[series] = 0.0
        self._times[series][bisect_left(REQUEST_BUCKETS_S, took_s)] += 1
        self._seconds[series] += took_s

    def collect(self) -> Iterator[Metric]:
        """Give the metrics to Prometheus."""
        requests = CounterMetricFamily(
            "relevo_http_requests", "HTTP requests answered.", labels=("method", "route", "status")
        )
        for (method, route, status), count in self._answers.items():
            requests.add_metric((method, route, str(status)), count)
        yield requests
        seconds = HistogramMetricFamily(
            "relevo_http_request_seconds",
            "Time from the head of a request to the end of its answer.",
            labels=("method", "route"),
        )
        limits = [str(limit) for limit in REQUEST_BUCKETS_S] + ["+Inf"]
        for series, counts in self._times.items():
            buckets = list(zip(limits, accumulate(counts), strict=True))
            seconds.add_metric(series, buckets, self._seconds[series])
        yield seconds


REQUESTS = RequestMeter()
REGISTRY.register(REQUESTS)

OUTBOX_WAITING = Gauge(
    "relevo_outbox_waiting", "Events staged and not yet published.", ("service",)
)
OUTBOX_OLDEST_SECONDS = Gauge(
    "relevo_outbox_oldest_seconds", "Age of the oldest event not yet published.", ("service",)
)
CONSUMER_LAG = Gauge(
    "relevo_consumer_lag", "Events on the bus a consumer has not taken.", ("consumer", "topic")
)
PARKED_EVENTS = Gauge(
    "relevo_parked_events", "Events set aside with a reason, and those behind them.", ("service",)
)
TIMERS_OVERDUE = Gauge(
    "relevo_timers_overdue", "Timers that are due and have not fired.", ("service",)
)
LOOP_FAILURES = Counter(
    "relevo_loop_failures_total",
    "Times a background loop ended with an error.",
    ("service", "loop"),
)
DELIVERY_ATTEMPTS = Counter(
    "relevo_delivery_attempts_total",
    "Tries to tell a system or a person. Outcome: ok, refused, not_sent or unknown.",
    ("channel", "outcome"),
)
DELIVERIES_OPEN = Gauge(
    "relevo_deliveries_open", "Deliveries neither made nor given up.", ("channel",)
)
DELIVERIES_PARKED = Gauge("relevo_deliveries_parked", "Deliveries given up, to be redelivered.")
DELIVERIES_OLDEST_SECONDS = Gauge(
    "relevo_deliveries_oldest_seconds", "Age of the oldest delivery not settled."
)
FEED_POSITION = Gauge("relevo_feed_position", "Position of the feed's last event.")
SUBSCRIPTIONS = Gauge("relevo_subscriptions", "Subscriptions by state.", ("state",))
