"""Routes that go past the router, and what is counted of all routes."""

from prometheus_client import generate_latest

from shared.body import LIMIT
from tests.service.shared.web.sample import assert_problem


async def test_hot_routes_go_past_the_router(client):
    exact = await client.post("/v1/events", content=b"hello")
    below = await client.post("/hooks/acme", content=b"hello")
    other_method = await client.get("/v1/events")

    assert exact.text == "hello from /v1/events"
    assert below.text == "hello from /hooks/acme"
    assert_problem(other_method, 404, "not_found")


async def test_faults_on_hot_routes_are_problems_too(client):
    refused = await client.post("/v1/events", content=b"refused")
    broken = await client.post("/v1/events", content=b"broken")
    large = await client.post("/v1/events", content=b"x" * (LIMIT + 1))

    assert_problem(refused, 401, "unauthenticated")
    assert_problem(broken, 500, "internal_error")
    assert_problem(large, 413, "body_too_large")


async def test_metrics_carry_templates_and_never_paths(client):
    await client.get("/v1/things/ana@acme.com")
    await client.head("/v1/things/ana@acme.com")
    await client.post("/hooks/acme-secret", content=b"")
    await client.get("/v1/unknown/ana@acme.com")
    await client.request("BREW", "/v1/things/1")
    text = generate_latest().decode()

    def counted(method, route, status):
        labels = f'method="{method}",route="{route}",status="{status}"'
        return f"relevo_http_requests_total{{{labels}}}" in text

    assert counted("GET", "/v1/things/{thing_id}", 200)
    assert counted("HEAD", "/v1/things/{thing_id}", 200)
    assert counted("POST", "/hooks/{source}", 200)
    assert counted("GET", "unmatched", 404)
    assert counted("other", "/v1/things/{thing_id}", 405)
    assert "acme.com" not in text
    assert "acme-secret" not in text
