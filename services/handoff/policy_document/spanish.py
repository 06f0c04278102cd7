"""The Spanish of every message about a policy file, by its English."""

from collections.abc import Mapping

SPANISH: Mapping[str, str] = {}
