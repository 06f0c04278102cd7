"""Whose account signs in: the same after an address moved, let go, left, too often, at once."""

import asyncio

from services.handoff.handlers.single_sign_on import sign_in_by_identity
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from tests.service.handoff.signing_on import come_back
from tests.service.handoff.signing_on import everywhere as everywhere
from tests.service.handoff.signing_on import forger as forger
from tests.service.handoff.signing_on import house_lied_to as house_lied_to
from tests.support.visiting import words_of


async def test_after_the_first_time_the_account_counts_and_not_the_address(everywhere, forger):
    await come_back(everywhere, forger)
    forger.claims = {"email": "ana.garcia@acme.es"}  # she married; the provider knows her by "ana"
    same = await come_back(everywhere, forger)
    forger.claims = {"sub": "another", "email": "ana@acme.com"}  # her address went to another
    other = await come_back(everywhere, forger)

    assert (same.status_code, other.status_code) == (303, 403)
    assert "entra en Relevo con otra cuenta" in words_of(other)


async def test_an_admin_lets_go_of_an_account_that_was_replaced(everywhere, forger):
    await come_back(everywhere, forger)
    ana = next(
        one
        for one in (await everywhere.get("/v1/people")).json()["items"]
        if one["email"] == "ana@acme.com"
    )
    let_go = await everywhere.post(f"/v1/people/{ana['person_id']}/unlink")
    forger.claims = {"sub": "another"}

    assert let_go.json() == {"accounts": 1}
    assert (await come_back(everywhere, forger)).status_code == 303
    assert (await everywhere.audit("account.unlinked"))[0]["subject"] == ana["person_id"]


async def test_who_left_is_refused(everywhere, forger):
    leo = await everywhere.add_person("Leo Sanz")
    forger.claims = {"sub": "leo", "email": "leo@acme.com"}
    before = await come_back(everywhere, forger)
    await everywhere.patch(f"/v1/people/{leo['person_id']}", {"active": False})
    after = await come_back(everywhere, forger)

    assert (before.status_code, after.status_code) == (303, 403)
    assert "Ya no tienes acceso" in words_of(after)


async def test_too_many_failures_of_an_address_have_to_wait(everywhere, forger):
    for _ in range(30):
        await come_back(everywhere, forger, error="access_denied")
    answer = await come_back(everywhere, forger)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Demasiados intentos" in words_of(answer)


async def test_two_who_come_at_once_with_one_account_both_get_in(everywhere, forger):
    def work(uow: UnitOfWork) -> str:
        return sign_in_by_identity(uow, forger.issuer, "ana", "ana@acme.com", "1.2.3.4", "")

    db, parts = everywhere.service.db, everywhere.parts
    tokens = await asyncio.gather(
        *(db.write(lambda conn: work(unit_of_work(parts, conn))) for _ in range(2))
    )

    assert len(set(tokens)) == 2
