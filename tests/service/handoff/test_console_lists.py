"""The pages of lists and of reviewed batches, over HTTP, without scripts."""

import csv
import io
from itertools import count

import pytest

from shared.console.forms import TOKEN, form_token
from tests.service.handoff.paging import role
from tests.service.handoff.recording import put_in_force, record
from tests.service.handoff.test_tryouts import CANDIDATE, TEXT
from tests.service.handoff.versions import work_through
from tests.support.visiting import words_of

NUMBERS = count(1)
LISTS = "/agreement/lists"
BATCH = "/agreement/inbound/batch"


@pytest.fixture(scope="module")
async def keeper(house):
    return await role(house, "marketing")


async def made(visit, *values):
    """Make a list by its form; return the path of its page."""
    given = {"name": f"list{next(NUMBERS)}", "values": "\n".join(values)}
    answer = await visit.post(LISTS, given)
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["location"].partition("?")[0]


async def sent(visit, path, file: bytes, **fields):
    """Send a file with a form, as a browser does."""
    given = {TOKEN: form_token(visit.session)} | fields
    return await visit.http.post(
        f"{path}/import",
        data=given,
        files={"file": ("values.csv", file, "text/csv")},
        headers=visit._headers({}),
    )


async def on_list(visit, path):
    return (await visit.get(f"{path}/values.txt")).text.splitlines()


async def test_a_list_is_made_searched_changed_and_downloaded(keeper):
    path = await made(keeper, "rival.com", "Otro Rival", "  ", "<b>x</b>")
    page = await keeper.get(f"{path}?q=RÍVAL")
    changed = await keeper.post(path, {"add": "new.com\nOTRO rival", "why": "spring"})
    await keeper.post(path, {"remove": "rival.com"})
    file = await keeper.get(f"{path}/values.txt")

    assert "rival.com" in words_of(page)
    assert "Otro Rival" in words_of(page)
    assert "<b>x</b>" not in page.text
    assert changed.headers["location"] == f"{path}?said=changed"
    assert file.text.splitlines() == ["<b>x</b>", "new.com", "Otro Rival"]
    assert "attachment" in file.headers["content-disposition"]
    assert "1 came, 0 went, 4 left" in words_of(await keeper.get(path))


async def test_a_file_is_looked_into_first_with_each_line_that_is_no_good(keeper):
    path = await made(keeper, "a.com", "b.com")
    file = f"name;domain\nA;A.com\nC;c.com\nLong;{'x' * 201}\nD;d.com\n".encode()
    page = await sent(keeper, path, file, mode="replace", column="domain")
    told = words_of(page)

    assert page.status_code == 200
    assert "1 line is no good" in told
    assert "Line 4: more than 200 characters" in told
    assert "2 would come c.com d.com" in told
    assert "1 would go b.com" in told
    assert "1 would change nothing." in told
    assert await on_list(keeper, path) == ["a.com", "b.com"], "nothing was changed yet"


async def test_what_was_looked_into_is_taken_in_unless_the_list_changed_meanwhile(keeper):
    path = await made(keeper, "a.com")
    sure = {"sure": "yes", "mode": "add", "number": "1", "text": "b.com\nc.com"}
    done = await sent(keeper, path, b"", **sure)
    late = await sent(keeper, path, b"", **sure | {"text": "d.com"})

    assert done.status_code == 303
    assert late.status_code == 412
    assert "Somebody changed the list meanwhile." in words_of(late)
    assert await on_list(keeper, path) == ["a.com", "b.com", "c.com"]


@pytest.mark.parametrize(
    ("file", "fields", "told"),
    [
        pytest.param(b"", {}, "There is no value in it.", id="nothing"),
        pytest.param(b"caf\xe9\n", {}, "The file is not UTF-8.", id="not UTF-8"),
        pytest.param(b"a,b\n1,2\n", {"column": "c"}, "names no such column", id="no column"),
        pytest.param(b"a\n" + b"x" * 200_000, {"column": "a"}, "cannot be read", id="endless cell"),
        pytest.param("a.com\n".encode("utf-16"), {}, "1 would come a.com", id="UTF-16"),
        pytest.param(b"\xef\xbb\xbfa.com\n", {}, "1 would come a.com", id="with a mark"),
    ],
)
async def test_a_file_that_cannot_be_read_is_told_so(keeper, file, fields, told):
    path = await made(keeper)
    answer = await sent(keeper, path, file, mode="add", **fields)

    assert told in words_of(answer)
    assert answer.status_code in (200, 422)


async def test_bytes_that_are_no_text_break_nothing(keeper):
    path = await made(keeper)
    fields = {"sure": "yes", "mode": "add", "number": "1"}
    done = await sent(keeper, path, b"a.com\x00\n", **fields)
    odd = [
        await sent(keeper, path, b"b.com\n", **fields | {name: value})
        for name in ("mode", "column", "why")
        for value in (b"\xff", b"\x00")
    ]

    assert done.status_code == 303
    assert await on_list(keeper, path) == ["a.com"]
    assert {answer.status_code for answer in odd} == {422}


@pytest.mark.parametrize("name", ["", "1st", "Ä", "a b", "../x", "x" * 64, "a\n"])
async def test_a_name_no_policy_could_say_is_refused_at_its_field(keeper, name):
    answer = await keeper.post(LISTS, {"name": name})

    assert answer.status_code == (303 if name == "a\n" else 422)
    assert name == "a\n" or "Begins with a letter" in words_of(answer)


async def test_a_list_in_use_stays_and_another_one_goes(house, keeper):
    path = await made(keeper, "rival.com")
    name = path.rpartition("/")[2]
    text = TEXT.replace("policy: inbound", "policy: listing").replace(
        "[rival.com]", f"{{in_list: {name}}}"
    )
    await put_in_force(house, text)
    refused = await keeper.post(f"{path}/delete", {"why": "too old"})
    mute = await keeper.post(path, {"add": " ", "why": "spring"})
    free = await made(keeper)
    gone = await keeper.post(f"{free}/delete", {"why": "not needed"})

    assert refused.status_code == 409
    assert "listing use it." in words_of(refused)
    assert refused.text.count('value="too old"') == 1
    assert mute.text.count('value="spring"') == 1
    assert "used by listing" in words_of(await keeper.get(path))
    assert gone.headers["location"] == f"{LISTS}?said=deleted"
    assert (await keeper.get(free)).status_code == 404


async def test_a_rep_reads_lists_and_changes_none(house, keeper):
    path = await made(keeper, "rival.com")
    rep = await role(house, "rep")
    page = await rep.get(path)

    assert "rival.com" in words_of(page)
    assert 'name="remove"' not in page.text
    assert "Upload a file" not in words_of(page)
    for where in (LISTS, path, f"{path}/import", f"{path}/delete"):
        assert (await rep.post(where, {"name": "x", "add": "x"})).status_code == 403


# --- batches --------------------------------------------------------------------------------------


async def test_a_batch_is_made_looked_through_and_released_without_those_left_out(house, keeper):
    await put_in_force(house, TEXT)
    names = ["Eva", "Tom", "=Zoe <i>"]
    for name in names:
        lead = {"title": "CTO", "name": name}
        await record(house, f"{next(NUMBERS)}@batch.com", "content.downloaded", lead=lead)
    empty = words_of(await keeper.get(BATCH))
    await put_in_force(house, CANDIDATE)
    asked = await keeper.post(BATCH, {"do": "make", "number": "2"})
    part = await keeper.get(f"{BATCH}?number=2", HX_Request="true")
    await work_through(house.parts)
    page = await keeper.get(f"{BATCH}?number=2")
    ids = [one.partition('"')[0] for one in page.text.split('name="lead.')[1:]]
    pending = words_of(await keeper.get(LISTS))
    everybody = {"number": "2", "do": "tick_all"}
    await keeper.post(BATCH, everybody)
    out = {"number": "2", "do": "untick", f"lead.{ids[0]}": "yes", "lead.x": "yes"}
    left_out = await keeper.post(BATCH, out)
    chosen = words_of(await keeper.get(left_out.headers["location"]))
    wrong = await keeper.post(BATCH, {"number": "2", "do": "hand_over", "per_hour": "0"})
    released = await keeper.post(
        BATCH, {"number": "2", "do": "hand_over", "per_hour": "50", "per_day": "60"}
    )
    await work_through(house.parts)
    done = words_of(await keeper.get(f"{BATCH}?number=2"))

    assert "There is no batch of this version" in empty
    assert asked.headers["location"] == f"{BATCH}?number=2&said=made"
    assert 'hx-trigger="every 2s"' in part.text
    assert len(ids) == 3
    assert "It did not pass “Asked for us”. A signal was missing." in words_of(page)
    assert "=Zoe &lt;i&gt;" in page.text
    assert "3 listed, 2 chosen" in chosen
    assert wrong.status_code == 422
    assert "A whole number from 1 on." in words_of(wrong)
    assert released.headers["location"].endswith("said=asked")
    assert "2 handed over" in done
    assert "inbound · Version 2" in pending


async def test_a_batch_is_narrowed_and_given_as_a_file(keeper):
    none = words_of(await keeper.get(f"{BATCH}?number=2&min_engagement=99&gate=%3Cb%3E"))
    some = words_of(await keeper.get(f"{BATCH}?number=2&state=handed_over&min_fit=x"))
    answer = await keeper.get(f"{BATCH}/2.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert "Nobody like that in the batch" in none
    assert "see the hand-off" in some
    assert {row["name"] for row in rows} == {"Eva", "Tom", "'=Zoe <i>"}


async def test_a_script_that_asks_how_far_a_batch_is_that_is_not_there_loads_the_page(keeper):
    answer = await keeper.get(f"{BATCH}?number=1", hx_request="true")

    assert (answer.status_code, answer.headers.get("hx-refresh")) == (200, "true")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param({"do": "nothing", "number": "2"}, 404, id="no button of ours"),
        pytest.param({"do": "make", "number": "x"}, 404, id="no number"),
        pytest.param({"do": "make", "number": "77"}, 404, id="no version"),
        pytest.param({"do": "make", "number": "1"}, 409, id="succeeded"),
    ],
)
async def test_what_a_batch_cannot_do_is_refused(keeper, given, status):
    assert (await keeper.post(BATCH, given)).status_code == status


async def test_a_rep_looks_at_a_batch_and_releases_nobody(house):
    rep = await role(house, "rep")
    page = await rep.get(f"{BATCH}?number=2")

    assert "Eva" in words_of(page)
    assert 'value="tick_all"' not in page.text
    assert (await rep.post(BATCH, {"number": "2", "do": "hand_over"})).status_code == 403
