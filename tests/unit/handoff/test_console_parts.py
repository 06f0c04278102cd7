"""The console's small parts: languages, links, moments, forms, charts, files."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

import shared.console
from services.handoff.console.charts import HEIGHT, score_chart
from services.handoff.console.money import amount_of
from services.handoff.console.passwords import AT_ONCE, MOST_WAITING, Passwords, weakness
from services.handoff.console.telling import did
from services.handoff.console.words import WORDS
from shared.console import assets
from shared.console.formats import Formats, clip, mail_link, phone_link, web_link
from shared.console.forms import form_token, local_path
from shared.console.language import accepted
from shared.problem import Problem

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
SPANISH = Formats("es", "Europe/Madrid", NOW, WORDS)
ENGLISH = Formats("en", "Europe/Madrid", NOW, WORDS)
STATIC = Path(shared.console.__file__).parent / "static"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        pytest.param("es-MX,en;q=0.8", "es", id="a region of ours"),
        pytest.param("fr,en;q=0.5,es;q=0.9", "es", id="the better liked one"),
        pytest.param("fr,de", "en", id="none of ours"),
        pytest.param("es;q=0,en;q=0.1", "en", id="refused"),
        pytest.param("es;q=x, ,;;;,*", "en", id="rubbish"),
        pytest.param(None, "en", id="nothing said"),
    ],
)
def test_the_browser_chooses_the_language_of_who_is_not_signed_in(header, language):
    assert accepted(header, "en") == language


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        pytest.param("/leads?q=a", "/leads?q=a", id="ours"),
        pytest.param("//evil.example", "/", id="another host"),
        pytest.param("/\\evil.example", "/", id="another host, as some browsers read it"),
        pytest.param("https://evil.example", "/", id="a whole address"),
        pytest.param("/a\r\nSet-Cookie: x", "/", id="a header in it"),
        pytest.param(None, "/", id="nothing"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(wanted, path):
    assert local_path(wanted) == path


@pytest.mark.parametrize(
    ("address", "link"),
    [
        pytest.param("https://acme.com/a?b=c", "https://acme.com/a?b=c", id="the web"),
        pytest.param("javascript:alert(1)", None, id="a script"),
        pytest.param("data:text/html,x", None, id="data"),
        pytest.param("http://", None, id="no host"),
        pytest.param("http://[::1", None, id="no address at all"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_only_addresses_of_the_web_become_links(address, link):
    assert web_link(address) == link


def test_mail_and_telephone_become_links_only_when_they_look_like_it():
    assert mail_link("ana@acme.com") == "mailto:ana@acme.com"
    assert mail_link("ana@acme.com?bcc=all@acme.com") is None
    assert phone_link("+34 600 11 22 33") == "tel:+34600112233"
    assert phone_link("call me") is None


@pytest.mark.parametrize(
    ("after", "told"),
    [
        pytest.param(timedelta(minutes=12), "quedan 12 min", id="minutes"),
        pytest.param(timedelta(hours=3, minutes=5), "quedan 3 h 5 min", id="hours"),
        pytest.param(timedelta(days=1, hours=2), "quedan 1 día 2 h", id="a day"),
        pytest.param(timedelta(days=9), "quedan 9 días", id="days"),
        pytest.param(-timedelta(minutes=8), "8 min tarde", id="late"),
        pytest.param(-timedelta(seconds=5), "1 min tarde", id="just late"),
        pytest.param(timedelta(minutes=59, seconds=50), "quedan 60 min", id="nearly an hour"),
    ],
)
def test_the_time_left_is_told_in_words(after, told):
    assert SPANISH.left(NOW + after) == told


def test_a_day_is_told_as_the_reader_sees_it():
    assert SPANISH.moment(NOW) == "hoy, 12:00"
    assert ENGLISH.day(NOW + timedelta(hours=13)) == "tomorrow"
    assert ENGLISH.day(NOW - timedelta(days=400)) == "26 Jan 2025"


def test_others_text_is_one_line_without_characters_that_steer():
    assert clip("a\u202eb\n c\x00") == "ab c"
    assert len(clip("x" * 10_000)) == 200


@pytest.mark.parametrize(
    ("touch", "told"),
    [
        pytest.param(
            {"kind": "content.downloaded", "name": "Guía {x} 100 %"},
            "Descargó «Guía {x} 100 %»",
            id="with a name",
        ),
        pytest.param(
            {"kind": "page.viewed", "name": "page", "url": "https://a.com/precios"},
            "Vio una página «/precios»",
            id="a name for tools",
        ),
        pytest.param({"kind": "demo.requested", "name": "Demo"}, "Pidió una demo", id="clear"),
        pytest.param({"kind": "thing.done", "name": "Cosa"}, "Hizo algo «Cosa»", id="unknown"),
    ],
)
def test_what_a_lead_did_is_a_sentence(touch, told):
    assert did(SPANISH, touch) == told


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        pytest.param("short", "password_short", id="short"),
        pytest.param("x" * 300, "password_long", id="long"),
        pytest.param("aaaaaaaaaaaab", "password_guessable", id="one letter"),
        pytest.param("laura.medina 2026", "password_guessable", id="one's own name"),
        pytest.param("una carrera de relevos", None, id="a phrase"),
    ],
)
def test_a_password_has_to_be_hard_to_guess(password, wrong):
    assert weakness(password, "laura.medina@acme.com") == wrong


async def test_a_password_is_hashed_at_a_cost_and_compared():
    passwords = Passwords()
    stored = await passwords.hashed("una carrera de relevos")

    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await passwords.matches(stored, "una carrera de relevos")
    assert not await passwords.matches(stored, "otra carrera")
    assert not await passwords.matches(None, "nobody has this password")


async def test_who_comes_when_too_many_wait_is_sent_away(monkeypatch):
    monkeypatch.setattr("services.handoff.console.passwords.HASHER", PasswordHasher(1, 8, 1))
    passwords = Passwords()
    found = await asyncio.gather(
        *(passwords.hashed("a") for _ in range(AT_ONCE + MOST_WAITING)), return_exceptions=True
    )
    refused = [one for one in found if isinstance(one, Problem)]

    assert len(refused) == AT_ONCE
    assert {one.status for one in refused} == {503}


def test_a_form_token_is_another_on_every_page():
    assert form_token("session") != form_token("session")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12.500,50", 12500.5),
        ("12,500.50", 12500.5),
        ("12500.5", 12500.5),
        ("12.500", 12500),
        ("12,500", 12500),
        ("1.234.567 €", 1234567),
        ("12,5", 12.5),
        ("0,5", 0.5),
        *((wrong, None) for wrong in ("0.125", "1,23.456", "12.500.50", "-5", "1e5", "much", "١٢")),
        ("9" * 13, None),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed, amount):
    assert amount_of(typed) == amount


@pytest.mark.parametrize("values", [[0.0] * 8, [-60.0] * 8, [1e6] * 8], ids=["zero", "low", "high"])
def test_a_chart_holds_its_lines(values):
    chart = score_chart([date(2026, 3, 1)] * 8, {"fit": values})

    assert all(0 <= mark.y <= HEIGHT for line in chart.lines for mark in line.marks)
    assert 2 <= len(chart.scale) <= 8


def test_a_file_of_the_pages_is_named_by_its_content():
    path = assets.url("app.css")

    assert path.startswith("/static/app.")
    assert assets.by_path()[path].body
    assert assets.url("vendor/figtree/figtree-latin-wght-normal.woff2").encode() in (
        assets.assets()["app.css"].body
    )


def test_what_is_of_others_names_its_version_and_has_its_licence():
    told = (STATIC / "vendor" / "README.md").read_text()

    for folder in (each for each in (STATIC / "vendor").iterdir() if each.is_dir()):
        assert (folder / "LICENSE").is_file()
        assert f"{folder.name}/" in told
