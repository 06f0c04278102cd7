"""What is particular about a vendor, for the tests every vendor runs.

``cases/<vendor>.py`` holds one ``CASE``: a request of ours with one event, the ways it proves
where it comes from, and what it means. Everything else (what attackers and bad networks do to
such a request, recorded requests, fuzzing, speed) is the same for all and stands in the
``test_*.py`` beside this file, which find the vendors by themselves.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import orjson

from services.ingest.vendors import VENDORS
from services.ingest.vendors.port import Credentials, Options, Request, Vendor
from services.ingest.vendors.tokens import hash_token
from tests.contract.vendor_samples import Sample

PUBLIC_URL = "https://ingest.example.com"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BOUNDARY = "----one-part-ends-here"
FORM_DATA = f"multipart/form-data; boundary={BOUNDARY}"
SECRET = "a-secret-of-thirty-two-characters"
TOKEN = "src_a-token-as-we-make-them"


@dataclass(frozen=True)
class Call:
    """A request to a hook. Header names are lower case."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"

    def having(self, **headers: str) -> "Call":
        """Return the call with these headers too; ``x_sig`` is ``x-sig``."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **more})

    @property
    def request(self) -> Request:
        """The request as an adapter judges it."""
        return Request(self.method, self.url, self.headers, self.body)


class Unprovable(Exception):
    """A body that cannot carry its proof: a signature inside of JSON that is none."""


Prove = Callable[[Call, str, datetime], Call]
"""Return the call as a sender with this credential sends it at this moment."""


@dataclass(frozen=True)
class Proof:
    """One way the requests of a vendor prove where they come from."""

    id: str
    prove: Prove
    options: Mapping[str, Any] = field(default_factory=dict)
    """The source's options that ask for this proof."""
    credential: str = SECRET
    """What the sender proves itself with."""
    other: str = "another-secret-of-thirty-characters"
    """What somebody else has."""
    shared: str | None = None
    """What the source is told, where that is not the sender's credential: a public key."""
    window: timedelta | None = None
    """How old a request may be, or how far ahead of our clock."""
    covers_body: bool = True
    covers_url: bool = False
    attacks: Mapping[str, Callable[[Call], Call]] = field(default_factory=dict)
    """What else can be done to a genuine request, and must be refused."""

    @property
    def known(self) -> str:
        """The secret or token the source has."""
        return self.shared or self.credential


@dataclass(frozen=True)
class Expected:
    """What the case's request means. ``{}`` in an identifier is the source's name."""

    identifiers: tuple[str, ...]
    touch: str | None
    """The touch kind; None: it only tells who a lead is."""
    occurred_at: datetime | None = None
    source_event_id: str | None = None


@dataclass(frozen=True)
class Case:
    """One vendor."""

    vendor: str
    body: bytes
    """One event of a kind the vendor has, about one person, with more than one key."""
    expected: Expected
    proofs: tuple[Proof, ...]
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": JSON})
    query: str = ""
    """Parameters the tool's people put behind the address: ``?event=Demo``."""
    again: bytes | None = None
    """The body of a second sending, where that differs: a counter of attempts."""
    repeats_for: timedelta = timedelta(days=1)
    """How long a second sending is recognised, at least."""
    unknown: tuple[bytes, str] | None = None
    """A body with an event the vendor may invent tomorrow, and the event's name in it."""
    answered: int = 200

    # The recorded requests.
    folders: tuple[str, ...] = ()
    """Whose recorded requests it reads; none given: those of its name."""
    kinds: Mapping[str, str | None] = field(default_factory=dict)
    """Neutral kind of the manifest → ours, where this vendor means something special."""
    configure: Callable[[Sample], Mapping[str, Any]] = lambda _: {}
    """The source's options for a recorded request, beside ``signed``."""
    sent_at: Callable[[Sample], datetime | None] = lambda _: None
    """When a recorded request was sent, where its signature does not say it."""
    unsigned: frozenset[str] = frozenset()
    """Schemes of the manifest that leave the body, or part of it, unsigned."""

    @property
    def adapter(self) -> Vendor:
        return VENDORS[self.vendor]

    @property
    def samples(self) -> tuple[str, ...]:
        return self.folders or (self.vendor,)

    def call(self, source: str, body: bytes | None = None) -> Call:
        """Return the case's request to the hook of ``source``, without a proof."""
        url = f"{PUBLIC_URL}/hooks/{source}{self.query}"
        return Call(url, self.body if body is None else body, dict(self.headers))

    def options(self, proof: Proof) -> Options:
        """Return the options a source with this proof has."""
        return self.adapter.options_model.model_validate(proof.options)

    def credentials(self, proof: Proof, *more: str) -> Credentials:
        """Return what a source with this proof accepts."""
        known = (*more, proof.known)
        if self.adapter.credential(self.options(proof)) == "token":
            return Credentials(token_hashes=frozenset(map(hash_token, known)))
        return Credentials(secrets=known)


def token_proofs(options: Mapping[str, Any] | None = None) -> tuple[Proof, ...]:
    """Return every way to show a token of ours."""

    def proof(name: str, prove: Prove) -> Proof:
        return Proof(name, prove, options or {}, TOKEN, "src_another-token", covers_body=False)

    def basic(call: Call, token: str, _now: datetime) -> Call:
        return call.having(
            authorization="Basic " + base64.b64encode(f"me:{token}".encode()).decode()
        )

    def behind(call: Call, token: str, _now: datetime) -> Call:
        path, mark, query = call.url.partition("?")
        return replace(call, url=f"{path}/{token}{mark}{query}")

    def parameter(call: Call, token: str, _now: datetime) -> Call:
        return replace(call, url=f"{call.url}{'&' if '?' in call.url else '?'}token={token}")

    return (
        proof("bearer", lambda call, token, _: call.having(authorization=f"Bearer {token}")),
        proof("basic", basic),
        proof("header", lambda call, token, _: call.having(x_relevo_token=token)),
        proof("parameter", parameter),
        proof("path", behind),
    )


def read_options(vendor: str, options: Mapping[str, Any]) -> Options:
    """Return a vendor's options."""
    return VENDORS[vendor].options_model.model_validate(options)


def as_json(content: Any) -> bytes:
    """Return ``content`` as JSON."""
    return orjson.dumps(content)


def as_form_data(fields: Iterable[tuple[str, str]]) -> bytes:
    """Return ``fields`` as the body of a form whose content type is ``FORM_DATA``."""
    parts = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    )
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def fields_of(body: bytes) -> list[tuple[str, str]]:
    """Return the fields ``as_form_data`` was given."""
    parts = body.decode().split(f"--{BOUNDARY}")[1:-1]
    found = (part.removesuffix("\r\n").partition("\r\n\r\n") for part in parts)
    return [(head.partition('name="')[2][:-1], value) for head, _, value in found]


def is_form_data(body: bytes) -> bool:
    """Return whether ``as_form_data`` made the body."""
    return body.startswith(f"--{BOUNDARY}".encode())


def module_of(vendor: str) -> str:
    """Return the module that holds the vendor's case."""
    return f"tests.contract.vendors.cases.{vendor.replace('-', '_')}"


def _found() -> dict[str, Case]:
    found = {}
    for vendor in VENDORS:
        if find_spec(module_of(vendor)) is not None:
            found[vendor] = import_module(module_of(vendor)).CASE
    return found


CASES: Mapping[str, Case] = _found()
