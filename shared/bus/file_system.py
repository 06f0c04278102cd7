"""Where an embedded bus may live: SQLite's write-ahead log needs a disk of this machine."""

from pathlib import Path

from shared.bus.port import BusNotDurable

MOUNTS = Path("/proc/self/mounts")  # Linux; elsewhere nobody is refused
NETWORK = {"afs", "ceph", "cifs", "glusterfs", "lustre", "nfs", "nfs4", "smb3", "smbfs"}
NETWORK |= {"fuse.cephfs", "fuse.glusterfs", "fuse.sshfs"}


def refuse_network(directory: Path, mounts: Path = MOUNTS) -> None:
    """Raise ``BusNotDurable`` for a directory on a network file system.

    There locks and shared memory do not do what SQLite relies on (sqlite.org/wal.html).
    """
    if mounts.exists() and (kind := kind_of(directory.resolve(), mounts.read_text())) in NETWORK:
        raise BusNotDurable(f"{directory} is on a network file system ({kind}); use a local disk")


def kind_of(directory: Path, mounts: str) -> str:
    """Return the type of the file system ``directory`` is on, by the deepest mount; or ''."""
    found = {}
    for line in mounts.splitlines():
        _, place, kind, *_ = line.split(" ")
        found[Path(place.encode().decode("unicode_escape"))] = kind  # later mounts hide earlier
    return next((found[place] for place in (directory, *directory.parents) if place in found), "")
