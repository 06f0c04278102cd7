"""The scoreboard over HTTP: who sees what, what is refused, tables, the page, counting again."""

import csv
import io
from datetime import UTC, datetime

import pytest

from services.handoff.handlers.rebuild_scoreboard import rebuild_some
from services.handoff.handlers.record_touches import record_touches
from services.handoff.unit_of_work import unit_of_work
from shared.contracts import Envelope
from shared.contracts.touches import TouchRecorded
from shared.ids import new_id

PATH = "/v1/scoreboard"


async def demo(api, email):
    """Let a lead ask for a demo now: the starter policy hands it over."""
    now = datetime.now(UTC)
    event = TouchRecorded(
        source="web",
        vendor="generic",
        source_event_id=new_id(),
        receipt_id=new_id(),
        identity=f"email:{email}",
        identifiers=[f"email:{email}"],
        occurred_at=now,
        received_at=now,
        touch="demo.requested",
        name="demo",
        made_by="human",
        made_by_reason="",
    )
    envelope = Envelope(new_id(), "relevo/ingest", "", event.identity, now, event)
    await api.service.db.write(
        lambda conn: record_touches(unit_of_work(api.parts, conn), [envelope])
    )


async def board(api, **query):
    found = await api.get(PATH, params=query)
    assert found.status_code == 200, found.text
    return found.json()


async def test_everybody_with_the_scope_sees_the_same_numbers(api):
    mia = await api.add_person("Mia Ruiz", roles=["marketing"])
    await demo(api, "eva@lead.example")
    marketing = await api.with_key(person=mia["person_id"])
    everybody = await api.with_key(scopes=["scoreboard:read"])
    ours, theirs = await board(everybody), await board(marketing)

    assert {**ours, "measured_at": None} == {**theirs, "measured_at": None}
    assert (ours["totals"]["sales_ready"], ours["totals"]["touches"]["human"]) == (1, 1)
    assert ours["choices"]["sources"] == ["web"]
    assert (ours["rebuilding"], ours["leaks"]) == ({"done": 0, "total": 0}, 0)


async def test_a_rep_sees_the_numbers_of_their_own_teams(api):
    ana, ben = await api.add_person("Ana Pérez"), await api.add_person("Ben Gil")
    members = [ana["person_id"]]
    await api.add_team("Ours", ana["person_id"], takes_leads=True, members=members)
    await api.add_team("Theirs", ben["person_id"])
    await demo(api, "eva@lead.example")
    rep = await api.with_key(person=ana["person_id"], scopes=["scoreboard:read"])
    other = await api.with_key(person=ben["person_id"], scopes=["scoreboard:read"])
    found = await board(rep)

    assert (found["only"]["teams"], found["totals"]["sales_ready"]) == (["Ours"], 1)
    assert found["misses"]["leads"] is None
    assert [one["name"] for one in found["choices"]["teams"]] == ["Ours"]
    refused = await rep.get(PATH, params={"team": "Theirs"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_team")
    assert (await other.get(PATH)).json()["code"] == "no_team"
    assert (await board(api, team="Theirs"))["totals"]["sales_ready"] == 0


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        pytest.param(
            {"from": "2026-03-02", "to": "2026-03-01"}, "query.from", "invalid", id="backwards"
        ),
        pytest.param({"from": "yesterday"}, "query.from", "invalid", id="no day"),
        pytest.param({"from": "2026-02-30"}, "query.from", "invalid", id="no such day"),
        pytest.param(
            {"from": "2010-01-01", "to": "2020-01-01"},
            "query.from",
            "period_too_long",
            id="ten years",
        ),
        pytest.param(
            {"from": "2024-01-01", "to": "2026-01-01", "by": "day"},
            "query.by",
            "period_too_long",
            id="two years by day",
        ),
        pytest.param({"by": "quarter"}, "query.by", "invalid", id="no such piece"),
        pytest.param({"version": 1}, "query.version", "invalid", id="a version of what"),
        pytest.param({"policy": "nobody"}, "query.policy", "unknown_policy", id="no such policy"),
        pytest.param(
            {"policy": "b2b-starter", "version": 99},
            "query.version",
            "unknown_version",
            id="no version",
        ),
        pytest.param({"team": "Nobody"}, "query.team", "unknown_team", id="no such team"),
        pytest.param({"content": "a", "campaign": "b"}, "query.campaign", "invalid", id="both"),
        pytest.param({"colour": "red"}, "query.colour", "invalid", id="unknown"),
    ],
)
async def test_what_cannot_be_shown_says_why(standing_api, query, pointer, code):
    refused = await standing_api.get(PATH, params=query)

    assert refused.status_code == 422, refused.text
    assert refused.json()["code"] == code
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_tables_are_csv_and_the_page_is_html(api):
    await demo(api, "eva@lead.example")
    table = await api.get(f"{PATH}/funnel.csv", params={"language": "es"})
    rows = list(csv.reader(io.StringIO(table.text)))
    page = await api.get(f"{PATH}/page", params={"language": "es", "by": "week"})
    missing = await api.get(f"{PATH}/nothing.csv")

    assert rows[0] == ["step", "count", "count_before", "of_step_above"]
    assert rows[3][:2] == ["Listos para ventas (entregas)", "1"]
    assert "attachment" in table.headers["content-disposition"]
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Marcador común" in page.text
    assert missing.status_code == 404
    assert "funnel" in missing.json()["message"]


async def test_counting_again_is_asked_for_once_and_done_in_the_background(api):
    await demo(api, "eva@lead.example")
    before = await board(api)
    first, again = await api.post(f"{PATH}/rebuild"), await api.post(f"{PATH}/rebuild")
    while (await api.get(f"{PATH}/rebuild")).json()["state"] != "done":
        await api.service.db.write(lambda conn: rebuild_some(unit_of_work(api.parts, conn), 50))
    done = (await api.get(f"{PATH}/rebuild")).json()
    after = await board(api)
    repeated = (await api.post(f"{PATH}/rebuild")).json()

    assert (first.status_code, again.json()["asked_at"]) == (202, first.json()["asked_at"])
    assert done["done"] == done["total"] == 2
    assert after["rebuilding"] is None
    assert after["totals"] == before["totals"]
    assert repeated["state"] == "asked", "it can be asked for anew"
