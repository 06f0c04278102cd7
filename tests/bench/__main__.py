"""``make bench``: measure what we promise about speed and size, and print it beside the aim.

    python -m tests.bench [clocks] [ingest] [handoff] [changing] [replay] [scoreboard] [console]
                          [end_to_end] [--json]

Every figure is measured in this run, on this machine; ratios compare with a bare ASGI app
measured beside them. Nothing here fails the run: a miss is printed as one. Let the machine
be otherwise idle.
"""

import asyncio
import importlib
import json
import os
import sys
from dataclasses import asdict

from tests.bench.figures import Figure

SUITES = (
    *("clocks", "ingest", "handoff", "changing", "replay", "scoreboard", "console"),
    "end_to_end",
)


async def measure(names: list[str]) -> list[Figure]:
    figures: list[Figure] = []
    for name in names:
        print(f"measuring {name} …", file=sys.stderr)
        found: list[Figure] = await importlib.import_module(f"tests.bench.{name}").run()
        for figure in found:
            print(f"  {figure}", file=sys.stderr)
        figures += found
    return figures


def main(arguments: list[str]) -> int:
    names = [one for one in arguments if not one.startswith("--")] or list(SUITES)
    unknown = sorted(set(names) - set(SUITES)) + [
        one for one in arguments if one.startswith("--") and one != "--json"
    ]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(SUITES)} --json", file=sys.stderr)
        return 2
    figures = asyncio.run(measure(names))
    if "--json" in arguments:
        print(json.dumps([asdict(figure) for figure in figures], indent=2))
        return 0
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores; load average at the end {load:.1f}")
    for figure in figures:
        print(figure)
    missed = sum(figure.ok is False for figure in figures)
    print(f"{len(figures)} figures, {missed} short of their aim")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
