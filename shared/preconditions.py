"""Two people edit one thing, and neither overwrites the other: ETag out, If-Match in."""

from typing import Annotated

from fastapi import Header

from shared.problem import Problem

IfMatch = Annotated[
    str | None, Header(description="The `ETag` of what you read; `*` overwrites whatever is there.")
]

LONGEST = 19  # digits of a revision


def etag(revision: int) -> str:
    """Return the entity tag of a revision."""
    return f'"{revision}"'


def expected_revision(if_match: str | None) -> int | None:
    """Return the revision a request wants to change; None when it wants any.

    Raises ``Problem``: 428 without the header, 412 when it holds no tag of ours.
    """
    if if_match is None:
        raise Problem(
            428, "if_match_required", "send If-Match with the ETag of what you read, or *"
        )
    tag = if_match.strip()
    if tag == "*":
        return None
    number = tag.removeprefix('"').removesuffix('"')
    is_ours = number.isascii() and number.isdigit() and len(number) <= LONGEST
    if tag != f'"{number}"' or not is_ours:
        raise changed_meanwhile()
    return int(number)


def changed_meanwhile() -> Problem:
    """Return the answer for a change that was based on an older revision."""
    return Problem(
        412, "changed_meanwhile", "somebody changed it meanwhile: read it again, then change it"
    )
