"""Generic sources: any JSON or form, by the usual names or by a mapping; token or signature."""

import base64
import hmac
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from services.ingest.domain.incoming import IncomingTouch
from services.ingest.vendors.generic import Generic, GenericOptions
from services.ingest.vendors.port import Receipt
from tests.service.ingest.world import World, open_world

FORM = "application/x-www-form-urlencoded"
SECRET = "a-secret-of-sixteen"


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(sqlite_url, f"sqlite:///{tmp_path}") as world:
        yield world


def told(body: Any, mapping: Mapping[str, Any] | None = None, kind: str = "application/json"):
    """What the adapter reads in ``body``."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    options = GenericOptions.model_validate({"mapping": mapping or {}})
    receipt = Receipt({"content-type": kind}, "/hooks/web", raw)
    return list(Generic().touches(receipt, options))


def one(body: Any, mapping: Mapping[str, Any] | None = None, **more: str) -> IncomingTouch:
    [touch] = told(body, mapping, **more)
    assert isinstance(touch, IncomingTouch)
    return touch


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"email": "a@b.com", "event": "Opened", "id": 7}, id="flat"),
        pytest.param({"Email": "a@b.com", "eventName": "Opened", "eventId": "7"}, id="camel case"),
        pytest.param(
            {"E-mail": "a@b.com", "Event Name": "Opened", "uuid": "7"}, id="as people write"
        ),
        pytest.param({"contact": {"email": "a@b.com"}, "event": "Opened", "id": "7"}, id="nested"),
        pytest.param({"data": {"email": "a@b.com"}, "type": "Opened", "id": "7"}, id="in the data"),
        pytest.param({"correo": "a@b.com", "evento": "Opened", "id": "7"}, id="in Spanish"),
        pytest.param({"events": [{"email": "a@b.com", "event": "Opened", "id": 7}]}, id="a list"),
        pytest.param(b'\xef\xbb\xbf{"email":"a@b.com","event":"Opened","id":7}', id="with a BOM"),
    ],
)
def test_the_usual_names_need_no_mapping(body):
    touch = one(body)

    assert (touch.email, touch.name, touch.source_event_id) == ("a@b.com", "Opened", "7")


def test_everything_else_is_a_property():
    touch = one({"email": "a@b.com", "event": "Opened", "topic": "pricing", "seats": 5})

    assert touch.properties == {"topic": "pricing", "seats": 5}


def test_a_mapping_says_where_things_are():
    body = {
        "hook": {"rows": [{"who": [{"mail": "a@b.com", "job": "CTO"}], "n": 7, "at": 1772452800}]}
    }
    mapping = {
        "items": "hook.rows",
        "event": "=Form Submitted",
        "email": "who.0.mail",
        "id": "n",
        "time": "at",
        "lead": {"title": "who.0.job", "phone": "who.0.phone"},
        "properties": {"form.id": "=contact"},
    }

    touch = one(body, mapping)

    assert (touch.email, touch.name, touch.source_event_id) == ("a@b.com", "Form Submitted", "7")
    assert touch.occurred_at == 1772452800
    assert touch.lead == {"title": "CTO"}
    assert touch.properties == {"form.id": "contact"}
    assert touch.place == "/hook/rows/0"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"text", "invalid_json", id="neither JSON nor a form"),
        pytest.param(b'"text"', "not_an_object", id="a text"),
        pytest.param([7], "not_an_object", id="a list of numbers"),
        pytest.param([{}] * 5001, "too_many_events", id="too many"),
    ],
)
def test_what_is_no_event_is_told_with_a_code(body, code):
    try:
        found = told(body)
    except Exception as error:
        found = [error]

    assert [fault.code for fault in found] == [code]


def test_a_form_is_read_as_the_object_it_means():
    body = urlencode(
        [
            ("event", "Form Submitted"),
            ("contact[email]", "ana@acme.com"),
            ("contact[name]", "Ana Pérez"),
            ("topics[]", "pricing"),
            ("topics[]", "demo"),
            ("note", "one"),
            ("note", "two"),
        ]
    ).encode()

    touch = one(body, kind=f"{FORM}; charset=utf-8")

    assert touch.email == "ana@acme.com"
    assert touch.lead == {"email": "ana@acme.com", "name": "Ana Pérez"}
    assert touch.properties == {"topics": ["pricing", "demo"], "note": ["one", "two"]}


def test_json_under_the_name_of_a_form_is_read_as_json():
    assert one({"email": "a@b.com", "event": "x"}, kind=FORM).email == "a@b.com"


@pytest.mark.parametrize(
    ("signature", "header"),
    [
        pytest.param({"header": "X-Sig"}, lambda mac: {"x-sig": mac.hex()}, id="hex"),
        pytest.param({"header": "X-Sig"}, lambda mac: {"x-sig": mac.hex().upper()}, id="capitals"),
        pytest.param(
            {"header": "X-Sig", "prefix": "sha256="},
            lambda mac: {"x-sig": f"sha256={mac.hex()}"},
            id="prefix",
        ),
        pytest.param(
            {"header": "X-Sig", "encoding": "base64"},
            lambda mac: {"x-sig": base64.b64encode(mac).decode()},
            id="base64",
        ),
    ],
)
async def test_a_signed_source_believes_the_signature_alone(world: World, signature, header):
    await world.source(options={"signature": signature}, secret=SECRET)
    body = b'{"email": "ana@acme.com", "event": "Opened"}'
    headers = header(hmac.digest(SECRET.encode(), body, "sha256"))

    good = await world.http.post("/hooks/web", content=body, headers=headers)
    changed = await world.http.post("/hooks/web", content=body + b" ", headers=headers)
    without = await world.http.post("/hooks/web", content=body)

    assert [answer.status_code for answer in (good, changed, without)] == [200, 401, 401]


async def test_a_signature_with_odd_characters_is_refused_and_no_fault_of_ours(world: World):
    await world.source(options={"signature": {"header": "X-Sig"}}, secret=SECRET)

    answer = await world.http.post("/hooks/web", content=b"{}", headers={b"x-sig": b"\xe9\xff"})

    assert answer.status_code == 401
