"""Where a log cannot be kept: on network shares, which have no locks, or no memory that processes share."""

import contextlib
import os
from pathlib import Path

from mira_sidecar.store.errors import DatabaseOnShareError

_MOUNTS = Path("/proc/self/mountinfo")
_SHARES = frozenset(
    {
        *("9p", "afs", "ceph", "cifs", "nfs", "nfs4", "smb3", "smbfs"),
        *("fuse.ceph-fuse", "fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.juicefs", "fuse.rclone", "fuse.s3fs"),
        *("fuse.smbnetfs", "fuse.sshfs"),
    }
)
"""Other file systems in user space may well be local disks (Unraid, mergerfs): they are found out by what they lack."""


def check_share(path: Path) -> None:
    """Raise DatabaseOnShareError where the folder of a database is on a share, as far as the system tells."""
    kind = _file_system(path.parent)
    if kind in _SHARES:
        raise DatabaseOnShareError.at(path, f"file system {kind}")


def _file_system(folder: Path) -> str:
    """The type of the file system that a folder is on; empty where the system does not say."""
    with contextlib.suppress(OSError):
        device = folder.stat().st_dev
        number = f"{os.major(device)}:{os.minor(device)}"
        for line in _MOUNTS.read_text(errors="replace").splitlines():
            mount, _, kind = line.partition(" - ")
            if mount.split()[2] == number:
                return kind.partition(" ")[0]
    return ""
