"""Metrics in the pages are those of the code, each with its labels."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from services.parts import NAMES
from shared.metrics import REQUESTS
from tests.unit.docs.test_docs import NAMES as PAGE_NAMES
from tests.unit.docs.test_docs import PAGES, ROOT

LINE = re.compile(r"^\| `(relevo_\w+)` \| ([\w, ]*)\|", re.MULTILINE)
NAMED = re.compile(r"\brelevo_[a-z_]+")
SCHEMAS = {f"relevo_{name}" for name in NAMES}  # of PostgreSQL


def described() -> dict[str, list[str]]:
    """Return the metrics of the page with their labels."""
    text = (ROOT / "docs" / "metrics.md").read_text()
    return {
        name: [label.strip() for label in labels.split(",") if label.strip()]
        for name, labels in LINE.findall(text)
    }


def declared() -> Iterator[tuple[str, list[str]]]:
    """Yield each metric as Prometheus names it, with its labels."""
    for file in (ROOT / "services").glob("*/metrics.py"):
        import_module(f"services.{file.parent.name}.metrics")
    for collector in {*REGISTRY._names_to_collectors.values()}:
        if isinstance(collector, MetricWrapperBase) and collector._name.startswith("relevo_"):
            suffix = "_total" if collector._type == "counter" else ""
            yield collector._name + suffix, list(collector._labelnames)
    assert REQUESTS in REGISTRY._collector_to_names
    yield "relevo_http_requests_total", ["method", "route", "status"]
    yield "relevo_http_request_seconds", ["method", "route"]


def test_every_metric_is_described_with_its_labels():
    assert described() == dict(declared())


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
def test_metrics_named_in_the_pages_exist(page: Path):
    named = set(NAMED.findall(page.read_text())) - SCHEMAS

    assert named <= dict(declared()).keys()
