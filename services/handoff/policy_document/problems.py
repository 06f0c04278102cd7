"""What is wrong with a policy file, and where."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from services.handoff.domain.policy import Language
from services.handoff.policy_document.phrases import spanish

Severity = Literal["error", "warning"]
Code = Literal[
    "unknown_key",
    "missing_key",
    "duplicate_key",
    "wrong_type",
    "wrong_value",
    "wrong_name",
    "wrong_pattern",
    "out_of_range",
    "unknown_signal",
    "unknown_list",
    "unknown_fact",
    "unknown_name",
    "two_conditions",
    "impossible_gate",
    "gate_without_evidence",
    "swallowed_gate",
    "weak_signal_in_gate",
    "tier_without_response",
    "never_applies",
    "contradictory_durations",
    "contradictory_effect",
    "ladder_out_of_order",
    "ladder_tells_nobody",
    "file_too_large",
    "not_utf8",
    "control_character",
    "empty_file",
    "yaml_syntax",
    "too_deep",
    "too_many_values",
    "several_documents",
    "key_not_text",
    "alias_refused",
    "anchor_refused",
    "tag_refused",
    "merge_key_refused",
    "directive_refused",
    "unused_signal",
    "unused_list",
    "unused_tier",
    "unreachable_condition",
    "shadowed_gate",
    "no_example",
    "never_holds",
    "overlapping_exclusions",
    "duplicate",
    "no_points",
    "no_opt_out_reason",
    "overlapping_policies",
    "title_untranslated",
    "unfamiliar_name",
    "working_days",
]
"""Every kind of fault; ``docs/policy.md`` explains them."""


class Place(NamedTuple):
    """A place in a file; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, order=True)
class Problem:
    """One fault, with its place and how to mend it. Sorted as one reads the file."""

    file: str
    line: int
    column: int
    path: str
    """JSON pointer of the value, for example ``/signals/demo_request/points``."""
    code: Code
    """Stable name of the kind of fault, for programs."""
    message: str
    severity: Severity = "error"

    def told(self, language: Language) -> str:
        """Return the message in ``language``."""
        return spanish(self.message) if language == "es" else self.message

    def __str__(self) -> str:
        """Return the line an editor or a terminal can jump from."""
        where = f"{self.file}:{self.line}:{self.column}"
        return f"{where}: {self.severity}: {self.message} [{self.code}]"

    def as_dict(self) -> dict[str, Any]:
        """Return the problem as JSON-ready data."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "code": self.code,
            "message": self.message,
            "severity": self.severity,
        }
