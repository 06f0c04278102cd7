"""Signing in by a provider of accounts: a real one, none but it, and one that is not there."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.async_api import expect

from shared.server import bind, url_of
from tests.service.handoff.api import Api, open_api
from tests.service.handoff.signing_on import HOME, RETURN, Traveller
from tests.service.handoff.signing_on import api as api
from tests.service.handoff.signing_on import forger as forger
from tests.service.handoff.signing_on import lied_to as lied_to
from tests.service.handoff.test_console_browser import open_site
from tests.support.accounts import running_provider, settings_for, sign_in_there
from tests.support.browser import window
from tests.support.ground import NewData
from tests.support.visiting import COOKIE, Visit, visitor, words_of

PEOPLE: dict[str, dict[str, Any]] = {
    "ana-1": {"email": "ana@acme.com", "email_verified": True, "name": "Ana"},
    "eva-1": {"email": "eva@acme.com", "email_verified": False, "name": "Eva"},
    "who-1": {"email": "who@acme.com", "email_verified": True, "name": "Who"},
}


@pytest.fixture(scope="module")
async def honest(new_data: NewData) -> AsyncIterator[Api]:
    """Handoff beside a real provider."""
    folder = new_data("honest")
    with running_provider(folder, RETURN, PEOPLE) as issuer:
        async with open_api(f"sqlite:///{folder}", folder, **settings_for(issuer, HOME)) as api:
            yield api


@pytest.mark.node
async def test_a_real_provider_signs_in_whom_an_admin_added(honest):
    ana = await honest.add_person("Ana Pérez", language="es")
    one = Traveller(visitor(honest.http))
    where = await one.leave("/leads?q=a")
    back = await asyncio.to_thread(sign_in_there, where, "ana-1")
    answer = await one.get(back)
    page = await Visit(one.visit.http, one.cookies[COOKIE]).get("/account")
    linked = (await honest.audit("account.linked"))[0]
    began = (await honest.audit("session.began"))[0]

    assert (answer.status_code, answer.headers["location"]) == (303, "/leads?q=a")
    assert list(one.cookies) == [COOKIE]
    assert "ana@acme.com" in words_of(page)
    assert (linked["who"], linked["subject"]) == (ana["person_id"], ana["person_id"])
    assert (began["who"], began["why"]) == (ana["person_id"], "by the provider")


@pytest.mark.node
async def test_whom_nobody_added_gets_a_page_that_says_so_and_no_account(honest):
    one = Traveller(visitor(honest.http))
    back = await asyncio.to_thread(sign_in_there, await one.leave(), "who-1")
    answer = await one.get(back)
    people = (await honest.get("/v1/people", params={"limit": 100})).json()["items"]

    assert answer.status_code == 403
    assert "Nadie en Relevo tiene el correo de esa cuenta" in words_of(answer)
    assert COOKIE not in one.cookies
    assert "who@acme.com" not in [person["email"] for person in people]


@pytest.mark.node
async def test_an_address_the_real_provider_has_not_verified_is_refused(honest):
    await honest.add_person("Eva Ruiz")
    one = Traveller(visitor(honest.http))
    back = await asyncio.to_thread(sign_in_there, await one.leave(), "eva-1")
    answer = await one.get(back)

    assert answer.status_code == 403
    assert "no tiene un correo verificado" in words_of(answer)


@pytest.mark.node
async def test_a_code_of_another_start_is_worth_nothing(honest):
    """Somebody puts their own code into the way back of another: PKCE binds it to its start."""
    first, second = (Traveller(visitor(honest.http)) for _ in range(2))
    stolen = await asyncio.to_thread(sign_in_there, await first.leave(), "ana-1")
    code = dict(parse_qsl(urlsplit(stolen).query))["code"]
    state = dict(parse_qsl(urlsplit(await second.leave()).query))["state"]
    answer = await second.get(f"/sign-in/return?{urlencode({'code': code, 'state': state})}")

    assert answer.status_code == 403
    assert "Empieza otra vez" in words_of(answer)


async def test_without_passwords_nobody_gets_in_by_one(tmp_path, migrated_sqlite_url, forger):
    given = settings_for(forger.issuer, HOME, password_sign_in=False)
    async with open_api(migrated_sqlite_url, tmp_path, **given) as api:
        ana = await api.add_person(language="es")
        page = await visitor(api.http).get("/sign-in")
        tried = await visitor(api.http).post("/sign-in", {"email": "ana@acme.com", "password": "x"})
        invited = await api.post(f"/v1/people/{ana['person_id']}/invite")
        notices = list(api.service.notices)

    assert "Entrar con la cuenta de la empresa" in words_of(page)
    assert 'type="password"' not in page.text
    assert tried.status_code == 403
    assert (invited.status_code, invited.json()["code"]) == (409, "no_passwords")
    assert "/welcome/" not in " ".join(notices)


async def test_a_provider_that_does_not_answer_is_said_in_words(tmp_path, migrated_sqlite_url):
    given = settings_for("http://127.0.0.1:9", HOME)
    async with open_api(migrated_sqlite_url, tmp_path, **given) as api:
        answer = await visitor(api.http).get("/sign-in/provider")

    assert answer.status_code == 503
    assert "no responde" in words_of(answer)


async def test_an_internal_provider_must_be_allowed(tmp_path, migrated_sqlite_url, forger):
    given = settings_for(forger.issuer, HOME, oidc_allow="")
    async with open_api(migrated_sqlite_url, tmp_path, **given) as api:
        answer = await visitor(api.http).get("/sign-in/provider")

    assert answer.status_code == 503
    assert "mal configurada" in words_of(answer)


@pytest.mark.node
async def test_somebody_signs_in_by_the_provider_and_out_again(browser, tmp_path):
    listener = bind("127.0.0.1", 0)
    url = url_of(listener)
    with running_provider(tmp_path, f"{url}/sign-in/return", PEOPLE) as issuer:
        given = settings_for(issuer, url, oidc_name="Acme")
        async with open_site(tmp_path, listener, **given) as site:
            await site.api.add_person("Ana Pérez", language="es", roles=["marketing"])
            async with window(browser, url, "phone", "es") as one:
                page = one.page
                await page.route("https://fonts.googleapis.com/**", lambda route: route.abort())
                await one.open("/leads?q=abc")
                found = await one.violations()
                await page.get_by_role("link", name="Entrar con Acme").click()
                await page.locator("[name=login]").fill("ana-1")
                await page.locator("[name=password]").fill("any")
                await page.locator("button[type=submit]").click()
                await page.locator("button[type=submit]").click()
                await expect(page.get_by_role("searchbox")).to_have_value("abc")
                await one.open("/account")
                await page.locator("form.only-phone button").click()
                await page.wait_for_url("**/sign-in")
                await one.open("/leads")
                await expect(page.get_by_role("link", name="Entrar con Acme")).to_be_visible()

    assert found == []
