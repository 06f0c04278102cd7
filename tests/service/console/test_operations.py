"""The pages of who runs the installation: how each service is doing, and who did what."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from services.handoff.store.tables import OUTBOX, TIMER
from services.ingest.store.tables import RECEIPT
from services.parts import NAMES
from shared.audit import Entry
from shared.bus.port import BusUnavailable
from shared.clock import SystemClock
from shared.ids import new_id
from tests.support.consoles import NOON
from tests.support.visiting import visitor, words_of

HOSTILE = "\u202e<script>alert(1)</script> \"'><img src=x onerror=alert(1)> " + "W" * 500
HREF = re.compile(r'href="([^"]+)"')
SUFFIX = {"handoff": "", "ingest": "/ingest", "notify": "/notify"}


@pytest.mark.parametrize("service", NAMES)
@pytest.mark.parametrize(
    ("language", "told"),
    [pytest.param("es", "Todo funciona", id="es"), pytest.param("en", "Everything runs", id="en")],
)
async def test_a_service_in_which_nothing_waits_is_well(consoles, service, language, told):
    await clear(consoles, service)
    visit = await consoles.visit(service, language=language)
    page = await visit.get(f"/operations{SUFFIX[service]}")

    assert page.status_code == 200
    assert told in words_of(page)
    # Where sessions are copied the page lets the browser tell who keeps them that one is used.
    assert ('src="/account/here.svg"' in page.text) == (service != "handoff")


@pytest.mark.parametrize("service", NAMES)
async def test_parked_events_are_named_with_their_reason_and_tried_again(consoles, service):
    await clear(consoles, service)
    ana = "ana@acme.com"
    first, _, other = await consoles.park(service, ana, ana, "bea", reason=HOSTILE)
    visit, base = await consoles.visit(service), f"/operations{SUFFIX[service]}"
    page = await visit.get(base)
    asked = await visit.get(f"{base}/parked/{first}")
    done = await visit.post(f"{base}/parked/{first}/retry", {})
    after = await visit.get(done.headers["location"])
    due = await retries(consoles, service)
    audit = await visit.get(f"/audit{SUFFIX[service]}?what=parked.retried")

    assert "3 eventos esperan aparte" in words_of(page)
    assert "te espera a ti" in words_of(page)
    assert "espera su turno" in words_of(page)
    for one in (page, asked):
        assert "<img src=x" not in one.text
        assert "\u202e" not in one.text
    assert "Con él espera 1 evento más" in words_of(asked)
    assert (done.status_code, done.headers["location"]) == (303, f"{base}?said=retried")
    assert "Se reintenta ahora" in words_of(after)
    assert (due[first] is not None, due[other]) == (True, None)
    assert "· reintentó un evento apartado" in words_of(audit)
    assert ana not in words_of(audit), "it keeps no personal data"


@pytest.mark.parametrize("service", NAMES)
async def test_the_tabs_of_the_others_say_that_something_is_wrong_here(consoles, service):
    await clear(consoles, service)
    visit, base = await consoles.visit(service), f"/operations{SUFFIX[service]}"
    well = await visit.get(f"{base}/mark")
    await consoles.park(service, "ana")
    wrong = await visit.get(f"{base}/mark")
    page = await visit.get(base)

    assert words_of(well) == ""
    assert words_of(wrong) == ": hay algo que atender"
    assert page.text.count("/mark") == 2, "what is wrong here stands on the page"


async def test_receipts_nobody_could_read_are_something_to_attend_to(consoles):
    await clear(consoles, "ingest")
    db, source = consoles.services["ingest"].db, new_id()
    receipt = {
        "id": new_id(),
        "source_id": source,
        "vendor": "generic",
        "received_at": NOON,
        "request": b"POST /hooks/web",
        "body": b"?",
        "state": "parked",
        "events": 1,
        "published": 0,
        "duplicates": 0,
        "parked": 1,
        "reason": "invalid_json",
    }
    await db.write(lambda conn: conn.execute(insert(RECEIPT), receipt))
    admin = await (await consoles.copied("ingest")).get("/operations/ingest")
    manager = await (await consoles.copied("ingest", roles=["manager"])).get("/operations/ingest")
    await db.write(lambda conn: conn.execute(RECEIPT.delete()))

    for page in (admin, manager):
        assert "Un recibo no se pudo leer y está apartado" in words_of(page)
    assert 'href="/receipts?state=parked"' in admin.text
    assert 'href="/receipts' not in manager.text, "nobody is led where their roles do not let them"


@pytest.mark.parametrize("service", NAMES)
async def test_long_lists_of_parked_events_come_in_pages(consoles, service):
    await clear(consoles, service)
    await consoles.park(service, *(f"lead {number}" for number in range(30)))
    visit, base = await consoles.visit(service), f"/operations{SUFFIX[service]}"
    first = await visit.get(base)
    following = first.text.partition('rel="next" href="')[2].partition('"')[0]
    second = await visit.get(following.replace("&amp;", "&"))

    assert first.text.count("/parked/") == 25
    assert second.text.count("/parked/") == 5


async def test_who_may_only_look_is_told_who_may_retry(consoles):
    (one,) = await consoles.park("notify", "cleo")
    visit = await consoles.copied("notify", roles=["manager"])
    page = await visit.get(f"/operations/notify/parked/{one}")
    refused = await visit.post(f"/operations/notify/parked/{one}/retry", {})

    assert "le toca a quien administra" in words_of(page)
    assert "<form class=" not in page.text.partition("<main")[2]
    assert refused.status_code == 403


@pytest.mark.parametrize("service", NAMES)
async def test_what_is_not_parked_any_more_is_not_there(consoles, service):
    visit, base = await consoles.visit(service), f"/operations{SUFFIX[service]}"
    answers = [await visit.get(f"{base}/parked/{one}") for one in ("987654321", "x", "0")]
    retried = await visit.post(f"{base}/parked/987654321/retry", {})

    assert [answer.status_code for answer in answers] == [404, 422, 422]
    assert retried.status_code == 404


async def test_events_that_do_not_leave_and_deadlines_nobody_fires_are_said_in_words(consoles):
    db, now = consoles.services["handoff"].db, SystemClock().now()
    staged = {
        "event_id": new_id(),
        "type": "t",
        "topic": "t",
        "key": "k",
        "payload": b"",
        "staged_at": now - timedelta(hours=1),
    }
    armed = {
        "id": new_id(),
        "kind": "accept",
        "subject": new_id(),
        "step": 1,
        "due_at": now - timedelta(minutes=5),
        "state": "armed",
        "generation": 1,
        "tries": 0,
        "try_at": now,
    }
    await db.write(lambda conn: conn.execute(insert(OUTBOX), staged))
    await db.write(lambda conn: conn.execute(insert(TIMER), armed))
    page = await (await consoles.enter()).get("/operations")
    for table in (OUTBOX, TIMER):  # the other tests find them empty
        await db.write(lambda conn, table=table: conn.execute(table.delete()))

    assert "Los eventos no salen" in words_of(page)
    assert "Hay plazos vencidos que nadie dispara" in words_of(page)


@pytest.mark.parametrize("service", NAMES)
async def test_a_bus_that_does_not_answer_is_said_and_the_page_comes_all_the_same(
    consoles, service, monkeypatch
):
    async def away(_topic):
        raise BusUnavailable("away")

    monkeypatch.setattr(consoles.services[service].bus, "ends", away)
    page = await (await consoles.visit(service)).get(f"/operations{SUFFIX[service]}")

    assert page.status_code == 200
    assert "El bus de eventos no contesta" in words_of(page)


@pytest.mark.parametrize("service", NAMES)
async def test_the_audit_says_who_did_what_and_is_narrowed(consoles, service):
    person = new_id()
    entries = [
        Entry("relevo", "lead.erased", new_id()),
        Entry(person, "lead.erased", new_id(), HOSTILE, {HOSTILE[:30]: [HOSTILE]}),
        Entry(person, "added.later", new_id()),
    ]
    for days, entry in enumerate(entries):
        await consoles.note(service, NOON + timedelta(days=days), entry)
    visit, base = await consoles.visit(service), f"/audit{SUFFIX[service]}"
    period = "since=2026-03-02&until=2026-03-04"
    every = await visit.get(f"{base}?{period}")
    theirs = await visit.get(f"{base}?{period}&who={person}")
    erased = await visit.get(f"{base}?{period}&what=lead.erased&who={person}")
    one_day = await visit.get(f"{base}?since=2026-03-02&until=2026-03-02")

    assert [counted(page) for page in (every, theirs, erased, one_day)] == [3, 2, 1, 1]
    assert "Relevo, por sí solo" in words_of(every)
    assert f"Persona {person[-6:]}" in words_of(theirs)
    assert "added.later" in words_of(theirs)
    assert "<img src=x" not in theirs.text


@pytest.mark.parametrize(
    ("service", "what", "detail", "leads_to"),
    [
        pytest.param("handoff", "handoff.reject", {}, "/handoffs/{}", id="hand-off"),
        pytest.param("handoff", "person.changed", {}, "/people/{}", id="person"),
        pytest.param("handoff", "lead.erased", {}, "", id="what is gone"),
        pytest.param(
            "handoff",
            "policy.signed",
            {"policy": "a/b", "number": 3},
            "/agreement/a%2Fb/versions/3",
            id="policy",
        ),
        pytest.param("handoff", "policy.signed", {}, "", id="too little is known"),
        pytest.param("ingest", "receipt.discarded", {}, "/receipts/{}", id="receipt"),
        pytest.param("notify", "subscription.paused", {}, "/subscriptions/{}", id="subscription"),
        pytest.param("notify", "subscription.removed", {}, "", id="removed"),
    ],
)
async def test_a_line_of_the_audit_leads_to_what_it_is_about(
    consoles, service, what, detail, leads_to
):
    who, subject = f"key {new_id()}", new_id()
    await consoles.note(service, NOON, Entry(who, what, subject, detail=detail))
    visit = await consoles.visit(service)
    page = await visit.get(f"/audit{SUFFIX[service]}?who={who}")
    line = page.text.partition('<ol class="audit">')[2].partition("<details")[0]

    assert [one for one in HREF.findall(line) if "/audit" not in one] == (
        [leads_to.format(subject)] if leads_to else []
    )


async def test_the_audit_names_people_and_comes_in_pages(consoles):
    person = await consoles.add_person("Bea Ruiz Sanz")
    entry = Entry(person["person_id"], "key.made", new_id())
    await consoles.note("handoff", NOON, *(entry for _ in range(30)))
    visit = await consoles.enter()
    first = await visit.get(f"/audit?who={person['person_id']}")
    following = first.text.partition('rel="next" href="')[2].partition('"')[0]
    second = await visit.get(following.replace("&amp;", "&"))

    assert (counted(first), counted(second)) == (25, 5)
    assert "Bea Ruiz Sanz · creó una clave" in words_of(first)


@pytest.mark.parametrize("wrong", ["nonsense", "2026-02-30", "99999-01-01", "0001-01-01"])
async def test_a_date_that_is_none_is_said_next_to_it(consoles, wrong):
    page = await (await consoles.copied("ingest")).get(f"/audit/ingest?since={wrong}")

    assert page.status_code == 200
    assert "No es una fecha" in words_of(page)
    assert 'aria-describedby="wrong-since"' in page.text


async def test_an_audit_in_which_nothing_is_found_says_what_to_do(consoles):
    visit = await consoles.copied("notify")
    page = await visit.get("/audit/notify?who=nobody-at-all")
    cursor = await visit.get("/audit/notify?cursor=nonsense")

    assert "Prueba con otras fechas" in words_of(page)
    assert cursor.status_code == 422


@pytest.mark.parametrize("path", ["/operations", "/audit"])
@pytest.mark.parametrize("service", NAMES)
async def test_the_pages_are_for_those_who_run_the_installation(consoles, service, path):
    rep = await consoles.visit(service, roles=["rep"])
    where = path + SUFFIX[service]
    refused, unknown = await rep.get(where), await visitor(consoles.http).get(where)

    assert refused.status_code == 403
    assert "Esto no te corresponde" in words_of(refused)
    assert unknown.status_code == 303
    assert unknown.headers["location"].startswith("/sign-in?next=")


def counted(page) -> int:
    return int(page.text.count('<a class="who"'))


async def clear(consoles, service) -> None:
    db = consoles.services[service].db
    parked = db.tables.tables["parked_event"]
    await db.write(lambda conn: conn.execute(parked.delete()))
    if service == "handoff":  # its relay does not run
        await db.write(lambda conn: conn.execute(OUTBOX.delete()))


async def retries(consoles, service):
    db = consoles.services[service].db
    parked = db.tables.tables["parked_event"]
    rows = await db.read(lambda conn: conn.execute(select(parked.c.id, parked.c.retry_at)).all())
    return {row.id: row.retry_at for row in rows}
