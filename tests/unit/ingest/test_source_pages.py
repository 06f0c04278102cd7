"""The pages about sources say what the code does."""

import json
import re
from pathlib import Path

import pytest

from services.ingest.vendors import (
    VENDORS,
    activecampaign,
    brevo,
    calcom,
    calendly,
    customerio,
    intercom,
    klaviyo,
    mailchimp,
    mailgun,
    mautic,
    plain,
    postmark,
    sendgrid,
    tally,
    typeform,
)
from services.ingest.vendors.connecting import guide_to
from services.ingest.vendors.generic import GenericOptions

PAGES = Path(__file__).parents[3] / "docs" / "sources"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMES = {
    "the event": plain.EVENT,
    "its id": plain.EVENT_ID,
    "when": plain.TIME,
    "e-mail": plain.EMAIL,
    "your id of the person": plain.USER_ID,
    "a browser": plain.ANONYMOUS_ID,
    "the person": plain.PERSON,
    "the company": plain.ACCOUNT,
    "properties": plain.PROPERTIES,
}


PLACES = {
    "<url>": "https://YOUR-HOST/hooks/NAME",
    "<base>": "https://YOUR-HOST",
    "<token>": "src_…",
    "<secret>": "whsec_…",
}


ASKS = """`relevo sources add {vendor}` asks for what is needed, prints these steps with your own
address, waits for the first event, and says what is wrong with requests that are refused."""


def steps_of(vendor: str) -> str:
    """Return what the vendor's page says of connecting it: its guide, told in Markdown."""
    ways = guide_to(vendor).ways
    lines = ["## Step by step", "", ASKS.format(vendor=vendor)]
    for way in ways:
        credential = VENDORS[vendor].credential(
            VENDORS[vendor].options_model.model_validate(way.options)
        )
        address = "<url>?token=<token>" if credential == "token" else "<url>"
        lines += ["", f"*{way.label.en}* (`--way {way.id}`):"] if len(ways) > 1 else []
        lines.append("")
        for number, step in enumerate(way.steps.en, 1):
            for place, text in {"<address>": address, **PLACES}.items():
                step = step.replace(place, text)
            lines.append(f"{number}. {step}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_steps_of_a_page_are_those_of_the_guide(vendor):
    assert steps_of(vendor) in (PAGES / f"{vendor}.md").read_text()


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_has_a_page(vendor):
    text = (PAGES / f"{vendor}.md").read_text()

    assert f"--vendor {vendor}" in text


TABLES = {
    "activecampaign": activecampaign.TOUCHES,
    "brevo": brevo.TOUCHES,
    "calcom": calcom.TOUCHES,
    "calendly": calendly.TOUCHES,
    "customerio": {**customerio.EMAIL, **customerio.MESSAGE, **customerio.CUSTOMER},
    "intercom": intercom.TOUCHES,
    "klaviyo": klaviyo.TOUCHES,
    "mailchimp": mailchimp.TOUCHES,
    "mailgun": mailgun.TOUCHES,
    "mautic": mautic.TOUCHES,
    "postmark": {**postmark.RECORDS, **postmark.BOUNCES, **postmark.SUPPRESSIONS},
    "sendgrid": sendgrid.TOUCHES,
    "tally": tally.TOUCHES,
    "typeform": typeform.TOUCHES,
}
EVENT_ROW = re.compile(r"^\| `([^`|]+)` \| (?:`([a-z_.]+)`|only who the lead is) \|$", re.MULTILINE)


@pytest.mark.parametrize("vendor", TABLES)
def test_the_events_of_a_page_are_those_of_the_code(vendor):
    text = (PAGES / f"{vendor}.md").read_text()
    told = {event: kind or None for event, kind in EVENT_ROW.findall(text)}

    assert told == TABLES[vendor]


@pytest.mark.parametrize("what", NAMES)
def test_the_usual_names_are_all_told(what):
    text = (PAGES / "generic.md").read_text().partition("## What is found without a mapping")[2]
    told = {name: re.findall(r"`([a-z_]+)`", cell) for name, cell in ROW.findall(text)}

    assert tuple(told[what]) == NAMES[what]


def test_the_options_on_the_page_are_options():
    text = (PAGES / "generic.md").read_text()
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    options = [block for block in blocks if block.keys() <= GenericOptions.model_fields.keys()]

    assert len(options) == 2
    for one in options:
        GenericOptions.model_validate(one)


def test_every_path_of_a_mapping_is_explained():
    text = (PAGES / "generic.md").read_text().partition("## A mapping")[2]
    told = {name for cell, _ in ROW.findall(text) for name in re.findall(r"`([a-z_]+)`", cell)}

    assert told == set(GenericOptions.model_fields["mapping"].annotation.model_fields)  # type: ignore[union-attr]
