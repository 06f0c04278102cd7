"""What docs/subscriptions.md and docs/notifications.md say is so."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.notify.channels import CHANNELS
from services.notify.domain.retries import SUBSCRIPTION_DELAYS_S
from services.notify.handlers.subscription_requests import KNOWN_TYPES
from services.notify.settings import NotifySettings
from shared.signing import new_secret, secret_key, sign

SUBSCRIPTIONS = Path("docs/subscriptions.md").read_text(encoding="utf-8")
NOTIFICATIONS = Path("docs/notifications.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", SUBSCRIPTIONS, re.DOTALL)
SECRET = new_secret()
BODY = '{"name":"Ana Pérez"}'.encode()


@pytest.mark.parametrize("example", EXAMPLES, ids=["by the library", "by hand"])
def test_the_examples_accept_what_we_sign_and_nothing_else(example):
    code: dict[str, Any] = {}
    exec(example, code)
    headers = sign([secret_key(new_secret()), secret_key(SECRET)], "1", datetime.now(UTC), BODY)

    assert code["is_genuine"](SECRET, headers, BODY)
    assert not code["is_genuine"](SECRET, headers, BODY + b" ")
    assert not code["is_genuine"](new_secret(), headers, BODY)


def test_every_event_a_subscription_can_get_is_explained():
    table = SUBSCRIPTIONS.split("## Events")[1].split("## Webhooks")[0]

    assert set(re.findall(r"`([a-z_]+\.[a-z_]+\.v\d+)`", table)) == set(KNOWN_TYPES)


def test_the_schedule_is_the_one_that_runs():
    spans = re.search(r"After (.*?), each moved", SUBSCRIPTIONS, re.DOTALL)
    assert spans is not None
    unit = {"s": 1, "min": 60, "h": 3600}
    seconds = [int(n) * unit[u] for n, u in re.findall(r"(\d+) (s|min|h)\b", spans[1])]

    assert tuple(seconds) == SUBSCRIPTION_DELAYS_S


def test_every_channel_is_explained():
    table = NOTIFICATIONS.split("| channel |")[1].split("\n\n")[0]

    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == {one.name for one in CHANNELS}


def test_every_setting_named_is_one():
    known = {f"RELEVO_{name.upper()}" for name in NotifySettings.model_fields}
    named = set(re.findall(r"RELEVO_[A-Z_]+[A-Z]", SUBSCRIPTIONS + NOTIFICATIONS))

    assert named - known <= {"RELEVO_URL", "RELEVO_KEY", "RELEVO_SMTP_URL_FILE"}
