"""A version is signed on its page by two people, who may withdraw until it has decided."""

import pytest

from tests.service.handoff.agreeing import (
    drafted,
    fresh,
    hire,
    in_force,
    page_of,
    sign,
    state,
    tried,
)
from tests.service.handoff.agreeing import marketing as marketing
from tests.service.handoff.agreeing import sales as sales
from tests.support.visiting import words_of


async def test_two_people_sign_what_they_read_and_it_comes_into_force(house, marketing, sales):
    policy = fresh()
    version = await tried(house, await drafted(house, policy))
    page = await marketing["visit"].get(page_of(version))
    first = await sign(marketing["visit"], version, "marketing", comment="como hablamos")
    waiting = words_of(await sales["visit"].get(f"/agreement/{policy}"))
    second = await sign(sales["visit"], version, "sales")
    started = await sales["visit"].post(f"{page_of(version)}/activate", {"when": "now"})
    shown = words_of(await sales["visit"].get(f"/agreement/{policy}"))

    assert f'name="digest" value="{version["digest"]}"' in page.text
    assert "Firmas exactamente lo que está escrito arriba: la versión 1" in words_of(page)
    assert first.headers["location"] == f"{page_of(version)}?said=signed"
    assert "Marketing ya ha firmado." in waiting
    assert second.status_code == 303
    assert started.headers["location"] == f"{page_of(version)}?said=started"
    assert "Firmado por los dos equipos" in shown
    assert f"Por marketing {marketing['name']}" in shown
    assert f"Por ventas {sales['name']}" in shown
    assert "como hablamos" in shown


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        pytest.param({"read": ""}, 422, "Marca que la has leído", id="not ticked"),
        pytest.param({"digest": "d" * 64}, 409, "Lo que leíste no es lo que dice", id="digest"),
        pytest.param({"as": "sales"}, 403, "hace falta su función", id="another role"),
        pytest.param({"as": "boss"}, 422, "Falta algo en el formulario", id="no role"),
        pytest.param({"comment": "x" * 2001}, 422, "demasiado largo", id="long comment"),
    ],
)
async def test_what_cannot_be_signed_is_told_with_the_remedy(
    house, marketing, fields, status, told
):
    version = await tried(house, await drafted(house, fresh()))
    answer = await sign(marketing["visit"], version, **({"role": "marketing"} | fields))

    assert answer.status_code == status
    assert told in words_of(answer)
    assert await state(house, version) == "tried"


async def test_a_comment_stays_in_the_form_that_was_refused_and_in_no_other(house, marketing):
    version = await tried(house, await drafted(house, fresh()))
    visit, where = marketing["visit"], page_of(version)
    answer = await sign(visit, version, "marketing", read="", comment='Con "reservas"')
    await sign(visit, version, "marketing")
    late = await visit.post(f"{where}/withdraw", {"as": "sales", "comment": "Me equivoqué"})

    assert answer.status_code == 422
    assert answer.text.count('value="Con &#34;reservas&#34;"') == 1
    assert late.status_code == 403
    assert 'value="Me equivoqué"' in late.text


async def test_nobody_signs_what_was_not_tried_or_for_both_teams(house):
    both = (await hire(house, "marketing", "sales"))["visit"]
    version = await drafted(house, fresh())
    untried = await sign(both, version, "marketing")
    page = words_of(await both.get(page_of(version)))
    await tried(house, version)
    await sign(both, version, "marketing")
    twice = await sign(both, version, "sales")
    other = await hire(house, "marketing")
    taken = await sign(other["visit"], version, "marketing")

    assert untried.status_code == twice.status_code == taken.status_code == 409
    assert "Pruébala y después fírmala" in words_of(untried)
    assert "pruébala antes con el histórico" in page
    assert "Un acuerdo es de dos personas" in words_of(twice)
    assert "Otra persona la ha firmado ya" in words_of(taken)


async def test_a_signature_is_withdrawn_until_it_has_decided(house, marketing):
    version = await tried(house, await drafted(house, fresh()))
    where = f"{page_of(version)}/withdraw"
    await sign(marketing["visit"], version, "marketing")
    taken_back = await marketing["visit"].post(where, {"as": "marketing", "comment": "aún no"})
    decided = await in_force(house, fresh())
    late = await marketing["visit"].post(f"{page_of(decided)}/withdraw", {"as": "marketing"})

    assert taken_back.headers["location"] == f"{page_of(version)}?said=withdrawn"
    assert await state(house, version) == "tried"
    assert late.status_code == 409
    assert "Sus firmas ya no cambian" in words_of(late)
