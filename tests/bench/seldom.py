"""What a company seldom has, the demonstration never, and the console has pages for.

An import and a file that waits to be one, an API key that can be revoked, and an event that
cannot be read in each service.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from services.handoff.store.tables import OUTBOX
from services.parts import NAMES
from shared.console.forms import TOKEN, form_token
from shared.contracts.answers import VerdictGiven
from shared.contracts.directory import PersonChanged
from shared.contracts.envelope import Envelope, Event
from shared.ids import new_id
from shared.outbox import STAGED
from tests.support.pictures import ADMIN, person_of, post, sign_in
from tests.support.visiting import COOKIE

SOURCE = "webinars"
ATTENDED_DAYS_AGO = 40  # old news: nobody is handed over for it
WITHIN_S = 30.0


def add_seldom(api: httpx.Client, data: Path) -> None:
    """Bring all of it about in a product that runs with its data in ``data``."""
    stage_unreadable(data)
    post(api, "/v1/keys", {"name": "almacén de datos", "scopes": ["leads:read"]})
    import_and_look(api)
    until(lambda: all(_parked(api, service) for service in NAMES), "an event parked in each")


def import_and_look(api: httpx.Client) -> None:
    """Take a file in, as somebody does in the console, and look at another one."""
    cookie = sign_in(api, person_of(api, ADMIN)["person_id"])
    with httpx.Client(base_url=api.base_url, headers={"Cookie": cookie}, timeout=30) as console:
        session = cookie.removeprefix(f"{COOKIE}=")

        def send(path: str, name: str = "") -> str:
            fields = {TOKEN: form_token(session)} | ({"source": SOURCE} if name else {})
            file = {"file": (name, attendance(name), "text/csv")} if name else None
            answer = console.post(path, data=fields, files=file)
            assert answer.status_code == 303, answer.text
            return answer.headers["location"]

        taken_in = send(f"{send('/imports', 'asistentes-mayo.csv')}/start")
        send("/imports", "asistentes-junio.csv")
    until(lambda: _is_taken_in(api, taken_in), "a file taken in")


def attendance(name: str) -> bytes:
    """Return an export with a name nobody knows, and a row that cannot be taken."""
    day = datetime.now(UTC).date() - timedelta(days=ATTENDED_DAYS_AGO)
    rows = (
        f"{day} 10:00:00;marta.vega@lonja.example;Webinar attended",
        f"{day} 10:05:00;hugo.prat@lonja.example;Webinar attended",
        f"{day} 10:20:00;hugo.prat@lonja.example;Encuesta {name}",
        f"{day} 10:30:00;irene,lonja.example;Webinar attended",
    )
    return "\n".join(("Fecha;Correo;Evento", *rows, "")).encode()


def stage_unreadable(data: Path) -> None:
    """Have two events published that their readers refuse.

    A CRM misspells a field of its answer, which handoff reads; a newer version tells ingest
    and notify of a person in a language this one does not know. They leave by handoff's
    outbox: the embedded bus belongs to the product's own process.
    """
    answer = VerdictGiven(handoff_id=new_id(), person=ADMIN, verdict="reject", reason="not_now")
    person = PersonChanged(
        person_id=new_id(),
        revision=1,
        name="Jordi Puig",
        email="jordi.puig@alisio.example",
        roles=["rep"],
        language="es",
        zone="Europe/Madrid",
        channels=[],
        active=True,
    )
    bent = (
        (answer, answer.handoff_id, b'"reason":', b'"reson":'),
        (person, person.person_id, b'"language":"es"', b'"language":"ca"'),
    )
    with closing(sqlite3.connect(data / "handoff.db", timeout=WITHIN_S)) as conn, conn:
        for event, key, right, wrong in bent:
            _stage(conn, event, key, right, wrong)


def _stage(conn: sqlite3.Connection, event: Event, key: str, right: bytes, wrong: bytes) -> None:
    now = datetime.now(UTC)
    sent = Envelope(new_id(), "urn:relevo:crm", key, key, now, event)
    payload = sent.to_bytes()
    assert right in payload, "there is something to bend"
    staged_at = now.replace(tzinfo=None).isoformat(" ", "microseconds")
    values = (sent.id, sent.type, sent.topic, key, payload.replace(right, wrong), staged_at)
    marks = ", ".join("?" * len(values))
    conn.execute(f"INSERT INTO {OUTBOX.name} ({', '.join(STAGED)}) VALUES ({marks})", values)


def until(is_so: Callable[[], bool], what: str) -> None:
    """Return once it is so; the API tells its state to who asks."""
    limit = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < limit, f"not within {WITHIN_S} s: {what}"
        time.sleep(0.1)  # another process did it, which tells nobody


def _parked(api: httpx.Client, service: str) -> bool:
    answer = api.get(f"/v1/operations/{service}/parked")
    answer.raise_for_status()
    return bool(answer.json()["items"])


def _is_taken_in(api: httpx.Client, page: str) -> bool:
    answer = api.get(f"/v1{page}")
    answer.raise_for_status()
    found = answer.json()
    return bool(found["state"] == "done" and not found["pending"] and found["published"])
