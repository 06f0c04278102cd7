"""Pages of teams, calendars, territories and routing: what they show, take and refuse in words."""

import re
from datetime import timedelta
from itertools import count

import pytest

from tests.service.handoff.paging import HOSTILE
from tests.service.handoff.recording import record
from tests.service.handoff.test_console_people import TODAY, drawn, join
from tests.support.visiting import words_of

NUMBERS = count(1)


@pytest.fixture
async def team(house):
    """A team of two reps that takes the leads, its calendar, and who manages it."""
    number = next(NUMBERS)
    manager = await join(house, f"Marta {number}", "manager")
    ana, leo = [await join(house, f"{name} {number}") for name in ("Ana", "Leo")]
    calendar = f"oficina-{number}"
    week = {"mon-sun": "00:00-24:00"}
    made = {"name": calendar, "title": f"Oficina {number}", "zone": "Europe/Madrid", "week": week}
    answer = await house.post("/v1/calendars", made)
    assert answer.status_code == 201, answer.text
    found = await house.add_team(
        f"Iberia {number}",
        manager["person_id"],
        members=[ana["person_id"], leo["person_id"]],
        takes_leads=True,
        calendar=calendar,
    )
    return found | {
        "path": f"/teams/{found['team_id']}",
        "ana": ana,
        "leo": leo,
        "manager": manager,
        "visit": manager["visit"],
        "calendar": f"/calendars/{calendar}",
    }


async def stored(house, team):
    return (await house.get(f"/v1/teams/{team['team_id']}")).json()


def shares(team):
    return {one["person_id"]: (one["weight"], one["cap"]) for one in team["members"]}


async def test_a_weight_and_a_cap_are_changed_and_the_others_stay(house, team):
    ana, leo = team["ana"]["person_id"], team["leo"]["person_id"]
    path, revision = f"{team['path']}/members/{ana}", str(team["revision"])
    wrong = await team["visit"].post(
        path, {"weight": "many", "cap": "", "revision": revision, "about": ana}
    )
    tiny = await team["visit"].post(path, {"weight": "0,0001", "revision": revision, "about": ana})
    taken = await team["visit"].post(path, {"weight": "0,5", "cap": "9", "revision": revision})
    after = await stored(house, team)
    late = await team["visit"].post(path, {"weight": "3", "cap": "", "revision": revision})

    assert wrong.status_code == tiny.status_code == 422
    assert f'id="wrong-{ana}"' in wrong.text
    assert "Un número de 0 a 100" in words_of(wrong)
    assert taken.headers["location"] == f"{team['path']}?said=member_changed"
    assert shares(after) == {ana: (0.5, 9), leo: (1.0, None)}
    assert late.status_code == 412
    assert "Alguien lo cambió mientras tanto" in words_of(late)
    assert shares(await stored(house, team)) == shares(after)


async def test_somebody_joins_and_goes(house, team):
    eva = await join(house, "Eva")
    path, revision = f"{team['path']}/members", str(team["revision"])
    nobody = await team["visit"].post(path, {"email": "x@y.z", "revision": revision})
    await team["visit"].post(path, {"email": eva["email"], "cap": "3", "revision": revision})
    joined = await stored(house, team)
    gone = await team["visit"].post(
        f"{path}/{eva['person_id']}/remove", {"revision": str(joined["revision"])}
    )

    assert nobody.status_code == 422
    assert "Nadie que trabaje aquí tiene este correo" in words_of(nobody)
    assert shares(joined)[eva["person_id"]] == (1.0, 3)
    assert gone.status_code == 303
    assert eva["person_id"] not in shares(await stored(house, team))


async def test_the_turns_are_drawn_and_told_as_they_were_dealt(house, team):
    for number in range(4):
        await record(house, f"t{team['team_id'][-6:]}{number}@mail{number}.com", "demo.requested")
    page = await team["visit"].get(team["path"])
    dealt = {one["name"]: one["dealt"] for one in (await stored(house, team))["members"]}
    told = words_of(page)

    assert sum(dealt.values()) == 4
    assert "4 leads por turno en 7 días" in told
    for name, leads in dealt.items():
        assert f"{name} {leads} 2 " in told  # the table: who, got, share
    assert page.text.count('class="got"') == page.text.count('class="share"') == 2
    assert " leads por debajo de" not in told  # both are even


async def test_who_is_behind_their_share_is_told(house, team):
    await record(house, f"b{team['team_id'][-6:]}@mail.com", "demo.requested")
    page = await team["visit"].get(team["path"])
    behind = sorted(one["behind"] for one in (await stored(house, team))["members"])

    assert behind == [-0.5, 0.5]
    assert "0,5 leads por debajo de su parte" in words_of(page)
    assert "0,5 leads por encima de su parte" in words_of(page)


async def test_a_team_is_made_and_changed_with_what_is_wrong_told(house, team):
    number = next(NUMBERS)
    form = {"name": team["name"], "fallback": team["manager"]["email"], "window_days": "14"}
    taken = await team["visit"].post("/teams/new", form)
    wrong = await team["visit"].post("/teams/new", form | {"window_days": "0", "fallback": "x@y.z"})
    made = await team["visit"].post(
        "/teams/new", form | {"name": f"Sur {number}", "requires_language": "yes"}
    )
    kept = (await house.get(f"/v1{made.headers['location'].partition('?')[0]}")).json()
    lost = await team["visit"].post(
        f"{team['path']}/edit", form | {"revision": str(team["revision"])}
    )

    assert taken.status_code == 409
    assert "Este nombre ya está en uso." in words_of(taken)
    assert wrong.status_code == 422
    assert kept["requires"] == ["language"]
    assert kept["window_days"] == 14
    assert kept["takes_leads"] is False
    assert lost.status_code == 409
    assert "Un equipo tiene que recibir los leads nuevos" in words_of(lost)


async def test_a_week_is_drawn_as_it_will_be_with_holidays_by_name(house, team):
    path, monday = team["calendar"], TODAY + timedelta(days=7 - TODAY.weekday())
    fields = {"title": "Oficina", "zone": "Europe/Madrid", "country": "ES", "region": "CT"}
    fields |= {f"day_{day}": "09:00-14:00, 16:00-19:00" for day in ("mon", "tue", "wed", "thu")}
    changed = await team["visit"].post(f"{path}/edit", fields | {"revision": "1"})
    day = {"day": str(monday), "title": "San Pancracio", "revision": "2"}
    added = await team["visit"].post(f"{path}/days", day)
    page = await team["visit"].get(f"{path}?week={monday}")
    week = (await house.get(f"/v1{path}/week", params={"from": str(monday)})).json()
    hours = sum(len(one["hours"]) for one in week["days"])

    assert changed.headers["location"] == f"{path}?said=changed"
    assert added.headers["location"] == f"{path}?said=day_added"
    assert drawn(page).count("<rect") == hours
    assert "San Pancracio" in drawn(page)
    assert week["days"][0]["hours"] == []
    assert "San Pancracio" in words_of(await team["visit"].get("/calendars"))
    assert "Iberia" in words_of(page)


async def test_what_is_wrong_with_a_calendar_is_told_at_its_place(house, team):
    path = team["calendar"]
    form = {"title": "", "zone": "Nowhere", "day_mon": "9", "country": "ES", "region": "XX"}
    wrong = await team["visit"].post(f"{path}/edit", form | {"revision": "1"})
    empty = await team["visit"].post(f"{path}/edit", {"title": "x", "zone": "UTC", "revision": "1"})
    late = await team["visit"].post(
        f"{path}/edit", {"title": "x", "zone": "UTC", "day_mon": "09:00-10:00", "revision": "7"}
    )
    none = await team["visit"].post(f"{path}/days", {"day": "", "revision": "1"})
    bad = await team["visit"].post(
        f"{path}/days", {"day": "2030-01-02", "hours": "10:00-9", "revision": "1"}
    )
    taken = await team["visit"].post(
        "/calendars/new", {"name": "always", "title": "x", "zone": "UTC", "day_mon": "09:00-10:00"}
    )
    name = await team["visit"].post(
        "/calendars/new", {"name": "No good", "title": "x", "zone": "UTC", "day_mon": "09:00-10:00"}
    )

    assert wrong.status_code == 422
    for field in ("title", "zone", "day_mon"):
        assert f'id="{field}-wrong"' in wrong.text, field
    assert "Alguien tiene que trabajar" in words_of(empty)
    assert late.status_code == 412
    assert "Ahora pone: Oficina" in words_of(late)
    assert none.status_code == bad.status_code == 422
    assert "Elige un día" in words_of(none)
    assert taken.status_code == 409
    assert name.status_code == 422
    assert (await house.get(f"/v1{path}")).json()["revision"] == 1


async def test_a_day_of_every_year_is_added_and_taken_back(house, team):
    path = team["calendar"]
    day = {"day": "2026-12-24", "yearly": "yes", "hours": "09:00-13:00", "title": "Nochebuena"}
    await team["visit"].post(f"{path}/days", day | {"revision": "1"})
    added = (await house.get(f"/v1{path}")).json()["days"]
    page = words_of(await team["visit"].get(path))
    await team["visit"].post(f"{path}/days/remove", {"day": "12-24", "revision": "2"})

    assert list(added) == ["12-24"]
    assert "24 diciembre cada año Nochebuena · 09:00-13:00" in page
    assert (await house.get(f"/v1{path}")).json()["days"] == {}


DUE = {
    "within=2h&from=2027-01-05T10:00": "5 ene 2027, 12:00",
    "within=soon": "Escribe una duración",
    "within=2h&from=now": "Ese momento no se entiende",
    "within=2h&from=9999-12-31T23:00": "no tiene tantas horas",
}


async def test_when_something_would_be_due_is_answered(team):
    for query, told in DUE.items():
        page = await team["visit"].get(f"{team['calendar']}?{query}")

        assert page.status_code == 200, query
        assert told in words_of(page), query


async def made(house, team, name: str, **fields) -> str:
    answer = await house.post("/v1/territories", {"name": name, "title": name.title(), **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["territory_id"])


async def test_territories_are_told_in_order_and_moved(house, team):
    number, visit = next(NUMBERS), team["visit"]
    first = await made(house, team, f"uno-{number}", team_id=team["team_id"], countries=["ES"])
    second = await made(house, team, f"dos-{number}", team_id=team["team_id"], countries=["AD"])
    before = words_of(await visit.get("/territories"))
    moved = await visit.post(f"/territories/{second}/move", {"to": "up", "revision": "1"})
    late = await visit.post(f"/territories/{second}/move", {"to": "up", "revision": "1"})
    there_are = (await house.get("/v1/territories", params={"limit": 500})).json()["items"]
    order = [one["territory_id"] for one in there_are]

    assert before.index(f"Uno-{number}") < before.index(f"Dos-{number}")
    assert f"Uno-{number} Países España Va a {team['name']}" in before
    assert moved.status_code == 303
    assert order.index(second) == order.index(first) - 1
    assert late.status_code == 412
    assert "Alguien cambió el territorio mientras tanto" in words_of(late)


async def test_a_territory_says_at_each_field_what_nobody_knows(house, team):
    number, visit = next(NUMBERS), team["visit"]
    form = {
        "name": f"t-{number}",
        "team": team["team_id"],
        "countries": "España, Narnia",
        "domains": "no domain",
        "lists": "none",
        "active": "yes",
    }
    wrong = await visit.post("/territories/new", form | {"domains": ""})
    domain = await visit.post("/territories/new", form)
    both = await visit.post("/territories/new", form | {"person": team["ana"]["email"]})
    nobody = await visit.post("/territories/new", form | {"team": ""})
    good = {"countries": "España", "domains": "", "lists": "", "at_least": "1.000"}
    taken = await visit.post("/territories/new", form | good)
    found = await house.get("/v1/territories", params={"limit": 500})
    one = next(each for each in found.json()["items"] if each["name"] == f"t-{number}")
    late = await visit.post(
        f"/territories/{one['territory_id']}", form | good | {"revision": "9", "title": "x"}
    )

    assert wrong.status_code == 422
    assert "No conocemos el país «Narnia»." in words_of(wrong)
    assert "No hay ninguna lista «none»." in words_of(wrong)
    assert "«no domain» no es un dominio" in words_of(domain)
    assert "Un equipo o una persona, no los dos." in words_of(both)
    assert "Di quién toma sus leads" in words_of(nobody)
    assert taken.status_code == 303
    assert (one["countries"], one["employees"]) == (["ES"], {"at_least": 1000})
    assert late.status_code == 412
    assert f"Ahora pone: T {number}" in words_of(late)


async def test_whose_a_lead_would_be_is_told_with_every_reason(house, team):
    number, visit = next(NUMBERS), team["visit"]
    name = f"zona-{number}"
    await made(
        house, team, name, position=1, person_id=team["leo"]["person_id"], countries=["MC"],
        employees={"at_least": 5},
    )  # fmt: skip
    lead = {"name": f"Zoe Paz {number}", "email": f"z{number}@mail.com", "country": "Mónaco"}
    lead_id = await record(house, f"z{number}@mail.com", None, lead=lead)
    described = words_of(await visit.get("/territories?country=Monaco&employees=7"))
    real = words_of(await visit.get(f"/territories?lead=zoe+paz+{number}"))
    routed = words_of(await visit.get(f"/routing?lead={lead_id}"))
    placed = words_of(await visit.get("/routing?country=MC&employees=7"))

    assert f"{name.title()} : el país MC está entre sus países" in described
    assert f"{name.title()} : nadie dijo cuántos empleados hay" in real
    assert f"Zoe Paz {number} Le toca a " in routed
    assert f"Le toca a {team['leo']['name']}" in placed


async def test_who_is_on_leave_gets_no_lead_and_it_is_said_why(house, team):
    leave = {"from": str(TODAY - timedelta(days=1)), "until": str(TODAY + timedelta(days=6))}
    await house.patch(f"/v1/people/{team['ana']['person_id']}/hours", {"leave": [leave]})
    page = words_of(await team["visit"].get("/routing?language=es&segment=none"))

    assert f"Le toca a {team['leo']['name']}" in page
    assert f"{team['ana']['name']} ausente hasta el" in page


async def test_what_was_assigned_lately_is_told_with_why(house, team):
    number = next(NUMBERS)
    lead = {"name": f"Rita Mar {number}"}
    await record(house, f"r{number}@mail{number}.com", "demo.requested", lead=lead)
    page = words_of(await team["visit"].get("/routing"))

    assert re.search(rf"Rita Mar {number} .{{10,120}} le toca en {team['name']}", page)


REFUSED = {
    "language=es&at=x": "Ese momento no se entiende",
    "language=es&at=0001-01-01T00:00": "Ese momento no se entiende",
    "language=es&at=9999-12-31T23:59-10:00": "Ese momento no se entiende",
    "language=es&at=2020-01-01T10:00": "ya pasó",
    "language=es&tier=lava": "no tiene esa urgencia",
    "language=es&policy=none": "Di qué política",
    "language=es&without=x@y.z": "tiene este correo",
}


async def test_what_cannot_be_tried_is_told(team):
    for query, told in REFUSED.items():
        page = await team["visit"].get(f"/routing?{query}")

        assert page.status_code == 422, query
        assert told in words_of(page), query
    nobody = await team["visit"].get("/routing?lead=nobody-at-all")

    assert "Ningún lead se llama" in words_of(nobody)


async def test_reps_try_the_routing_and_see_no_pages_of_the_team(house, team):
    rep = team["ana"]["visit"]
    page = await rep.get("/routing?language=es")

    assert page.status_code == 200
    assert team["manager"]["email"] not in page.text
    for path in ("/teams", team["path"], "/calendars", team["calendar"], "/territories"):
        assert (await rep.get(path)).status_code == 403, path


async def test_hostile_texts_stay_text(house, team):
    bad, visit = HOSTILE.replace("\u202e", "")[:150], team["visit"]
    await house.patch(f"/v1/teams/{team['team_id']}", {"name": bad + str(next(NUMBERS))})
    days = {"2027-01-01": {"title": bad}}
    await house.patch(f"/v1{team['calendar']}", {"title": bad, "days": days})
    one = await made(
        house, team, f"h-{next(NUMBERS)}", team_id=team["team_id"], products=[bad], countries=["VA"]
    )
    await house.patch(f"/v1/territories/{one}", {"title": bad})
    await record(house, f"h{next(NUMBERS)}@mail.com", "demo.requested", lead={"name": bad})
    paths = ["/teams", team["path"], f"{team['path']}/edit", "/calendars", team["calendar"]]
    paths += [f"{team['calendar']}/edit", "/territories", f"/territories/{one}"]
    paths += ["/territories?country=VA&product=x", "/routing", "/routing?country=VA"]
    for path in paths:
        page = await visit.get(path)

        assert page.status_code == 200, path
        assert "<script>alert" not in page.text, path
        assert "<img src=x" not in page.text, path
        assert " style=" not in page.text, path
