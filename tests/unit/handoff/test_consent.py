"""Whether anybody may contact a lead, channel by channel."""

import pytest

from services.handoff.domain.consent import counting, nobody_may, refused, status

EARLY, LATE = "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"


def no(at=EARLY):
    return ["refused", at, "web"]


def yes(at=EARLY):
    return ["granted", at, "form"]


@pytest.mark.parametrize(
    ("consent", "expected"),
    [
        pytest.param({}, "unknown", id="nothing said"),
        pytest.param({"email": no()}, "refused", id="refused"),
        pytest.param({"all": no(), "email": yes(LATE)}, "granted", id="granted after all"),
        pytest.param({"all": no(LATE), "email": yes()}, "refused", id="all after granted"),
        pytest.param({"all": no(), "email": yes()}, "refused", id="both at once"),
        pytest.param({"phone": no()}, "unknown", id="a call is not a mail"),
    ],
)
def test_the_later_word_counts(consent, expected):
    assert status(consent, "email") == expected


def test_nobody_may_once_no_channel_is_left():
    each = {channel: no() for channel in ("email", "phone", "sms", "post")}

    assert nobody_may(each) == no()
    assert nobody_may({"all": no()}) == no()
    assert nobody_may({**each, "sms": yes(LATE)}) is None
    assert refused({**each, "sms": yes(LATE)}) == ("email", "phone", "post")


def test_only_words_that_count_are_shown():
    assert counting({"all": no(LATE), "email": yes()}) == {"all": no(LATE)}
    assert counting({"all": ["unknown", LATE, "Mia"], "email": yes()}) == {}
    assert set(counting({"all": no(), "email": yes(LATE)})) == {"email", "phone", "post", "sms"}
