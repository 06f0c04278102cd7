"""Writes the checked-in description of the whole API: ``python -m services.openapi``.

The three services are wired as in one process and started by nobody. Each of them serves
the file, whichever runs alone: callers see one API behind one address.
"""

from pathlib import Path

import orjson

import shared.contracts
from services.parts import NAMES, build, settings_class
from shared.bus import open_bus
from shared.openapi import document
from shared.web import build_app

FILE = Path(shared.contracts.__file__).with_name("openapi.json")
NOWHERE = "sqlite:///unused"  # nothing is opened


def described() -> bytes:
    """Return the file as the code of today makes it."""
    bus = open_bus(NOWHERE)
    services = [
        build(name, settings_class(name)(database_url=NOWHERE, bus_url=NOWHERE), bus)
        for name in NAMES
    ]
    made = document(build_app(services, "").app)
    return orjson.dumps(made, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def main() -> None:
    """Write the file."""
    FILE.write_bytes(described())
    print(f"{FILE.name} written below {FILE.parent.name}/")


if __name__ == "__main__":
    main()
