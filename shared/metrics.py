"""Prometheus metrics every service has. Labels are route templates and kinds, never a person."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "relevo_http_requests_total", "HTTP requests answered.", ("method", "route", "status")
)
REQUEST_SECONDS = Histogram(
    "relevo_http_request_seconds",
    "Time from the first byte of a request to the end of its answer.",
    ("method", "route"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
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
