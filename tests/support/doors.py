"""How tools tell the product what leads did: each real door, with bodies as its tools send them.

A ``Deed`` is what happened; a ``Door`` writes deeds down as one request of its kind. The
tool's id is written into the deed's property ``ref`` too, so that a touch can be found
again wherever it ends up.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Protocol

import orjson

from shared.signing import secret_key, sign

MadeBy = Literal["human", "machine", "unsure"]

AGENTS: Mapping[MadeBy, str] = {
    "human": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "machine": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "unsure": "Mozilla/5.0",
}


@dataclass(frozen=True)
class Deed:
    """One thing somebody does; without a ``name`` it only tells who they are.

    ``ref`` is the tool's own id. With ``has_id`` false the tool does not send it, and only
    the content tells one event from another.
    """

    ref: str
    at: datetime
    name: str | None = None
    email: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    previous_id: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    lead: Mapping[str, Any] = field(default_factory=dict)
    account: Mapping[str, Any] = field(default_factory=dict)
    made_by: MadeBy = "human"
    has_id: bool = True

    @property
    def told(self) -> dict[str, Any]:
        """The properties, with the reference among them."""
        return {**self.properties, "ref": self.ref}

    @property
    def moment(self) -> str:
        return self.at.isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class Call:
    """One request to a door. ``keys`` recognise its events within the source, as stored.

    ``secret`` signs the body when the request is sent: a signature does not keep.
    """

    source: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    keys: tuple[str, ...]
    message_id: str = ""
    secret: str = field(default="", repr=False)

    def signed_headers(self) -> dict[str, str]:
        """Return the headers to send now."""
        if not self.secret:
            return dict(self.headers)
        key = secret_key(self.secret)
        return {**self.headers, **sign([key], self.message_id, datetime.now(UTC), self.body)}


class Door(Protocol):
    """One source with its credential, and the way its tool writes."""

    source: ClassVar[str]
    vendor: ClassVar[str]
    settings: ClassVar[Mapping[str, Any]]
    most: ClassVar[int]
    """Deeds one request can carry."""

    def __init__(self, credential: str): ...

    def call(self, deeds: Sequence[Deed]) -> Call:
        """Return one request that tells ``deeds``."""
        ...


class Site:
    """The web site, by Segment's library: one call, or many in a batch."""

    source: ClassVar[str] = "site"
    vendor: ClassVar[str] = "segment"
    settings: ClassVar[Mapping[str, Any]] = {}
    most: ClassVar[int] = 20

    def __init__(self, credential: str):
        token = b64encode(f"{credential}:".encode()).decode()
        self._headers = {"authorization": f"Basic {token}", "content-type": "application/json"}

    def call(self, deeds: Sequence[Deed]) -> Call:
        items = [self._item(deed) for deed in deeds]
        kind, body = "batch", orjson.dumps({"batch": items})
        if len(items) == 1:
            kind, body = str(items[0]["type"]), orjson.dumps(items[0])
        return Call(self.source, f"/v1/{kind}", self._headers, body, keys_of(deeds))

    def _item(self, deed: Deed) -> dict[str, Any]:
        item: dict[str, Any] = {
            "type": self._type(deed),
            "timestamp": deed.moment,
            "context": {"userAgent": AGENTS[deed.made_by]},
        }
        item |= {"messageId": deed.ref} if deed.has_id else {}
        item |= {"userId": deed.user_id} if deed.user_id else {}
        item |= {"anonymousId": deed.anonymous_id} if deed.anonymous_id else {}
        email = {"email": deed.email} if deed.email else {}
        if item["type"] == "track":
            item |= {"event": deed.name, "properties": {**deed.told, **email}}
        elif item["type"] == "page":
            item |= {"name": deed.name, "properties": deed.told}
        elif item["type"] == "alias":
            item |= {"previousId": deed.previous_id}
        elif item["type"] == "group":
            item |= {"groupId": deed.ref.partition("-")[0], "traits": dict(deed.account)}
        else:
            item |= {"traits": {**deed.lead, **email, "company": dict(deed.account)}}
        return item

    def _type(self, deed: Deed) -> str:
        if deed.name is not None:
            return "page" if deed.name == "Home" else "track"
        if deed.previous_id is not None:
            return "alias"
        return "group" if deed.account and not deed.email else "identify"


class Forms:
    """A form builder of its own kind, posting JSON whose shape the source's mapping explains."""

    source: ClassVar[str] = "forms"
    vendor: ClassVar[str] = "generic"
    settings: ClassVar[Mapping[str, Any]] = {
        "options": {
            "mapping": {
                "items": "submissions",
                "event": "form.name",
                "id": "submission",
                "time": "sent",
                "email": "answers.email",
                "anonymous_id": "visitor",
                "user_agent": "browser",
                "properties": "details",
                "lead": "answers.person",
                "account": "answers.company",
            }
        },
        "touch_kinds": {"Formulario Demo": "demo.requested"},
    }
    most: ClassVar[int] = 5

    def __init__(self, credential: str):
        self._headers = {"x-relevo-token": credential, "content-type": "application/json"}

    def call(self, deeds: Sequence[Deed]) -> Call:
        body = orjson.dumps({"submissions": [self._item(deed) for deed in deeds]})
        return Call(self.source, f"/hooks/{self.source}", self._headers, body, keys_of(deeds))

    def unreadable(self) -> Call:
        """Return a genuine request nobody can read: it is stored, answered and parked."""
        body = b'{"submissions": [{"form": "cut off'
        return Call(self.source, f"/hooks/{self.source}", self._headers, body, ())

    def _item(self, deed: Deed) -> dict[str, Any]:
        name = "Formulario Demo" if deed.name == "Demo Requested" else deed.name
        return {
            "form": {"name": name},
            "submission": deed.ref if deed.has_id else None,
            "sent": deed.moment,
            "visitor": deed.anonymous_id,
            "browser": AGENTS[deed.made_by],
            "details": deed.told,
            "answers": {
                "email": deed.email,
                "person": dict(deed.lead),
                "company": dict(deed.account),
            },
        }


class Crm:
    """A CRM that speaks CloudEvents: batched, and a single one as headers and data."""

    source: ClassVar[str] = "crm"
    vendor: ClassVar[str] = "cloudevents"
    settings: ClassVar[Mapping[str, Any]] = {}
    most: ClassVar[int] = 5

    def __init__(self, credential: str):
        self._headers = {"authorization": f"Bearer {credential}"}

    def call(self, deeds: Sequence[Deed]) -> Call:
        keys = tuple(f"id:/crm/eu {deed.ref}" for deed in deeds)
        path = "/v1/cloudevents"
        if len(deeds) == 1:
            head = {f"ce-{name}": value for name, value in self._head(deeds[0]).items()}
            headers = {**self._headers, **head, "content-type": "application/json"}
            return Call(self.source, path, headers, orjson.dumps(self._data(deeds[0])), keys)
        body = orjson.dumps([{**self._head(deed), "data": self._data(deed)} for deed in deeds])
        kind = {"content-type": "application/cloudevents-batch+json"}
        return Call(self.source, path, {**self._headers, **kind}, body, keys)

    def _head(self, deed: Deed) -> dict[str, str]:
        name = (deed.name or "identified").lower().replace(" ", ".")
        return {
            "specversion": "1.0",
            "id": deed.ref,
            "source": "/crm/eu",
            "type": f"com.acme.crm.{name}.v1",
            "time": deed.moment,
        }

    def _data(self, deed: Deed) -> dict[str, Any]:
        return {
            "email": deed.email,
            "userAgent": AGENTS[deed.made_by],
            "properties": deed.told,
            "contact": dict(deed.lead),
            "company": dict(deed.account),
        }


class App:
    """An own program that speaks Relevo's JSON."""

    source: ClassVar[str] = "app"
    vendor: ClassVar[str] = "relevo"
    settings: ClassVar[Mapping[str, Any]] = {}
    most: ClassVar[int] = 10

    def __init__(self, credential: str):
        self._headers = {
            "authorization": f"Bearer {credential}",
            "content-type": "application/json",
        }

    def call(self, deeds: Sequence[Deed]) -> Call:
        items = [self._item(deed) for deed in deeds]
        body = orjson.dumps(items[0] if len(items) == 1 else items)
        return Call(self.source, "/v1/events", self._headers, body, keys_of(deeds))

    def _item(self, deed: Deed) -> dict[str, Any]:
        item = {
            "id": deed.ref if deed.has_id else None,
            "event": deed.name,
            "email": deed.email,
            "user_id": deed.user_id,
            "anonymous_id": deed.anonymous_id,
            "occurred_at": deed.moment,
            "properties": deed.told,
            "lead": dict(deed.lead),
            "account": dict(deed.account),
            "made_by": deed.made_by,
        }
        return {name: value for name, value in item.items() if value not in (None, {})}


class Webinars:
    """A webinar tool that signs as Standard Webhooks says."""

    source: ClassVar[str] = "webinars"
    vendor: ClassVar[str] = "standard-webhooks"
    settings: ClassVar[Mapping[str, Any]] = {}
    most: ClassVar[int] = 1

    def __init__(self, credential: str):
        self._secret = credential

    def call(self, deeds: Sequence[Deed]) -> Call:
        (deed,) = deeds
        data = {
            "email": deed.email,
            "user_agent": AGENTS[deed.made_by],
            "properties": deed.told,
            "person": dict(deed.lead),
            "company": dict(deed.account),
        }
        body = orjson.dumps({"type": deed.name, "timestamp": deed.moment, "data": data})
        headers = {"content-type": "application/json"}
        path, keys = f"/hooks/{self.source}", keys_of(deeds)
        return Call(self.source, path, headers, body, keys, deed.ref, self._secret)


DOORS: tuple[type[Door], ...] = (Site, Forms, Crm, App, Webinars)


def keys_of(deeds: Sequence[Deed]) -> tuple[str, ...]:
    """Return what recognises ``deeds`` within their source; nothing for one without an id."""
    return tuple(f"id:{deed.ref}" for deed in deeds if deed.has_id)
