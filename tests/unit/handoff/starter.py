"""The starter policy, and what two versions of it that differ are told as."""

from pathlib import Path

from services.handoff.policy_document import compile_policy
from services.handoff.texts import tell_changes

STARTER = Path("deploy/policies/starter.en.yaml").read_text(encoding="utf-8")


def told(*edits: tuple[str, str]) -> tuple[list[str], list[str]]:
    """What the starter's ``edits`` are told as, in English and in Spanish."""
    text = STARTER
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    before, after = (compile_policy(each) for each in (STARTER, text))
    assert before.version is not None
    assert after.version is not None, [str(error) for error in after.errors]
    english, spanish = (
        [
            sentence.text
            for sentence in tell_changes(before.version, after.version, each).sentences()
        ]
        for each in ("en", "es")
    )
    return english, spanish
