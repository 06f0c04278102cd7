"""The ledger adds up whatever comes in, and says so where operators look."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from services.ingest.store.ledger import unaccounted_items
from services.ingest.store.tables import LEDGER
from tests.service.ingest.test_reading import GUIDE, counts
from tests.service.ingest.world import World

HORRORS = [
    b"",
    b"\x00",
    b"\xff\xfe{\x00}\x00",
    b'{"email": "ana@acme.com", "event": NaN}',
    b'{"email": "ana@acme.com", "event": 1e999}',
    b'{"email": "ana@acme.com", "email": "eva@acme.com"}',
    b'{"email": "ana@acme.com", "event": "\\ud800"}',
    b'{"email": "ana@acme.com", "event": "a\\u0000b", "id": "x\\u0000"}',
    b'{"email": "ana@acme.com", "event": "x", "\\u0000": {"\\u0000": 1}}',
    b'{"email": "ana@acme.com", "time": 99999999999999999999999999, "event": "x"}',
    b'{"email": "ana@acme.com", "time": -1e308, "event": "x"}',
    b'{"user_id": 12345678901234567890123456789, "event": "x"}',
    b'{"email": {"a": 1}, "event": ["x"], "id": {}, "time": []}',
    b'{"email": "' + b"a" * 100_000 + b'@acme.com", "event": "x"}',
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b"[" + b"1," * 6_000 + b"1]",
    b"1" * 5_000,
    b"[[[[]]]]",
    b"null",
    b'"text"',
    b"--boundary\r\nContent-Disposition: form-data",
    b"email=%ff&event=x",
    "{'email': 'ana@acme.com'}".encode("utf-16"),
]


async def test_no_body_hurts_a_hook(world: World):
    token = await world.source()

    for body in HORRORS:
        answer = await world.send("/hooks/web", body, token)
        assert answer.status_code == 200
    await world.send("/hooks/web", GUIDE, token)
    await world.read()

    line = await counts(world)
    assert "pending" not in line
    assert len(await world.receipts()) == len(HORRORS) + 1
    assert "email:ana@acme.com" in {touch.identity for touch in await world.touches()}


async def test_no_body_is_a_fault_of_ours_at_any_other_door(world: World):
    token = await world.source()
    paths = ["/v1/events", "/v1/track", "/v1/batch", "/v1/identify", "/v1/cloudevents"]

    for path in paths:
        for body in HORRORS:
            answer = await world.send(path, body, token)
            assert answer.status_code in (200, 202) or 400 <= answer.status_code < 500
            if answer.status_code >= 400:
                assert answer.json()["code"]
    await world.read()

    assert "pending" not in await counts(world)


FORM = "application/x-www-form-urlencoded"
BODIES = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(HORRORS),
    st.text(alphabet='{}[]":,0123456789.eE-+\\u atrulfsn@', max_size=200).map(str.encode),
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "email": st.sampled_from(["ana@acme.com", "a b@x", "", None, 7]),
                "event": st.text(max_size=5) | st.none(),
                "id": st.integers(0, 3) | st.none(),
                "time": st.text(max_size=10) | st.floats() | st.integers(),
                "properties": st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
            },
        )
        | st.integers(),
        max_size=4,
    ).map(lambda events: str(events).replace("'", '"').replace("None", "null").encode()),
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    bodies=st.lists(
        st.tuples(
            st.sampled_from(["generic", "segment", "cloudevents", "relevo"]),
            BODIES,
            st.sampled_from(
                ["application/json", FORM, "text/plain", "", "application/cloudevents+json"]
            ),
            st.sampled_from([None, "gzip", "br"]),
        ),
        max_size=5,
    )
)
async def test_any_bytes_are_answered_and_the_ledger_adds_up(world: World, bodies):
    tokens = {}
    for vendor in ("generic", "segment", "cloudevents", "relevo"):
        shown = await world.api("GET", f"/v1/sources/{vendor}")
        if shown.status_code == 404:
            tokens[vendor] = await world.source(vendor, vendor)
        else:
            rotated = await world.api("POST", f"/v1/sources/{vendor}/rotate", {"overlap_hours": 0})
            tokens[vendor] = rotated.json()["value"]
    before = {vendor: await world.ledger(vendor) for vendor in tokens}

    for vendor, body, kind, encoding in bodies:
        headers = {"content_type": kind} | ({"content_encoding": encoding} if encoding else {})
        answer = await world.send(f"/hooks/{vendor}", body, tokens[vendor], **headers)
        assert answer.status_code in (200, 202)
    await world.read()

    for vendor in tokens:
        line = await world.ledger(vendor)
        assert (line["gap"], line["pending"]) == (0, 0)
        assert line["received"] >= before[vendor]["received"]
    assert await world.service.db.read(unaccounted_items) == {}


async def test_a_gap_is_an_alarm(world: World):
    token = await world.source()
    await world.send("/hooks/web", GUIDE, token)
    await world.read()

    await world.service.db.write(lambda conn: conn.execute(update(LEDGER).values(published=0)))
    metrics = (await world.http.get("/metrics")).text

    assert 'relevo_ledger_gap{source="web"} 1.0' in metrics
    assert 'relevo_ledger_events{source="web",state="received"} 1.0' in metrics


async def test_the_oldest_unread_receipt_is_measured(world: World):
    token = await world.source()
    await world.send("/hooks/web", GUIDE, token)
    world.clock.moment = world.clock.moment.replace(minute=7)

    metrics = (await world.http.get("/metrics")).text

    assert 'relevo_receipt_oldest_pending_seconds{source="web"} 420.0' in metrics
