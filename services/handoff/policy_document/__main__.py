"""Print the JSON Schema of policy files, for editors.

``python -m services.handoff.policy_document > deploy/policies/policy.schema.json``
"""

import json
import sys

from services.handoff.policy_document.grammar import policy_schema

if __name__ == "__main__":
    sys.stdout.write(json.dumps(policy_schema(), indent=2, ensure_ascii=False) + "\n")
