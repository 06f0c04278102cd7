"""Runs the sample history."""

from shared.migrations import run_environment

run_environment("sample")
