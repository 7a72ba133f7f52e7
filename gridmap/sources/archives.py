"""Zip archives from people: opened with suspicion.

Refused: names that climb out of the folder, absolute names, links, encrypted entries, too many entries,
too much data, and data that was packed too well to be honest. Entries that are no geodata are left in the
archive; what is taken out gets a name of gridmap's own.
"""

from __future__ import annotations

import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gridmap.errors import UnreadableInput


@dataclass(frozen=True)
class Limits:
    """Bound what may come out of an archive.

    Parameters
    ----------
    entries : most entries in the archive
    megabytes : most data taken out
    ratio : most bytes taken out for one byte packed; counted above 1 MB only
    """

    entries: int = 4096
    megabytes: int = 2048
    ratio: int = 200


@dataclass(frozen=True)
class Entry:
    """Name one file taken out of an archive: as it was called, and where it lies now."""

    name: PurePosixPath
    path: Path


_PIECE = 1 << 20
#: What zipfile raises when an archive is cut off (EOFError), altered (BadZipFile; the error of each way to
#: pack, for bzip2 OSError, as for an offset that the file does not have), encrypted or of an unknown method
#: (both RuntimeError).
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError, OSError)


def extract(
    path: Path, folder: Path, *, wanted: Callable[[PurePosixPath], bool], limits: Limits | None = None
) -> list[Entry]:
    """Take the geodata out of an archive.

    Parameters
    ----------
    path : the archive
    folder : where to put the files, under names of gridmap's own
    wanted : tells by its name whether an entry is taken

    Raises
    ------
    UnreadableInput : when the archive is damaged, hostile, encrypted or too large
    """
    bounds = limits or Limits()
    with _opened(path, path) as archive:
        entries = _checked(path, archive, bounds)
        chosen = [(info, name) for info, name in entries if wanted(name)]
        _check_size(path, [info for info, _ in chosen], bounds)
        return list(_taken_out(path, archive, chosen, folder, bounds))


def check_workbook(path: Path, shown: str = "", limits: Limits | None = None) -> None:
    """Refuse an Excel workbook that would unpack to more than it should.

    Parameters
    ----------
    path : the workbook
    shown : its name for people; that of the path when omitted
    limits : what may come out of it

    Raises
    ------
    UnreadableInput : when the workbook is damaged, hostile or too large
    """
    bounds, said = limits or Limits(), path.with_name(shown) if shown else path
    with _opened(path, said) as archive:
        entries = _checked(said, archive, bounds)
        _check_size(said, [info for info, _ in entries], bounds)


@contextmanager
def _opened(path: Path, said: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except UnreadableInput:
        raise
    except DAMAGED as fault:
        raise UnreadableInput(f"{said.name} is a damaged archive ({fault}). Pack it again.") from fault


def _checked(
    path: Path, archive: zipfile.ZipFile, limits: Limits
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if not infos:
        raise UnreadableInput(f"{path.name} is an empty archive. Pack the files again.")
    if len(infos) > limits.entries:
        raise UnreadableInput(f"{path.name} holds {len(infos):,} files; at most {limits.entries:,} are read.")
    for info in infos:
        _check_entry(path, info)
    return [(info, PurePosixPath(_name_of(info))) for info in infos]


def _check_entry(path: Path, info: zipfile.ZipInfo) -> None:
    name = info.filename.replace("\\", "/")
    climbs = name.startswith("/") or ".." in PurePosixPath(name).parts or re.match(r"^[A-Za-z]:", name)
    if climbs or stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableInput(f"{path.name} is refused: its entry '{name[:80]}' points outside the archive.")
    if info.flag_bits & 0x1:
        raise UnreadableInput(f"{path.name} is encrypted. Pack it again without a password.")


def _name_of(info: zipfile.ZipInfo) -> str:
    """Return the entry's name; Chinese Windows writes GBK without saying so, which zipfile reads as CP437."""
    name = info.filename.replace("\\", "/")
    if info.flag_bits & 0x800 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name


def _check_size(path: Path, infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    _check_amount(path, sum(info.file_size for info in infos), limits)
    for info in infos:
        _check_ratio(path, info.file_size, info.compress_size, limits)


def _check_amount(path: Path, size: int, limits: Limits) -> None:
    if size > limits.megabytes * _PIECE:
        raise UnreadableInput(
            f"{path.name} is refused: unpacked it has more than {limits.megabytes:,} MB. "
            "Unpack it yourself and load the file, or split it."
        )


def _check_ratio(path: Path, size: int, packed: int, limits: Limits) -> None:
    if size > _PIECE and size > limits.ratio * max(packed, 1):
        raise UnreadableInput(
            f"{path.name} is refused: it unpacks to more than {limits.ratio} times its size. "
            "Unpack it yourself and load the file."
        )


def _taken_out(
    path: Path, archive: zipfile.ZipFile, chosen: list[tuple[zipfile.ZipInfo, PurePosixPath]],
    folder: Path, limits: Limits,
) -> Iterator[Entry]:  # fmt: skip
    total = 0
    for number, (info, name) in enumerate(chosen):
        target = folder / f"{number:04d}{name.suffix.lower()}"
        total += _copy(path, archive, info, target, limits)
        _check_amount(path, total, limits)
        yield Entry(name, target)


def _copy(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, limits: Limits) -> int:
    """Write one entry and count what really comes out: the size an archive states may be a lie."""
    size = 0
    with archive.open(info) as source, target.open("wb") as copy:
        while piece := source.read(_PIECE):
            size += len(piece)
            _check_amount(path, size, limits)
            _check_ratio(path, size, info.compress_size, limits)
            copy.write(piece)
    return size
