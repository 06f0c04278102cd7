"""A policy's text is kept byte for byte: comments, order, layout, line ends."""

import pytest

from tests.service.handoff.test_policies import TEXT

COMMENTED = f"# why 30? see the minutes of 3 March\n{TEXT}# the end, without a line end"
REORDERED = """\
response: {hot: {first_attempt_in: 1h, accept_in: 15m}} # sales first
gates:
  b: {when: {signal: z}, tier: hot}
  a: {when: {signal: a}, tier: hot}
policy:   'inbound'\x20\x20
signals:
  z: { points: 1.0, touch: x.done }\t# a tab before this
  a: { touch: [ y.done ], points: 2 }"""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(COMMENTED, id="comments"),
        pytest.param(REORDERED, id="another order of keys"),
        pytest.param(TEXT.replace("\n", "\r\n"), id="line ends of Windows"),
        pytest.param("\ufeff" + TEXT, id="a byte order mark"),
        pytest.param(TEXT.replace("\n", "   \n") + "\n\n\n", id="blanks at the ends of lines"),
        pytest.param(TEXT + "# 🎓 ñ", id="letters beyond the first plane"),
        pytest.param(TEXT + "# e\u0301 is not é", id="accents as they were typed"),
    ],
)
async def test_what_is_shown_is_what_was_written(api, text):
    made = await api.post("/v1/policies", {"text": text})
    assert made.status_code == 201, made.text
    shown = await api.get("/v1/policies/inbound/versions/1")
    activated = await api.post("/v1/policies/inbound/versions/1/activate")

    for answer in (made, shown, activated):
        assert answer.json()["text"].encode() == text.encode()
