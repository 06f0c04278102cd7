"""The phrases of what people read: complete in every language, right in their zone."""

import string
from datetime import UTC, datetime

from services.notify.texts.phrases import LANGUAGES, Phrases


def placeholders(phrase):
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


def test_every_phrase_stands_in_every_language_with_the_same_values():
    english, spanish = LANGUAGES["en"].PHRASES, LANGUAGES["es"].PHRASES

    assert english.keys() == spanish.keys()
    assert {key: placeholders(text) for key, text in english.items()} == {
        key: placeholders(text) for key, text in spanish.items()
    }


def test_no_phrase_was_left_in_the_other_language():
    english, spanish = LANGUAGES["en"].PHRASES, LANGUAGES["es"].PHRASES
    same_on_purpose = {"stage.sql", "event.other", "line.interest", "line.touch", "line.title"}

    assert {key for key in english if english[key] == spanish[key]} == same_on_purpose


def test_a_moment_over_the_clock_change_is_right_on_both_sides():
    madrid = Phrases("en", "Europe/Madrid")

    assert madrid.moment(datetime(2026, 3, 29, 0, 59, tzinfo=UTC)) == "Sun 29 Mar, 01:59"
    assert madrid.moment(datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) == "Sun 29 Mar, 03:00"
