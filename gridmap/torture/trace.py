"""A record of what a process did to its files, read from strace: writes, syncs, renames, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Doing = Literal["create", "write", "truncate", "sync", "rename", "link", "unlink"]

#: What strace is asked to record: every call that changes a file, with all of its bytes and by path.
STRACE = (
    "strace", "-f", "--seccomp-bpf", "-qq", "-z", "-y", "-xx", "-s", "67108864", "-e", "signal=none",
    "-e", "trace=openat,creat,pwrite64,pwritev,write,writev,fsync,fdatasync,ftruncate,truncate,sendfile,"
    "rename,renameat,renameat2,unlink,unlinkat,link,linkat,copy_file_range",
)  # fmt: skip

_UNFINISHED = re.compile(r"^(\d+) +(.*?) ?<unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += +(-?\d+|0x[0-9a-f]+)(?:<(.*)>)?$")
_ON = r"\d+<(?P<path>[^>]*)>"
_TEXT = r'"(?P<text>(?:\\x[0-9a-f]{2})*)"'


@dataclass(frozen=True)
class Event:
    """Hold one thing done to a file.

    Parameters
    ----------
    doing : what
    path : to which file
    other : the new name of a rename or link
    offset : where a write begins, or the length after a truncation; -1 for a write at the end
    data : what is written
    """

    doing: Doing
    path: str
    other: str = ""
    offset: int = 0
    data: bytes = b""


def events(lines: Iterable[str]) -> Iterator[Event]:
    """Yield what a record says, in the order in which the calls ended.

    Raises
    ------
    ValueError : when a call changed a file in a way that is not understood
    """
    for line in _whole(lines):
        call = _CALL.match(line)
        if call:
            event = _event(call[1], call[2], call[4] or "")
            if event:
                yield event


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """Join the two halves of calls that another thread came between."""
    begun: dict[str, str] = {}
    for raw in lines:
        line = raw.rstrip("\n")
        if half := _UNFINISHED.match(line):
            begun[half[1]] = half[2]
        elif rest := _RESUMED.match(line):
            yield f"{rest[1]} {begun.pop(rest[1], '')}{rest[2]}"
        else:
            yield line


def _event(call: str, words: str, opened: str) -> Event | None:
    reader = _READERS.get(call)
    if reader is None:
        raise ValueError(f"strace recorded {call}, which is not understood")
    return reader(words, opened)


def _opened(words: str, opened: str) -> Event | None:
    if "O_CREAT" in words and opened:
        return Event("truncate" if "O_TRUNC" in words else "create", _decoded(opened))
    return None


def _pwritten(words: str, _opened: str) -> Event | None:
    found = re.match(rf"{_ON}, {_TEXT}, \d+, (?P<offset>\d+)$", words)
    return (
        Event("write", _decoded(found["path"]), offset=int(found["offset"]), data=_bytes(found))
        if found
        else None
    )


def _written(words: str, _opened: str) -> Event | None:
    found = re.match(rf"{_ON}, {_TEXT}, \d+$", words)
    return Event("write", _decoded(found["path"]), offset=-1, data=_bytes(found)) if found else None


def _synced(words: str, _opened: str) -> Event | None:
    found = re.match(rf"{_ON}$", words)
    return Event("sync", _decoded(found["path"])) if found else None


def _cut(words: str, _opened: str) -> Event | None:
    found = re.match(rf"{_ON}, (?P<length>\d+)$", words)
    return Event("truncate", _decoded(found["path"]), offset=int(found["length"])) if found else None


def _renamed(words: str, _opened: str) -> Event | None:
    names = _names(words)
    return Event("rename", names[0], other=names[1])


def _linked(words: str, _opened: str) -> Event | None:
    names = _names(words)
    return Event("link", names[0], other=names[1])


def _unlinked(words: str, _opened: str) -> Event | None:
    return None if "AT_REMOVEDIR" in words else Event("unlink", _names(words)[0])


def _names(words: str) -> list[str]:
    return [_decoded(text) for text in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', words)]


def _decoded(text: str) -> str:
    """Return a path that strace wrote in figures."""
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text


def _bytes(found: re.Match[str]) -> bytes:
    return bytes.fromhex(found["text"].replace("\\x", ""))


_READERS = {
    "openat": _opened, "creat": _opened, "pwrite64": _pwritten, "write": _written, "fsync": _synced,
    "fdatasync": _synced, "ftruncate": _cut, "rename": _renamed, "renameat": _renamed, "renameat2": _renamed,
    "link": _linked, "linkat": _linked, "unlink": _unlinked, "unlinkat": _unlinked,
}  # fmt: skip
