"""The way back from a provider: once, in time, to the browser that left, from whom it went to."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from services.handoff.console import single_sign_on
from tests.service.handoff.signing_on import Traveller, come_back
from tests.service.handoff.signing_on import api as api
from tests.service.handoff.signing_on import forger as forger
from tests.service.handoff.signing_on import lied_to as lied_to
from tests.support.visiting import visitor, words_of


async def test_the_way_back_works_once(api, forger):
    one = Traveller(visitor(api.http))
    where = await one.leave()
    forger.asked = dict(parse_qsl(urlsplit(where).query))
    back, kept = f"/sign-in/return?code=a&state={forger.asked['state']}", dict(one.cookies)
    first = await one.get(back)
    again = await Traveller(one.visit, kept).get(back)

    assert (first.status_code, again.status_code) == (303, 403)
    assert len(forger.exchanges) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda one: one.cookies.clear(), id="another browser"),
        pytest.param(lambda one: one.cookies.update(relevo_start="x.y"), id="a made-up start"),
        pytest.param(
            lambda one: one.cookies.update(relevo_start=one.cookies["relevo_start"][1:]),
            id="a start that was changed",
        ),
    ],
)
async def test_the_way_back_belongs_to_the_browser_that_left(api, forger, spoil):
    one = Traveller(visitor(api.http))
    state = dict(parse_qsl(urlsplit(await one.leave()).query))["state"]
    spoil(one)
    answer = await one.get(f"/sign-in/return?code=a&state={state}")

    assert answer.status_code == 403
    assert "empezó en otro navegador" in words_of(answer)
    assert forger.exchanges == []


async def test_a_state_of_somebody_else_is_refused(api, forger):
    answer = await come_back(api, forger, state="of somebody else")

    assert answer.status_code == 403
    assert forger.exchanges == []


async def test_a_start_ends_after_ten_minutes(lied_to, api, forger, monkeypatch):
    monkeypatch.setattr(single_sign_on, "LASTS", timedelta(seconds=-1))
    answer = await come_back(api, forger)

    assert answer.status_code == 403
    assert "tardó demasiado" in words_of(answer)


async def test_an_answer_of_another_provider_is_refused(api, forger):
    answer = await come_back(api, forger, iss="https://evil.example")

    assert answer.status_code == 403
    assert forger.exchanges == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param({"error": "access_denied"}, "lo cancelaste", id="cancelled"),
        pytest.param(
            {"error": "server_error", "error_description": "<b>Out of order</b>"},
            "Dice: &lt;b&gt;Out of order&lt;/b&gt;",
            id="in its own words",
        ),
        pytest.param({"code": ""}, "no code", id="without a code"),
    ],
)
async def test_what_the_provider_refuses_is_said_in_words(api, forger, said, told):
    answer = await come_back(api, forger, **said)

    assert answer.status_code == 403
    assert told in words_of(answer)
