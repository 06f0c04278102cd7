"""Tokens of links: the same each time, readable by who has the key, and by nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.answer_links import AnswerLink, LinkSeal, hash_token
from shared.ids import new_id
from shared.logging import mask

SEAL = LinkSeal(["a key of the tests, long enough to be one"])
OTHER = LinkSeal(["another key of the tests, long enough too"])
START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=60_000)).map(lambda later: START + later)
LINKS = st.builds(
    AnswerLink,
    st.uuids().map(str),
    st.uuids().map(str),
    st.sampled_from(["accept", "reject"]),
    MOMENTS,
)


@given(LINKS)
def test_what_is_sealed_is_read_to_the_microsecond(link):
    token = SEAL.token(link)

    assert SEAL.read(token) == link
    assert SEAL.token(link) == token
    assert OTHER.read(token) is None
    assert len(token) == 80


@given(LINKS, LINKS)
def test_two_links_have_two_tokens(one, other):
    assert (SEAL.token(one) == SEAL.token(other)) == (one == other)


@given(st.text(max_size=200))
def test_whatever_is_asked_is_read_or_refused(text):
    assert SEAL.read(text) is None


@pytest.mark.parametrize("cut", [1, 4, 8, 22])
def test_a_part_of_a_token_or_more_than_one_is_none(cut):
    link = AnswerLink(new_id(), new_id(), "accept", datetime.now(UTC) + timedelta(days=1))
    token = SEAL.token(link)

    assert SEAL.read(token[:-cut]) is None
    assert SEAL.read(token + "A" * cut) is None
    assert SEAL.read(token + "\n") is None


def test_what_is_kept_of_a_token_is_no_token():
    token = SEAL.token(AnswerLink(new_id(), new_id(), "accept", datetime.now(UTC)))

    assert SEAL.read(hash_token(token)) is None
    assert token[4:20] not in hash_token(token)


def test_a_token_in_a_log_line_or_an_echo_is_masked():
    token = SEAL.token(AnswerLink(new_id(), new_id(), "accept", datetime.now(UTC)))
    line = mask(f"GET https://relevo.acme.com/a/{token}?lang=es failed; again: {token[:60]}")

    assert line == "GET https://relevo.acme.com/a/[secret]?lang=es failed; again: [secret]"
