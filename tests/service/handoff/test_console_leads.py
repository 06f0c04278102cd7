"""Leads on their pages: found, filtered, told whole, merged apart, given as a file, erased."""

import re
from datetime import UTC, datetime, timedelta

from services.handoff.store import lead_search
from tests.service.handoff.paging import handed_to, role
from tests.service.handoff.paging import rep as rep
from tests.service.handoff.recording import record
from tests.support.visiting import words_of


async def test_leads_are_found_by_name_address_and_company(house, rep):
    await record(
        house,
        "nuria.vidal@umbral.com",
        "email.opened",
        lead={"first_name": "Núria", "last_name": "Vidal"},
    )
    visit = rep["visit"]
    for q in ("núria v", "Vidal", "nuria.vidal@", "umbral"):
        assert "Núria Vidal" in words_of(await visit.get(f"/leads?q={q}")), q
    for q in ("%25", "\\", "nobody at all", "_uria"):
        assert "Núria Vidal" not in words_of(await visit.get(f"/leads?q={q}")), q


async def test_leads_are_filtered_turned_over_and_views_saved(house, rep):
    handoff = await handed_to(house, rep, lead={"name": "Sara Entregada"})
    for number in range(27):
        await record(house, f"many{number}@vista.org", "email.opened")
    visit = rep["visit"]
    first = await visit.get("/leads?q=many")
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = await visit.get(following.replace("&amp;", "&"))
    saved = await visit.post(
        "/leads/views", {"name": "Muchos", "q": "many", "sales": "never", "since": "7"}
    )
    page = await visit.get(saved.headers["location"])
    (forgetting,) = re.findall(r'action="(/leads/views/[^"]+/forget)"', page.text)
    open_now = words_of(await visit.get("/leads?sales=open"))
    await visit.post(forgetting, {})

    assert len(re.findall(r'<th scope="row">', first.text)) == 25
    assert len(re.findall(r'<th scope="row">', second.text)) == 2
    assert saved.headers["location"] == "/leads?q=many&sales=never&since=7"
    assert "Muchos" in words_of(page)
    assert "Sara Entregada" in open_now
    assert "many1@" not in open_now
    assert "Muchos" not in words_of(await visit.get("/leads"))
    assert handoff


async def test_a_view_is_kept_of_what_can_be_asked_alone(rep):
    given = {"name": "Raro", "q": " ana ", "sales": "x" * 9000, "since": "ayer"}
    answer = await rep["visit"].post("/leads/views", given)
    page = await rep["visit"].get("/leads?q=ana")

    assert answer.headers["location"] == "/leads?q=ana"
    assert '<a href="/leads?q=ana" aria-current="true"><bdi>Raro</bdi></a>' in page.text


async def test_nobody_keeps_more_views_than_fit_and_is_told_so(house, rep, monkeypatch):
    monkeypatch.setattr(lead_search, "MOST_VIEWS", 1)
    visit = rep["visit"]
    await visit.post("/leads/views", {"name": "uno", "q": "uno"})
    answer = await visit.post("/leads/views", {"name": "dos", "q": "dos"})
    page = words_of(await visit.get(answer.headers["location"]))

    assert answer.headers["location"] == "/leads?q=dos&refused=too_many_views"
    assert "es el máximo: olvida una" in page


async def test_a_merged_lead_stands_where_its_open_hand_off_stands(house, rep):
    first = await handed_to(house, rep, "uno@unidos.com", lead={"name": "Uno Unido"})
    second = await handed_to(house, rep, "dos@unidos.com", lead={"name": "Dos Unido"})
    body = {"lead_id": second["lead_id"], "why": "same person"}
    merged = await house.post(f"/v1/leads/{first['lead_id']}/merge", body)
    page = words_of(await rep["visit"].get("/leads?q=unido&sales=open"))

    assert merged.status_code == 200, merged.text
    pages = [await rep["visit"].get(one["path"]) for one in (first, second)]
    (joined,) = (one for one in pages if "Unido a otro" in one.text)
    kept = first if joined is pages[1] else second

    assert "Por responder" in page
    assert "Unido a otro" not in page
    assert "sigue en una sola entrega" in words_of(joined)
    assert f'<a href="{kept["path"]}">Abrirla</a>' in joined.text
    assert words_of(joined).count("cerrado antes") >= 2


async def test_a_lead_tells_where_they_stand_and_what_is_missing(house, rep):
    lead = await record(house, "cerca@acme.com", "content.downloaded", lead={"name": "Ada Cerca"})
    page = await rep["visit"].get(f"/leads/{lead}")
    text = words_of(page)

    assert "Todavía no está listo" in text
    assert "Qué le falta Para «" in text
    assert "bastaría una de estas: «" in text
    assert 'role="img"' in page.text
    assert len(re.findall(r"<tr><th scope=\"row\">\w+ \d+ \w+( \d+)?</th>", page.text)) == 15


async def test_a_merge_is_undone_by_who_may(house, rep):
    one = await record(house, "uno@merge.com", "email.opened", lead={"name": "Uno"})
    two = await record(house, "dos@merge.com", "email.opened", lead={"name": "Dos"})
    await house.post(f"/v1/leads/{one}/merge", {"lead_id": two, "why": "same person"})
    path, manager = f"/leads/{two}/unmerge", await role(house, "manager")
    refused = await rep["visit"].post(path, {})
    undone = await manager.post(path, {})
    again = await manager.post(path, {})

    assert "Deshacer" not in (await rep["visit"].get(f"/leads/{one}")).text
    assert refused.status_code == 403
    assert undone.headers["location"] == f"/leads/{two}?said=unmerged"
    assert again.headers["location"] == f"/leads/{two}?refused=not_merged"


async def test_a_lead_is_given_whole_as_a_file(house, rep):
    handoff = await handed_to(house, rep, lead={"name": "Eva Entera"})
    answer = await rep["visit"].get(f"/leads/{handoff['lead_id']}/export")
    whole = answer.json()

    assert answer.headers["content-disposition"].startswith("attachment")
    assert whole["name"] == "Eva Entera"
    assert whole["timeline"][-1]["kind"] == "demo.requested"
    assert whole["handoffs"][0]["sales_ready"]["lead"]["name"] == "Eva Entera"


async def test_a_person_is_erased_by_an_admin_who_is_sure(house, rep):
    handoff = await handed_to(house, rep, lead={"name": "Eva Fuera"})
    due = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    await rep["visit"].post(f"{handoff['path']}/promises", {"promise": "Llamar a Eva", "due": due})
    path, admin = f"/leads/{handoff['lead_id']}", await role(house, "admin")
    refused = await rep["visit"].get(f"{path}/erase")
    asked = await admin.get(f"{path}/erase")
    unsure = await admin.post(f"{path}/erase", {"why": "asked"})
    mute = await admin.post(f"{path}/erase", {"why": " ", "sure": "yes"})
    done = await admin.post(f"{path}/erase", {"why": "asked", "sure": "yes"})
    gone = await admin.get(path)
    page = words_of(await admin.get(handoff["path"]))

    assert [refused.status_code, unsure.status_code, done.status_code] == [403, 422, 200]
    assert (asked.status_code, "-wrong" in asked.text) == (200, False)
    assert 'id="sure-wrong"' in unsure.text
    assert 'id="why-wrong"' not in unsure.text
    assert (mute.status_code, 'id="why-wrong"' in mute.text) == (422, True)
    assert 'value="yes" required checked' in mute.text
    assert (gone.status_code, "It is gone" in words_of(gone)) == (410, True)
    assert "Eva" not in page
