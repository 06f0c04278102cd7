"""What is told of a version, by the path of what is told."""

from typing import Any

from services.handoff.domain.policy import PolicyVersion
from services.handoff.texts import tell


def sentences(version: PolicyVersion, language: Any) -> dict[str, str]:
    """What is told, by path; several sentences of one path as one."""
    told: dict[str, str] = {}
    for sentence in tell(version, language).sentences():
        told[sentence.path] = f"{told.get(sentence.path, '')} {sentence.text}".strip()
    return told
