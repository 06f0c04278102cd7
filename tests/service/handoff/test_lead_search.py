"""Finding leads by the beginnings of words: who has one is found, who was erased never."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.handoff.domain.search_words import words_of, words_of_identifiers
from services.handoff.handlers.erase_leads import erase_lead
from services.handoff.handlers.merge_leads import merge_leads, unmerge_lead
from services.handoff.migrations import versions
from services.handoff.store import lead_search
from services.handoff.store.leads import root_of_identifier
from services.handoff.store.tables import IDENTIFIER, LEAD, LEAD_WORD
from tests.service.handoff.world import World
from tests.support.migrations import migrate_to

NAMES = st.lists(
    st.sampled_from(
        ["Núria", "nuria", "Núñez", "NUÑO", "Ortiz", "O'Brien", "Łuk", "山田", "A", "ß"]
    ),
    max_size=3,
).map(" ".join)
SIMPLE = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def told(world: World, who: str, **lead: str) -> str:
    """Let a lead say who it is; return its id."""
    world.clock.advance(timedelta(seconds=1))
    await world.take(world.touch(who, "email.opened", lead=lead))
    return str(await world.read(lambda conn: root_of_identifier(conn, f"email:{who}")))


async def found(world: World, text: str, limit: int = 100) -> list[str]:
    """Return all leads a text finds, page by page."""
    leads: list[str] = []
    cursor: str | None = None
    while True:
        look = (text, "all", None, cursor, limit)
        rows, cursor = await world.read(lambda conn, look=look: lead_search.find(conn, *look))  # type: ignore[misc]
        leads += [row.lead_id for row in rows]
        if cursor is None:
            return leads


async def index(world: World) -> set[tuple[Any, ...]]:
    return set(
        await world.read(lambda conn: [tuple(row) for row in conn.execute(select(LEAD_WORD))])
    )


async def expected(world: World) -> set[tuple[Any, ...]]:
    """Return the index as what is known of leads would have it, counted from nothing."""

    def look(conn):
        leads = {row.lead_id: row for row in conn.execute(select(LEAD))}
        names: dict[str, list[str]] = {lead_id: [] for lead_id in leads}
        for row in conn.execute(select(IDENTIFIER)):
            names[row.lead_id].append(row.value)
        return {
            (word, row.root_id, leads[row.root_id].created_at, lead_id)
            for lead_id, row in leads.items()
            for word in words_of(row.facts) | words_of_identifiers(names[lead_id])
        }

    return set(await world.read(look))


@SIMPLE
@given(first=NAMES, then=NAMES, other=NAMES, is_merged=st.booleans(), is_parted=st.booleans())
async def test_whoever_has_a_word_beginning_so_is_found_whatever_happened_to_them(
    world: World, first, then, other, is_merged, is_parted
):
    world.taken.clear()  # hypothesis writes down all a test was given
    world.counter += 1
    one, two = f"a{world.counter}@acme.com", f"b{world.counter}@umbral.org"
    lead = await told(world, one, name=first or "-")
    beside = await told(world, two, first_name=other or "-")
    if is_merged:
        await world.write(lambda uow: merge_leads(uow, lead, beside, "ana", "one person"))
    await told(world, one, name=then or "-")
    if is_merged and is_parted:
        await world.write(lambda uow: unmerge_lead(uow, beside, "ana"))
    roots = {one: lead, two: lead if is_merged and not is_parted else beside}

    assert await index(world) == await expected(world)
    for word, root, *_ in await index(world):
        if root not in roots.values():
            continue  # of an example before
        whole = word.lstrip("@.")
        for end in {1, len(whole)}:
            assert root in await found(world, whole[:end]), (word, end)
    for address, root in roots.items():
        assert root in await found(world, address)
    assert roots[one] in await found(world, then)


@SIMPLE
@given(name=NAMES)
async def test_who_was_erased_is_never_found(world: World, name):
    world.taken.clear()
    world.counter += 1
    who = f"gone{world.counter}@acme.com"
    lead = await told(world, who, name=f"Eva {name}")
    await world.write(lambda uow: erase_lead(uow, lead, "anna", "by letter"))

    for text in ("eva", name, who, "acme.com", "a", "e"):
        assert lead not in await found(world, text) or not text
    assert all(lead not in row for row in await index(world))


async def test_all_words_must_be_there_and_their_order_is_nobodys_business(world: World):
    ana = await told(world, "ana@acme.com", name="Ana García Núñez")
    other = await told(world, "an@umbral.org", name="Ana Vidal")

    assert await found(world, "an") == [other, ana]
    for text in ("garc ana", "ANA nunez", "Núñez, Ana", "ana@ac", "acme"):
        assert await found(world, text) == [ana], text
    for text in ("ana garcias", "arcia", "na", "cme.com", "%", "_", "\\", "' OR 1=1"):
        assert await found(world, text) == [], text


async def test_a_browser_is_found_by_its_whole_identifier(world: World):
    await world.take(world.touch(["anon:web:xyz"], "page.viewed"))
    lead = await world.read(lambda conn: root_of_identifier(conn, "anon:web:xyz"))

    assert await found(world, "anon:web:xyz") == [lead]
    assert await found(world, "anon:web") == []


async def test_a_lead_with_several_such_words_is_there_once_on_pages_newest_first(world: World):
    leads = [await told(world, f"mar{n}@mar.com", name="Mar Marín Martí") for n in range(7)]

    assert await found(world, "mar", limit=3) == leads[::-1]


async def test_with_sales_or_lately_is_asked_of_those_who_are_found(world: World):
    await world.take(world.touch("eva@acme.com", "demo.requested", lead={"name": "Eva Ruiz"}))
    eva = await world.read(lambda conn: root_of_identifier(conn, "email:eva@acme.com"))
    quiet = await told(world, "eve@acme.com", name="Eve Ruiz")
    since = world.clock.now()

    async def among(with_sales, since=None):
        look = ("ruiz", with_sales, since, None, 10)
        rows, _ = await world.read(lambda conn: lead_search.find(conn, *look))
        return [row.lead_id for row in rows]

    assert await among("open") == [eva]
    assert await among("before") == []
    assert await among("never") == [quiet]
    assert await among("all", since) == [quiet]


async def test_the_migration_finds_the_words_of_leads_there_are(world: World):
    lead = await told(world, "ana@acme.com", name="Ana Núñez")
    await told(world, "luz@acme.com", first_name="Luz")
    other = await told(world, "home@umbral.org", name="Ana at home")
    await world.write(lambda uow: merge_leads(uow, lead, other, "ana", "one person"))
    before = await index(world)
    assert before

    (file,) = Path(versions.__file__).parent.glob("*_search.py")
    migration = import_module(f"{versions.__name__}.{file.stem}")

    def again(conn):
        conn.exec_driver_sql("DROP TABLE lead_word")
        stamp = f"UPDATE alembic_version_handoff SET version_num = '{migration.down_revision}'"
        conn.exec_driver_sql(stamp)
        conn.exec_driver_sql("DROP INDEX ix_lead_root_id")
        conn.exec_driver_sql("CREATE INDEX ix_lead_root_id ON lead (root_id)")
        migrate_to(conn, world.db, migration.revision)

    await world.db.write(again)

    assert await index(world) == before
