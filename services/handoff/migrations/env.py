"""Runs handoff's migrations; see ``shared.migrations``."""

from shared.migrations import run_environment

run_environment("handoff")
