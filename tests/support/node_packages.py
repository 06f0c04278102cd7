"""The vendors' own clients for Node.js, as the other side in tests.

The packages come from npm once (``node/package-lock.json`` pins them with their hashes; their
scripts are not run) and stay in the user's cache, outside the repository. The small programs
that use them are beside that file.
"""

import asyncio
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("node")
MANIFESTS = ("package.json", "package-lock.json")
OLDEST_NODE = 20
ANSWERS_WITHIN_S = 90


@cache
def node() -> str | None:
    """Return the path of a Node.js the clients run on, or None."""
    path = shutil.which("node")
    if path is None:
        return None
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.", answer.stdout)
    return path if found and int(found[1]) >= OLDEST_NODE else None


def cached() -> Path:
    """Return the folder of the cache that belongs to this lock file."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    lock = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    return caches / "relevo-tests" / f"node-{lock[:16]}"


def lacking() -> str | None:
    """Return what the clients for Node.js lack here and the remedy; None when nothing."""
    if node() is None:
        return f"no Node.js {OLDEST_NODE} or newer in PATH"
    if not (cached() / "node_modules").is_dir():
        return "clients for Node.js are not in the cache; install npm and run make test-parts"
    return None


def fetch() -> None:
    """Fill the cache with the packages, where there is npm; prints what npm says if it fails."""
    npm = shutil.which("npm")
    if not npm or (cached() / "node_modules").is_dir():
        return
    print(f"fetching clients for Node.js by npm into {cached()}", flush=True)
    cached().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cached().parent) as scratch:
        fetched = Path(scratch) / "packages"
        fetched.mkdir()
        for name in MANIFESTS:
            shutil.copy(FOLDER / name, fetched)
        installed = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=fetched,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if installed.returncode != 0:
            print(installed.stdout, installed.stderr)
        elif not cached().exists():
            fetched.rename(cached())  # whole or not at all


async def run(program: str, given: Any) -> Any:
    """Return what a program beside the lock file answers to ``given``, both as JSON."""
    process = await asyncio.create_subprocess_exec(
        str(node()),
        str(FOLDER / f"{program}.cjs"),
        env={"PATH": os.environ["PATH"], "NODE_PATH": str(cached() / "node_modules")},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            answer, said = await process.communicate(json.dumps(given).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, said.decode()
    return json.loads(answer)
