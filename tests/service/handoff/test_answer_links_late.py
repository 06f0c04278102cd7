"""A link counts once and for one: used, overtaken, joined, given on, left, expired, made up."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.handoff.store.answer_links import forget_used
from services.handoff.store.tables import PERSON, USED_LINK
from shared.answer_links import AnswerLink, LinkSeal, hash_token
from tests.service.handoff.answering import KEY, open_answering
from tests.service.handoff.link_pages import DAY, SPANISH, both, text_of
from tests.service.handoff.link_pages import standing as standing
from tests.service.handoff.link_pages import waiting as waiting
from tests.service.handoff.world import NOON


async def test_a_link_works_once(answering):
    ready = await answering.handed_over()
    path = answering.path(ready)
    assert (await answering.press(path, "accept")).status_code == 200
    before = await answering.written()
    status, spanish, english = await both(answering, path, "accept")

    assert status == 410
    assert "Ya has respondido" in spanish
    assert "was used Monday 2 March, 13:00. It stands at: Accepted (SAL)." in english
    assert await answering.written() == before
    query = select(USED_LINK)
    [used] = await answering.world.read(lambda conn: conn.execute(query).all())
    token = path.rpartition("/")[2]
    assert used.hash == hash_token(token)
    assert token not in str(used)


async def test_the_second_sees_who_has_it(answering):
    world = answering.world
    ready = await answering.handed_over()
    owner = ready.handoff.owner
    world.clock.advance(timedelta(minutes=-78))  # 10:42 in Madrid
    await answering.press(answering.path(ready, at=NOON), "accept")
    before = await answering.written()
    for action in ("accept", "reject"):
        path = answering.path(ready, action, "boss", at=NOON)
        status, spanish, english = await both(answering, path, action)
        assert status == 409
        assert f"{owner.name} lo aceptó el lunes 2 de marzo, 11:42." in spanish
        assert f"{owner.name} has {ready.handoff.lead_name} already" in english
    own = text_of(await answering.get(answering.path(ready, "reject", at=NOON), "en"))

    assert f"You have {ready.handoff.lead_name} already" in own
    assert (await answering.stage(ready), await answering.written()) == ("accepted", before)


async def test_a_late_answer_does_not_reopen(answering):
    world = answering.world
    ready = await answering.handed_over()
    owner = ready.handoff.owner
    await world.answer(ready.handoff.handoff_id, "reject", owner.email, reason="not_our_market")
    before = await answering.written()
    for action in ("accept", "reject"):
        status, spanish, english = await both(answering, answering.path(ready, action), action)
        assert status == 409
        assert f"La cerró {owner.name} el lunes 2 de marzo, 13:00: Rechazado" in spanish
        assert "A late answer does not open it again." in english

    assert (await answering.stage(ready), await answering.written()) == ("rejected", before)


async def test_a_hand_off_that_was_joined_with_another_is_over(answering):
    world = answering.world
    first = await answering.handed_over("eva@acme.com")
    second = await answering.handed_over("eva@gmail.com")
    await world.take(world.identify(["email:eva@acme.com", "email:eva@gmail.com"]))
    stages = {await answering.stage(one): one for one in (first, second)}
    answer = await answering.press(answering.path(stages["superseded"]), "accept")

    assert answer.status_code == 409
    assert "Sustituido" in text_of(answer)
    assert await answering.stage(stages["superseded"]) == "superseded"


async def test_another_owner_ends_the_links_from_before_and_has_links_of_their_own(answering):
    world = answering.world
    ready = await answering.handed_over()
    owner = ready.handoff.owner
    other = "ben" if owner.name == "Ana" else "ana"
    world.clock.advance(timedelta(minutes=1))
    to = (await world.read(lambda conn: conn.execute(_person(other)).one())).person_id
    await world.answer(ready.handoff.handoff_id, "reassign", owner.email, to=to)
    moved_at = world.clock.now()
    status, spanish, english = await both(answering, answering.path(ready), "accept")
    assert status == 410
    assert f"está ahora con {other.title()}" in spanish
    assert f"It went to {other.title()} Monday 2 March, 13:01" in english
    assert await answering.stage(ready) == "assigned"
    world.clock.advance(timedelta(minutes=1))
    await world.answer(ready.handoff.handoff_id, "reassign", "boss@ours.com", to=owner.person_id)
    status, _, english = await both(answering, answering.path(ready), "accept")
    assert (status, "came back to you" in english) == (410, True)
    late = await answering.press(answering.path(ready, "accept", other, at=moved_at), "accept")
    assert late.status_code == 410

    back_at = world.clock.now()
    answer = await answering.press(answering.path(ready, at=back_at), "accept")
    assert (answer.status_code, await answering.stage(ready)) == (200, "accepted")


def _person(name):
    return select(PERSON).where(PERSON.c.name == name.title())


async def test_who_has_left_answers_nothing(answering):
    ready = await answering.handed_over()
    leaves = update(PERSON).where(PERSON.c.person_id == ready.handoff.owner.person_id)
    await answering.world.write(lambda uow: uow.conn.execute(leaves.values(active=False)))
    status, spanish, english = await both(answering, answering.path(ready), "accept")

    assert status == 410
    assert SPANISH["revoked"] in spanish
    assert ready.handoff.lead_name not in spanish + english, "nor do they see about whom it was"
    assert await answering.stage(ready) == "assigned"


async def test_a_link_expires(answering):
    ready = await answering.handed_over()
    answering.world.clock.advance(14 * DAY - timedelta(seconds=1))
    assert (await answering.get(answering.path(ready))).status_code == 200
    answering.world.clock.advance(timedelta(seconds=1))
    status, spanish, english = await both(answering, answering.path(ready), "accept")

    assert status == 410
    assert SPANISH["expired"] in spanish
    assert "good for 14 days" in english
    assert ready.handoff.lead_name not in spanish + english
    assert await answering.stage(ready) == "assigned"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("x", id="short"),
        pytest.param("ans_" + "A" * 76, id="the right shape"),
        pytest.param("ans_" + "A" * 75 + "%FF", id="odd bytes"),
        pytest.param("%3Cscript%3E", id="markup"),
        pytest.param("ans_" + "A" * 5000, id="long"),
    ],
)
async def test_what_is_no_link_of_ours_says_so(standing, token):
    for answer in (await standing.get(f"/a/{token}"), await standing.press(f"/a/{token}", "x")):
        assert answer.status_code == 404
        assert "There is no such link" in text_of(answer), "nobody's language is known"
    assert SPANISH["unknown"] in text_of(await standing.get(f"/a/{token}", "es"))


async def test_no_bit_of_a_link_can_be_changed(standing, waiting):
    answering, ready = standing, waiting
    path = answering.path(ready)
    for place in range(len("/a/ans_"), len(path)):
        changed = path[:place] + ("B" if path[place] == "A" else "A") + path[place + 1 :]
        assert (await answering.press(changed, "accept")).status_code == 404

    assert await answering.stage(ready) == "assigned"


async def test_a_link_about_a_hand_off_that_is_not_there_is_unknown(answering):
    ready = await answering.handed_over()
    gone = AnswerLink(ready.lead.lead_id, ready.handoff.owner.person_id, "accept", NOON)
    nobody = AnswerLink(ready.handoff.handoff_id, ready.lead.lead_id, "accept", NOON)
    for link in (gone, nobody):
        path = "/a/" + answering.seal.token(link)
        assert (await answering.get(path)).status_code == 404
        assert (await answering.press(path, "accept")).status_code == 404


async def test_keys_change_with_an_overlap(world):
    new = "another key of 32 characters or more"
    async with open_answering(world) as answering:
        ready = await answering.handed_over()
        old_path = answering.path(ready)
    both_keys = LinkSeal([new, KEY])
    assert both_keys.read(old_path.rpartition("/")[2]) is not None
    assert LinkSeal([new]).read(old_path.rpartition("/")[2]) is None
    link = both_keys.read(old_path.rpartition("/")[2])
    assert link is not None

    assert LinkSeal([KEY]).read(both_keys.token(link)) is None, "the first key seals"


async def test_without_a_key_there_are_no_links(world):
    async with open_answering(world, link_keys=None) as answering:
        ready = await answering.handed_over()

        assert (await answering.get(answering.path(ready))).status_code == 404


async def test_used_links_are_forgotten_once_they_have_expired(answering):
    ready = await answering.handed_over()
    await answering.press(answering.path(ready), "accept")
    world = answering.world

    assert await world.write(lambda uow: forget_used(uow.conn, uow.now)) == 0
    world.clock.advance(timedelta(days=14, seconds=1))
    assert await world.write(lambda uow: forget_used(uow.conn, uow.now - 14 * DAY)) == 1
