"""What a disk may hold after a power failure: what was synced, and any part of what was not.

The model is that of a journaling file system such as ext4 or xfs. What was written to a file since its last
sync may be there, be lost, or be there by half: each page of 4 KB is kept or lost for itself. Names change in
their order (created, renamed, linked, removed); the journal is written out with any sync, and before that any
first part of the changes may be there.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gridmap.torture.trace import Event

Loss = Literal["everything unsynced", "any part of it", "nothing"]
LOSSES: tuple[Loss, ...] = ("everything unsynced", "any part of it", "nothing")
_PAGE = 4096


@dataclass
class _File:
    """Hold what is on the disk of a file, and what was written to it since."""

    synced: bytes = b""
    since: list[Event] = field(default_factory=list)
    length: int = 0


class Disk:
    """Follow what happens to the files below a folder, and say what may be left of them.

    Parameters
    ----------
    root : the folder whose files are followed
    """

    def __init__(self, root: Path) -> None:
        self._root = f"{root.resolve()}/"
        self._files: list[_File] = []
        self._names: dict[str, int] = {}
        self._synced_names: dict[str, int] = {}
        self._renamed: list[dict[str, int]] = []
        for path in root.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                self._names[str(path.resolve())] = len(self._files)
                self._files.append(_File(content, length=len(content)))
        self._synced_names = dict(self._names)

    def happens(self, event: Event) -> bool:
        """Let something happen; return whether it concerned these files."""
        if not f"{event.path}/".startswith(self._root):
            return False
        if event.doing in ("rename", "link", "unlink", "create"):
            return self._rename(event)
        if event.doing == "truncate" and event.path not in self._names:
            self._rename(Event("create", event.path))
        number = self._names.get(event.path)
        if event.doing == "sync":
            if number is not None:
                self._sync(self._files[number])
            self._sync_names()
        elif number is not None:
            self._write(self._files[number], event)
        return True

    def left(self, loss: Loss, rng: random.Random) -> dict[str, bytes]:
        """Return the files a power failure at this moment leaves, by path below the root."""
        names = self._left_names(loss, rng)
        contents = {at: self._left(self._files[at], loss, rng) for at in sorted(set(names.values()))}
        return {name.removeprefix(self._root): contents[at] for name, at in names.items()}

    def _rename(self, event: Event) -> bool:
        names = dict(self._names)
        if event.doing == "create":
            if event.path in names:
                return False
            names[event.path] = len(self._files)
            self._files.append(_File())
        elif event.path not in names:
            return False
        elif event.doing == "unlink":
            del names[event.path]
        else:
            names[event.other] = names[event.path]
            if event.doing == "rename":
                del names[event.path]
        self._names = names
        self._renamed.append(names)
        return True

    def _write(self, file: _File, event: Event) -> None:
        placed = (
            event if event.offset >= 0 else Event("write", event.path, offset=file.length, data=event.data)
        )
        file.since.append(placed)
        file.length = placed.offset if event.doing == "truncate" else max(
            file.length, placed.offset + len(placed.data))  # fmt: skip

    def _sync(self, file: _File) -> None:
        file.synced = _applied(file.synced, file.since)
        file.since = []

    def _sync_names(self) -> None:
        self._synced_names, self._renamed = dict(self._names), []

    def _left_names(self, loss: Loss, rng: random.Random) -> dict[str, int]:
        if loss == "nothing":
            return self._names
        kept = 0 if loss == "everything unsynced" else rng.randrange(len(self._renamed) + 1)
        return self._renamed[kept - 1] if kept else self._synced_names

    def _left(self, file: _File, loss: Loss, rng: random.Random) -> bytes:
        if loss == "nothing":
            return _applied(file.synced, file.since)
        if loss == "everything unsynced":
            return file.synced
        return _applied(file.synced, [part for event in file.since for part in _torn(event, rng)])


def _torn(event: Event, rng: random.Random) -> Iterable[Event]:
    """Return what is left of a write: all of it, none, or some of its pages."""
    fate = rng.random()
    if event.doing == "truncate" or fate < 1 / 3:
        return [event] if fate < 2 / 3 else []
    if fate < 1 / 2:
        return []
    pages = range(0, len(event.data), _PAGE)
    return [Event("write", event.path, offset=event.offset + at, data=event.data[at : at + _PAGE])
            for at in pages if rng.random() < 1 / 2]  # fmt: skip


def _applied(content: bytes, done: Iterable[Event]) -> bytes:
    changed = bytearray(content)
    for event in done:
        if event.doing == "truncate":
            del changed[event.offset :]
            changed.extend(bytes(event.offset - len(changed)))
            continue
        changed.extend(bytes(max(0, event.offset - len(changed))))
        changed[event.offset : event.offset + len(event.data)] = event.data
    return bytes(changed)
