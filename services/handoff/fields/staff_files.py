"""Files of people, teams and territories: a YAML file of all three, a CSV file of people.

What several files say is one document; of everything in it is known where it stands.
"""

from collections.abc import Sequence
from typing import Any, Literal

from services.handoff.fields.file_phrases import at, told
from services.handoff.fields.people_csv import read_people
from services.handoff.fields.placed import Places, Unusable, place_of, read_yaml, step

Section = Literal["people", "teams", "territories"]
SECTIONS: tuple[Section, ...] = ("people", "teams", "territories")
PIPE = "-"


def read_files(files: Sequence[tuple[str, bytes]]) -> tuple[dict[str, Any], Places]:
    """Return what several files, by name, say together, and where. Raises ``Unusable``."""
    document: dict[str, dict[str, Any]] = {}
    places: Places = {}
    wrong: list[str] = []
    for file, content in files:
        if _is_csv(file, content):
            found, where = read_people(content, file)
        else:
            name = "staff.yaml" if file == PIPE else file
            found, where = read_yaml(content, name, SECTIONS)
        for section, entries in found.items():
            there = document.setdefault(section, {})
            for key, entry in entries.items():
                path = f"/{section}/{step(key)}"
                known = next((one for one in there if one.lower() == key.lower()), None)
                if known is not None:
                    first = place_of(f"/{section}/{step(known)}", places)
                    fault = told("{key} is at {first} too", key=key, first=first)
                    wrong.append(at(place_of(path, where), fault))
                elif entry is not None and not isinstance(entry, dict):
                    fault = told("must be a mapping like `name: Ana`")
                    wrong.append(at(place_of(path, where), fault))
                else:
                    there[key] = _with_channels(entry)
        places = where | places
    if wrong:
        raise Unusable(told("the files cannot be used"), wrong)
    return document, places


def _is_csv(file: str, content: bytes) -> bool:
    if file.lower().endswith((".csv", ".tsv", ".txt")):
        return True
    if file != PIPE:
        return False
    first = content.partition(b"\n")[0].decode("utf-8-sig", "replace").lower()
    return ":" not in first and any(sign in first for sign in ",;\t")


def _with_channels(entry: Any) -> Any:
    """Read channels that are written as on the command line: ``slack=https://…``."""
    if not isinstance(entry, dict) or not isinstance(entry.get("channels"), list):
        return entry
    read = [_channel_of(one) if isinstance(one, str) else one for one in entry["channels"]]
    return {**entry, "channels": read}


def _channel_of(text: str) -> dict[str, str]:
    name, _, address = text.partition("=")
    return {"channel": name.strip(), "address": address.strip()}
