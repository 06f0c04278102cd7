"""One effect however often a request comes, and the same answer each time."""

from asyncio import gather
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Column, Table, Text, insert, select
from sqlalchemy.ext.asyncio import create_async_engine

from shared.db import Database, metadata
from shared.idempotency import (
    KEPT,
    Answer,
    Repeatable,
    forget_answers,
    idempotency_table,
    once,
)
from shared.problem import Problem
from tests.service.shared.conftest import create

TABLES = metadata()
ANSWERS = idempotency_table(TABLES)
EFFECT = Table("effect", TABLES, Column("name", Text, nullable=False))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REQUEST = Repeatable("somebody", "POST /v1/things", "key-1", "hash of a body")


@pytest.fixture
async def db(open_database):
    return await open_database(TABLES)


async def send(db, request, name="one", now=NOON, fault=None):
    """Serve one request in a transaction of its own, as a route does."""

    def work(conn):
        def act():
            conn.execute(insert(EFFECT).values(name=name))
            if fault is not None:
                raise fault
            return Answer(f'"{name}"'.encode(), headers={"Location": f"/v1/things/{name}"})

        return once(conn, ANSWERS, request, now, act)

    return await db.write(work)


async def names(db):
    return await db.read(lambda conn: list(conn.execute(select(EFFECT.c.name)).scalars()))


async def test_a_repeat_has_no_effect_and_the_same_answer(db):
    first = await send(db, REQUEST, "one")
    again = await send(db, REQUEST, "two")

    assert again == first
    assert await names(db) == ["one"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"caller": "somebody else"}, id="another credential"),
        pytest.param({"route": "POST /v1/others"}, id="another route"),
        pytest.param({"key": "key-2"}, id="another key"),
    ],
)
async def test_keys_of_others_are_not_in_the_way(db, other):
    await send(db, REQUEST, "one")
    await send(db, replace(REQUEST, **other), "two")

    assert sorted(await names(db)) == ["one", "two"]


async def test_a_request_without_a_key_is_served_each_time(db):
    await send(db, None, "one")
    await send(db, None, "one")

    assert await names(db) == ["one", "one"]


async def test_the_same_key_with_another_body_is_refused(db):
    await send(db, REQUEST)
    with pytest.raises(Problem) as refused:
        await send(db, replace(REQUEST, request_hash="hash of another body"))

    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")


async def test_a_refused_request_can_be_mended_and_sent_again(db):
    with pytest.raises(Problem):
        await send(db, REQUEST, "wrong", fault=Problem(409, "taken", "taken"))
    await send(db, replace(REQUEST, request_hash="hash of the mended body"), "right")

    assert await names(db) == ["right"]


@pytest.mark.parametrize(
    ("age", "served"),
    [
        pytest.param(KEPT - timedelta(microseconds=1), ["one"], id="just under a day"),
        pytest.param(KEPT, ["one", "two"], id="a day"),
    ],
)
async def test_a_key_is_remembered_for_a_day(db, age, served):
    await send(db, REQUEST, "one")
    await send(db, REQUEST, "two", now=NOON + age)

    assert await names(db) == served


async def test_old_answers_are_forgotten(db):
    await send(db, REQUEST)
    forgotten = [
        await db.write(lambda conn, at=at: forget_answers(conn, ANSWERS, at))
        for at in (NOON + KEPT - timedelta(seconds=1), NOON + KEPT)
    ]

    assert forgotten == [0, 1]


async def test_what_may_be_shown_once_is_not_in_the_repeat_nor_stored(db):
    def work(conn):
        return once(conn, ANSWERS, REQUEST, NOON, lambda: Answer(b"secret", repeated=b"null"))

    bodies = [(await db.write(work)).body for _ in range(2)]
    stored = await db.read(lambda conn: conn.execute(select(ANSWERS.c.body)).scalar_one())

    assert (bodies, stored) == ([b"secret", b"null"], b"null")


async def test_the_same_request_sent_many_times_at_once_has_one_effect(db):
    answers = await gather(*(send(db, REQUEST, f"{n}") for n in range(5)), return_exceptions=True)
    served = [answer for answer in answers if isinstance(answer, Answer)]
    refused = [answer for answer in answers if not isinstance(answer, Answer)]

    assert len(await names(db)) == 1
    assert len({answer.body for answer in served}) == 1
    assert {getattr(fault, "code", fault) for fault in refused} <= {"in_progress"}


async def test_a_repeat_during_the_first_request_is_told_to_wait(postgres_url):
    db = Database(postgres_url, "sample", TABLES)
    await db.start()
    await db.write(lambda conn: create(conn, db))
    engine = create_async_engine(
        "postgresql+asyncpg://",
        connect_args={"dsn": postgres_url, "server_settings": {"search_path": "relevo_sample"}},
    )
    async with engine.begin() as conn:  # the first request, before its commit
        await conn.run_sync(lambda conn: once(conn, ANSWERS, REQUEST, NOON, lambda: Answer(b"1")))
        with pytest.raises(Problem) as told:
            await send(db, REQUEST)
    after = await send(db, REQUEST)
    await engine.dispose()
    await db.stop()

    assert (told.value.status, told.value.code) == (409, "in_progress")
    assert told.value.headers == {"Retry-After": "1"}
    assert after.body == b"1"
