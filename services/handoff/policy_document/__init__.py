"""Policy files: from YAML that people write to a version that can be asked."""

from services.handoff.policy_document.compile import Compilation, compile_policy
from services.handoff.policy_document.grammar import policy_schema
from services.handoff.policy_document.problems import Problem
from services.handoff.policy_document.vocabulary import Vocabulary

__all__ = ["Compilation", "Problem", "Vocabulary", "compile_policy", "policy_schema"]
