"""Touches of which somebody documented who made them, against what we say.

Each case is one mail as its tool tells of it, with the source of the label. The rule: no
documented machine counts as a human, no documented human as a machine. Where the vendor
itself says it, we say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.domain.incoming import IncomingTouch
from services.ingest.domain.sightings import hidden_address, judge_together
from services.ingest.handlers.judging import sighting_of
from services.ingest.handlers.reading import Origin, event_of, key_of, tell
from services.ingest.handlers.seeing import Traps
from services.ingest.store.items import Item
from services.ingest.vendors import VENDORS
from shared.contracts.touches import TouchRecorded
from tests.contract.vendors.case import JSON, PUBLIC_URL, Call, as_json, read_options
from tests.contract.vendors.case import NOON as RECEIVED_AT
from tests.contract.vendors.sending import waiting

TWILIO = "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event"
MAILGUN = "https://documentation.mailgun.com/docs/mailgun/user-manual/events"
CUSTOMERIO = "Customer.io's OpenAPI file, Reporting webhooks 1.0.0"
BREVO = "https://developers.brevo.com/docs/transactional-webhooks"
MARKETO = "https://nation.marketo.com, 2024-01: bot activity pattern, 0 to 3 s after sending"
MAUTIC = "https://github.com/mautic/mautic/"
APPLE = "https://support.apple.com/guide/mail/use-mail-privacy-protection-mlhl03be2866/mac"
GOOGLE = "https://support.google.com/mail/answer/145919"
RESEND = "https://github.com/resend/resend-node/issues/901"
CRAWLERS = "https://github.com/JayBizzle/Crawler-Detect"

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/146.0.0.0 Safari/537.36"
)
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/146.0.0.0"
GMAIL_PROXY = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
)
GMAIL_PREFETCH = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
NINE = 1772443800
TRAP = "https://acme.com/s/trap"


@dataclass(frozen=True)
class Labelled:
    """Events of one mail; ``label`` is who made those with a name in ``labelled``."""

    what: str
    label: str
    source: str
    vendor: str
    events: list[dict[str, Any]]
    is_the_vendors: bool = False
    machines: Mapping[str, Any] = field(default_factory=dict)


def sendgrid(event: str, seconds: float = 0, **more: Any) -> dict[str, Any]:
    return {
        "event": event,
        "email": "ana@acme.com",
        "timestamp": NINE + seconds,
        "sg_message_id": "14c5d75ce93.dfd.64b469",
        "sg_event_id": f"{event} {seconds} {more}",
        **more,
    }


def click(seconds: float, url: str = "https://acme.com/a", **more: Any) -> dict[str, Any]:
    return sendgrid("click", seconds, url=url, **more)


def opened(seconds: float, **more: Any) -> dict[str, Any]:
    return sendgrid("open", seconds, **more)


def mailgun(event: str, bot: str, agent: str = WINDOWS) -> dict[str, Any]:
    return {
        "event-data": {
            "event": event,
            "id": f"{event} {bot}",
            "timestamp": NINE + 1,
            "recipient": "ana@acme.com",
            "url": "https://acme.com/a",
            "client-info": {"bot": bot, "user-agent": agent},
            "message": {"headers": {"message-id": "1@acme.com"}},
        }
    }


def customerio(metric: str, **data: Any) -> dict[str, Any]:
    told = {"identifiers": {"email": "ana@acme.com"}, "delivery_id": "d-1", **data}
    return {
        "event_id": metric,
        "object_type": "email",
        "metric": metric,
        "timestamp": NINE,
        "data": told,
    }


def brevo(event: str) -> dict[str, Any]:
    return {
        "event": event,
        "email": "ana@acme.com",
        "message-id": "<1@relay>",
        "ts_epoch": NINE * 1000,
    }


def mautic(agent: str, **hit: Any) -> dict[str, Any]:
    stat = {
        "id": 1,
        "email": {"id": 7},
        "lead": {"id": 3, "fields": {"core": {"email": {"value": "ana@acme.com"}}}},
        "userAgent": agent,
        "dateRead": "2026-03-02T09:30:00+00:00",
        **hit,
    }
    return {"mautic.email_on_open": [{"stat": stat, "timestamp": "2026-03-02T09:30:05+00:00"}]}


def said(what: str, label: str, source: str, vendor: str, event: dict[str, Any]) -> Labelled:
    return Labelled(what, label, source, vendor, [event], is_the_vendors=True)


def seen(what: str, label: str, source: str, *events: dict[str, Any], **more: Any) -> Labelled:
    return Labelled(what, label, source, "sendgrid", list(events), **more)


DELIVERED = sendgrid("delivered")
ALL = [click(2, f"https://acme.com/{link}") for link in ("a", "b", "c", "unsubscribe")]
MACHINE, HUMAN = "machine", "human"

SET = [
    # By the vendors' own marks.
    said("sg_machine_open", MACHINE, TWILIO, "sendgrid", opened(0, sg_machine_open=True)),
    said("no sg_machine_open", HUMAN, TWILIO, "sendgrid", opened(0, sg_machine_open=False)),
    said("opened by apple", MACHINE, MAILGUN, "mailgun", mailgun("opened", "apple")),
    said("opened by generic", MACHINE, MAILGUN, "mailgun", mailgun("opened", "generic")),
    said("clicked by generic", MACHINE, MAILGUN, "mailgun", mailgun("clicked", "generic")),
    said("opened by no bot", HUMAN, MAILGUN, "mailgun", mailgun("opened", "")),
    said("clicked by no bot", HUMAN, MAILGUN, "mailgun", mailgun("clicked", "")),
    said("prefetched", MACHINE, CUSTOMERIO, "customerio", customerio("opened", prefetched=True)),
    said("not so", HUMAN, CUSTOMERIO, "customerio", customerio("opened", prefetched=False)),
    said("machine", MACHINE, CUSTOMERIO, "customerio", customerio("clicked", machine=True)),
    said("no machine", HUMAN, CUSTOMERIO, "customerio", customerio("clicked", machine=False)),
    said("proxy_open", MACHINE, BREVO, "brevo", brevo("proxy_open")),
    said("unique_proxy_open", MACHINE, BREVO, "brevo", brevo("unique_proxy_open")),
    # By the agent.
    Labelled("on arrival", MACHINE, MAUTIC + "pull/10245", "mautic", [mautic(GMAIL_PREFETCH)]),
    Labelled("Gmail for a reader", HUMAN, GOOGLE, "mautic", [mautic(GMAIL_PROXY)]),
    Labelled("all Gmail's", HUMAN, MAUTIC + "issues/16069", "mautic", [mautic(GMAIL_PROXY)]),
    Labelled("Yahoo for a reader", HUMAN, CRAWLERS, "mautic", [mautic("YahooMailProxy; https://x")]),
    Labelled("Apple's proxy", MACHINE, APPLE, "mautic", [mautic("Mozilla/5.0")]),
    seen("Barracuda", MACHINE, CRAWLERS, click(90, useragent="Barracuda Sentinel (EE)")),
    seen("requests", MACHINE, CRAWLERS, click(90, useragent="python-requests/2.32.3")),
    seen("a crawler", MACHINE, CRAWLERS, click(90, useragent="Googlebot/2.1")),
    # By time and by neighbours.
    seen("all links", MACHINE, MAUTIC + "issues/9798", DELIVERED, *ALL),
    seen("all links, later", MACHINE, MAUTIC + "issues/9162", *[one | {"timestamp": NINE + 60}
                                                                for one in ALL]),
    seen("opened at once", MACHINE, MARKETO, DELIVERED, opened(3)),
    seen("clicked at once", MACHINE, MARKETO, sendgrid("processed"), click(2)),
    seen(
        "around the invisible link",
        MACHINE,
        MAUTIC + "issues/9798",
        click(50, "https://acme.com/b"),
        click(55, TRAP),
        click(64, "https://acme.com/c"),
        machines={"hidden": frozenset({hidden_address(TRAP)})},
    ),
    seen("a click by a reader", HUMAN, RESEND, DELIVERED, click(600, useragent=MAC)),
    seen("Gmail, soon", HUMAN, GOOGLE, DELIVERED, opened(2, useragent=GMAIL_PROXY)),
    seen("a double click", HUMAN, "one person, one link", click(90), click(90.3)),
    seen("one link after another", HUMAN, "one person reads", click(90), click(96, TRAP)),
    seen("a browser", HUMAN, "one person reads", DELIVERED, click(45, useragent=WINDOWS)),
]  # fmt: skip


def judged(case: Labelled) -> list[str]:
    """Return who made each open and click of the case, by all that its tool tells."""
    origin = Origin(
        "s",
        "web",
        case.vendor,
        read_options(case.vendor, {}),
        {},
        Traps(**case.machines),
    )
    found, alone = [], []
    for number, event in enumerate(case.events):
        body = as_json([event] if case.vendor == "sendgrid" else event)
        call = Call(f"{PUBLIC_URL}/hooks/web", body, {"content-type": JSON})
        receipt = waiting(call, case.vendor, RECEIVED_AT)
        for told in tell(receipt, VENDORS[case.vendor], origin.options):
            assert isinstance(told.event, IncomingTouch)
            key = f"{number} {key_of(told.event, receipt.id, told.position)}"
            envelope, look = event_of(told.event, receipt, origin, key)
            data = envelope.data
            assert isinstance(data, TouchRecorded)
            assert look is not None
            item = Item("s", key, b"", receipt.id, told.position)
            sighting = sighting_of(item, look, data, origin, RECEIVED_AT)
            if sighting is None:
                alone.append(look.own.made_by)
            else:
                found.append(sighting.sighting)
    marks = judge_together(found, RECEIVED_AT + timedelta(hours=1))
    hits = [one.key for one in found if one.kind in ("email.opened", "email.clicked")]
    return [*alone, *(marks[key].made_by for key in hits)]


@pytest.mark.parametrize("case", SET, ids=lambda case: f"{case.vendor}: {case.what}")
def test_what_is_documented_is_never_taken_for_the_opposite(case: Labelled):
    opposite = {MACHINE: HUMAN, HUMAN: MACHINE}[case.label]
    found = judged(case)

    assert found, "the case has an open or a click"
    assert opposite not in found
    if case.is_the_vendors:
        assert set(found) == {case.label}


def test_people_are_not_merely_left_unsure():
    unsure = {case.what for case in SET if case.label == HUMAN and "unsure" in judged(case)}

    assert unsure == set()


def test_of_machines_only_those_that_hide_stay_unsure():
    unsure = {case.what for case in SET if case.label == MACHINE and "unsure" in judged(case)}

    assert unsure == {"Apple's proxy"}
