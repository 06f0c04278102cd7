"""The product as a whole, in both its worlds."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.agreement import agreement
from tests.support.api import Api
from tests.support.installation import Staff, add_sources, hire, subscribe
from tests.support.product import Product, World, running_product
from tests.support.receivers import Receiver
from tests.support.smtp import MailSink, running_mail_sink
from tests.support.worlds import Servers

PUBLIC_URL = "https://relevo.example.com"
WORLDS = [
    "embedded",
    pytest.param("production", marks=[pytest.mark.postgres, pytest.mark.kafka]),
]


@dataclass(frozen=True)
class Installation:
    """A product that people work with; ``credentials`` are its sources'."""

    product: Product
    staff: Staff
    credentials: dict[str, str]
    mails: MailSink

    @property
    def api(self) -> Api:
        return self.product.api

    @property
    def world(self) -> World:
        return self.product.world


@pytest.fixture(scope="module", params=WORLDS)
def servers(request: pytest.FixtureRequest) -> Servers:
    """What the world of this test stands on."""
    if request.param == "embedded":
        return Servers()
    return Servers(request.getfixturevalue("postgres"), request.getfixturevalue("kafka"))


@pytest.fixture(scope="module")
async def installation(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """One installation for all tests of a file; each brings its own leads."""
    folder = tmp_path_factory.mktemp("product")
    async with AsyncExitStack() as stack:
        mails = await stack.enter_async_context(running_mail_sink())
        world = await stack.enter_async_context(servers.world(folder))
        settings = {
            "RELEVO_SMTP_URL": mails.url,
            "RELEVO_FOLD_UPDATES_S": "1",
            "RELEVO_PUBLIC_URL": PUBLIC_URL,
            "RELEVO_LINK_KEYS": secrets.token_urlsafe(),
        }
        running = running_product(world, agreement(), settings)
        product = await stack.enter_async_context(running)
        staff = await hire(product.api)
        yield Installation(product, staff, await add_sources(product.api), mails)


@dataclass(frozen=True)
class Crm:
    """A subscribed system: where it is told, and what its messages are signed with."""

    receiver: Receiver
    subscription_id: str
    secret: str


@pytest.fixture
async def crm(
    installation: Installation, new_receiver: Callable[[], Receiver]
) -> AsyncIterator[Crm]:
    """A system that wants every event, until the test is over."""
    receiver = new_receiver()
    made: dict[str, Any] = await subscribe(installation.api, receiver.url)
    yield Crm(receiver, made["subscription_id"], made["secret"])
    await installation.api.delete(f"/v1/subscriptions/{made['subscription_id']}")
