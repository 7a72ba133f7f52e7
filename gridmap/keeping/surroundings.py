"""What a store lies on: room on the disk, the kind of file system, and what lies about in its folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from gridmap.findings import Finding
from gridmap.store import FILE_NAME, checkpoints
from gridmap.store.room import MB, reserve

#: File systems on which a lock or a write that was acknowledged may be lost.
_REMOTE = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "ceph", "gluster", "davfs")
_PASSING = ("tmpfs", "ramfs")
_MOUNTS = Path("/proc/self/mounts")
#: A log longer than this was not taken up into the file for a long time.
_LONG_LOG_MB = 256


def around(folder: Path) -> list[Finding]:
    """Return what is amiss with the disk and the folder of a store."""
    return [*_room(folder), *_file_system(folder), *_log(folder), *_torn(folder)]


def size_of(folder: Path) -> int:
    """Return the size of a store in bytes, its log included."""
    file = folder / FILE_NAME
    return (file.stat().st_size if file.exists() else 0) + checkpoints.log_size(file)


def file_system_of(folder: Path) -> str:
    """Return the kind of file system a folder lies on, empty where the system does not tell."""
    if not _MOUNTS.exists():
        return ""
    mounts = [line.split()[1:3] for line in _MOUNTS.read_text(encoding="utf-8").splitlines()]
    path = folder.resolve()
    above = [(len(place), kind) for place, kind in mounts if path.is_relative_to(place)]
    return max(above)[1] if above else ""


def _room(folder: Path) -> list[Finding]:
    free, size = shutil.disk_usage(folder).free, size_of(folder)
    said = f"{free / MB:,.0f} MB are free where the store lies"
    if free < reserve():
        return [Finding("store.disk_full", "error", f"Only {said}. Imports are refused. Make room.",
                        amount=free / MB, unit="MB")]  # fmt: skip
    if free < 3 * size:
        return [Finding("store.little_room", "warning", f"{said}, less than three times its size of "
                        f"{size / MB:,.0f} MB: an import or a backup may not fit. Make room.",
                        amount=free / MB, unit="MB")]  # fmt: skip
    return []


def _file_system(folder: Path) -> list[Finding]:
    kind = file_system_of(folder)
    if kind.startswith(_REMOTE):
        return [Finding("store.remote_disk", "error", f"The store lies on {kind}, a file system of another "
                        "machine: locks and writes may be lost there. Move it to a local disk.")]  # fmt: skip
    if kind in _PASSING:
        return [Finding("store.passing_disk", "warning", f"The store lies on {kind}, in memory: it is gone "
                        "when the machine is switched off. Move it to a disk.")]  # fmt: skip
    return []


def _log(folder: Path) -> list[Finding]:
    size = checkpoints.log_size(folder / FILE_NAME) / MB
    if size < _LONG_LOG_MB:
        return []
    return [Finding("store.long_log", "warning", f"{size:,.0f} MB of changes were not taken up into the file "
                    "yet: nothing is lost, but opening the store takes long. gridmap doctor --repair "
                    "takes them up.", amount=size, unit="MB")]  # fmt: skip


def _torn(folder: Path) -> list[Finding]:
    kept = sorted(folder.glob("torn-*.wal"))
    if not kept:
        return []
    return [Finding("store.torn_log", "warning", f"The end of the log was torn {len(kept)} times, as a power "
                    "failure does; what was acknowledged lay before it. The logs are kept as they were, such "
                    f"as {kept[-1].name}. Remove them when all is well.",
                    amount=len(kept), unit="files")]  # fmt: skip
