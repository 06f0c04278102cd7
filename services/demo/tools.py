"""Alisio's marketing tools: what happened becomes the requests those tools send.

Each tool speaks as tools of its kind do: the website by Segment's HTTP API, the form tool by
a webhook of its own shape, the mail tool by CloudEvents, the webinars by Standard Webhooks.
"""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.demo.cast import Lead
from services.demo.story import Happening

MAILS_A_BATCH = 8
SENT_TWICE = 0.03  # the share of requests a tool repeats because it missed our answer
CAMPAIGN = {"name": "otoño-2026", "source": "linkedin", "medium": "paid"}
FORMS = {"demo": "Solicitud de demo", "contact": "Formulario de contacto"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request a tool sends, without the proof of who it is."""

    tool: str
    path: str
    body: bytes
    heard_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    message_id: str = ""
    is_repeat: bool = False


def calls_of(told: list[Happening], leads: list[Lead], seed: int, now: datetime) -> list[Call]:
    """Return every request of the thirty days, in the order they arrive."""
    draw = random.Random(seed + 2)  # noqa: S311 - a story, not a secret
    calls = [*_website(told), *_forms(told), *_mail(told), *_webinars(told)]
    calls += [_fair(leads, now), _cut_off(now)]
    calls.sort(key=lambda call: (call.heard_at, call.tool, call.body))
    repeats = [_again(call) for call in calls if draw.random() < SENT_TWICE]
    return sorted([*calls, *repeats], key=lambda call: (call.heard_at, call.is_repeat))


def _again(call: Call) -> Call:
    later = call.heard_at + timedelta(minutes=1)
    return Call(call.tool, call.path, call.body, later, call.headers, call.message_id, True)


# --- the website, by Segment's HTTP API -------------------------------------------------------


def _website(told: list[Happening]) -> Iterator[Call]:
    identified: set[int] = set()
    for one in _seen_by("website", told):
        calls = [_page(one) if one.name == "page" else _track(one)]
        # Who passes by leaves no address; the others once filled in a form on the site.
        if one.lead.part != "passes_by" and one.lead.number not in identified:
            identified.add(one.lead.number)
            calls.append(_identify(one))
        if len(calls) == 1:
            path, body = f"/v1/{calls[0]['type']}", calls[0]
        else:
            path, body = "/v1/batch", {"batch": calls}
        yield Call("website", path, _json(body), one.heard_at, JSON)


def _segment(one: Happening, kind: str, **more: Any) -> dict[str, Any]:
    context: dict[str, Any] = {"userAgent": one.agent}
    if one.number % 3 == 0:
        context["campaign"] = CAMPAIGN
    return {
        "type": kind,
        "messageId": f"web-{kind}-{one.number}",
        "anonymousId": one.lead.visitor,
        "timestamp": one.at.isoformat(),
        "context": context,
        **more,
    }


def _page(one: Happening) -> dict[str, Any]:
    path = one.about["path"]
    return _segment(
        one, "page", properties={"path": path, "url": f"https://www.alisio.example{path}"}
    )


def _track(one: Happening) -> dict[str, Any]:
    content = one.about["content"]
    about = {
        "id": content.id,
        "topic": content.topic,
        "title": content.title[one.lead.language],
        "url": f"https://www.alisio.example/{content.id}",
    }
    return _segment(one, "track", event=one.name, properties={"content": about})


def _identify(one: Happening) -> dict[str, Any]:
    return _segment(one, "identify", traits=_traits(one.lead))


def _traits(lead: Lead) -> dict[str, Any]:
    return {
        "email": lead.email,
        "firstName": lead.first_name,
        "lastName": lead.last_name,
        "title": lead.title,
        "country": lead.company.country,
        "language": lead.language,
        "company": {
            "name": lead.company.name,
            "domain": lead.company.domain,
            "employees": lead.company.employees,
            "industry": lead.company.industry,
        },
    }


# --- the form tool, by a webhook of its own shape ---------------------------------------------

FORMS_MAPPING = {
    "event": "formulario",
    "id": "envio.id",
    "time": "envio.fecha",
    "email": "respuestas.correo",
    "lead": {
        "first_name": "respuestas.nombre",
        "last_name": "respuestas.apellidos",
        "title": "respuestas.cargo",
        "country": "respuestas.pais",
        "language": "respuestas.idioma",
    },
    "account": {"name": "respuestas.empresa", "employees": "respuestas.empleados"},
}


def _forms(told: list[Happening]) -> Iterator[Call]:
    for one in _seen_by("forms", told):
        lead = one.lead
        body = {
            "formulario": FORMS[one.name],
            "envio": {"id": f"envio-{one.number}", "fecha": one.at.isoformat()},
            "respuestas": {
                "correo": lead.email,
                "nombre": lead.first_name,
                "apellidos": lead.last_name,
                "cargo": lead.title,
                "empresa": lead.company.name,
                "empleados": str(lead.company.employees),
                "pais": lead.company.country,
                "idioma": lead.language,
            },
        }
        yield Call("forms", "/hooks/forms", _json(body), one.heard_at, JSON)


def _cut_off(now: datetime) -> Call:
    """Return what a form tool sends when its connection breaks: nobody can read this."""
    body = b'{"formulario": "Solicitud de demo", "respuestas": {"correo": "rosa.'
    return Call("forms", "/hooks/forms", body, now - timedelta(days=3), JSON)


# --- the mail tool, by CloudEvents ------------------------------------------------------------


def _mail(told: list[Happening]) -> Iterator[Call]:
    seen = list(_seen_by("mail", told))
    for start in range(0, len(seen), MAILS_A_BATCH):
        batch = seen[start : start + MAILS_A_BATCH]
        heard_at = batch[-1].heard_at
        match start // MAILS_A_BATCH % 5:
            case 0:  # now and then one by one, as an event in the headers
                for one in batch:
                    yield _binary(one)
            case 1:  # or as one document each
                for one in batch:
                    headers = {"content-type": "application/cloudevents+json"}
                    yield Call(
                        "mail", "/v1/cloudevents", _json(_cloudevent(one)), one.heard_at, headers
                    )
            case _:
                events = [_cloudevent(one) for one in batch]
                headers = {"content-type": "application/cloudevents-batch+json"}
                yield Call("mail", "/v1/cloudevents", _json(events), heard_at, headers)


def _cloudevent(one: Happening) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"mail-{one.number}",
        "source": "/alisio/mail",
        "type": f"example.mailing.email.{one.name}.v1",
        "subject": one.lead.email,
        "time": one.at.isoformat(),
        "datacontenttype": "application/json",
        "data": {
            "email": {"id": f"{one.about['mail']}-{one.lead.number}", "subject": one.about["mail"]},
            "campaign": {"name": one.about["mail"], "source": "mail", "medium": "email"},
            "user_agent": one.agent,
        },
    }


def _binary(one: Happening) -> Call:
    event = _cloudevent(one)
    data = event.pop("data")
    headers = {f"ce-{name}": value for name, value in event.items() if name != "datacontenttype"}
    return Call("mail", "/v1/cloudevents", _json(data), one.heard_at, {**headers, **JSON})


# --- the webinars, by Standard Webhooks -------------------------------------------------------


def _webinars(told: list[Happening]) -> Iterator[Call]:
    for one in _seen_by("webinars", told):
        body = {
            "type": f"webinar.{one.name}",
            "timestamp": one.at.isoformat(),
            "data": {
                "email": one.lead.email,
                "webinar": "El almacén sin papeles",
                "content": {"id": "webinar-almacen", "topic": "operations"},
            },
        }
        message_id = f"msg_{one.number}"
        yield Call("webinars", "/hooks/webinars", _json(body), one.heard_at, JSON, message_id)


# --- the trade fair, whose mapping is wrong ---------------------------------------------------

# The fair's list is called `rows`. Until somebody says so its receipts wait, parked.
WRONG_FAIR_MAPPING = {"items": "data.rows", "event": "=Badge Scanned", "email": "mail"}
FAIR_MAPPING = {**WRONG_FAIR_MAPPING, "items": "rows"}


def _fair(leads: list[Lead], now: datetime) -> Call:
    at = now - timedelta(days=2)
    visitors = [lead for lead in leads if lead.part == "fits_and_is_quiet"][:6]
    rows = [
        {"id": f"badge-{lead.number}", "mail": lead.email, "timestamp": at.isoformat()}
        for lead in visitors
    ]
    return Call("fair", "/hooks/fair", _json({"rows": rows}), at, JSON)


JSON = {"content-type": "application/json"}


def _seen_by(tool: str, told: list[Happening]) -> Iterator[Happening]:
    return (one for one in told if one.tool == tool)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
