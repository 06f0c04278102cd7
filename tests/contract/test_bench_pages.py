"""``make bench`` asks for every page there is."""

from tests.bench.console_pages import NO_PAGES, PARAMETERS, REVIEWED, VARIANTS, routes, unknown


def test_every_page_is_measured():
    assert unknown() == [], "say in tests/bench/console_pages.py what their parameters can be"
    assert len(routes()) > 5


def test_what_is_not_measured_is_there():
    paths = {line.split()[1] for line in REVIEWED.read_text().splitlines()}

    assert NO_PAGES.keys() <= paths


def test_a_variant_is_of_a_page_that_is_measured():
    known = {path for path, _ in routes()}
    plain = {path.partition("?")[0].replace("{heavy}", "{lead_id}") for _, path in VARIANTS}

    assert plain <= known
    assert PARAMETERS.keys() >= {"heavy", "address"}
