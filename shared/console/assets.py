"""Files the pages need, under names that carry the digest of their content.

A browser keeps them for a year: what changes has another name. They are small, so the
process holds them, with gzip made once.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}
PREFIX = "/static/"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    path: str
    body: bytes
    gzipped: bytes | None
    kind: str


@cache
def assets() -> dict[str, Asset]:
    """Return all files by the name templates use, ``app.css`` or ``vendor/htmx/htmx.min.js``."""
    found: dict[str, Asset] = {}
    folder = files("shared.console") / "static"
    raw = dict(_walk(folder, ""))
    # A style sheet names others, so those get their names first.
    for name in sorted(raw, key=lambda one: one.endswith(".css")):
        body, kind = raw[name], KINDS[name[name.rindex(".") :]]
        if name.endswith(".css"):
            for other, asset in found.items():
                body = body.replace(f'"{other}"'.encode(), f'"{asset.path}"'.encode())
        stem, _, ending = name.rpartition(".")
        digest = hashlib.sha256(body).hexdigest()[:12]
        small = None if ending == "woff2" else gzip.compress(body, 9, mtime=0)
        found[name] = Asset(f"{PREFIX}{stem}.{digest}.{ending}", body, small, kind)
    return found


@cache
def by_path() -> dict[str, Asset]:
    """Return all files by the path they are asked for with."""
    return {asset.path: asset for asset in assets().values()}


def url(name: str) -> str:
    """Return the path of a file. Raises ``KeyError`` for one that is not there."""
    return assets()[name].path


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            found += _walk(entry, f"{prefix}{entry.name}/")
        elif any(entry.name.endswith(ending) for ending in KINDS):
            found.append((prefix + entry.name, entry.read_bytes()))
    return found
