"""Temporary files in memory: the tests make ten thousand databases and keep none."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # Linux's own file system in memory
NEEDED = 4 * 2**30  # bytes; containers often have 64 MiB


def keep_temporary_files_in_memory() -> None:
    """Let everything temporary, of our children too, be made in memory where there is room.

    All of it is written as durably as ever, but nobody waits for a disk: what is lost with
    the power is not what a test can see. Set ``TMPDIR`` to have the files elsewhere.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    if shutil.disk_usage(MEMORY).free >= NEEDED:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
