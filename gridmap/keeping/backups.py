"""Backups: one file that holds a whole store, made while it is served, checked, and put back.

A backup is a zip archive of a consistent copy (`gridmap.duckdb`) and of what is known about it
(`backup.json`): its checksum, the sums of its tables, when it was made and by which gridmap. It is never a
copy of the open file, which would lack what is in the log.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gridmap import progress, settings, sql
from gridmap.errors import StoreError, UnreadableInput
from gridmap.findings import Finding
from gridmap.keeping import integrity
from gridmap.keeping.surroundings import size_of
from gridmap.store import FILE_NAME, Database, Sums, files, opened_copy, replace_store, room_for
from gridmap.store.room import require_room

ABOUT = "backup.json"
_CHUNK = 1 << 20
#: Fast; the file is compressed already.
_LEVEL = 1


@dataclass(frozen=True)
class About:
    """Hold what a backup says of itself.

    Parameters
    ----------
    made_at, made_by : when, and by whom
    gridmap, duckdb : versions it was made with
    title : name of the place
    schema : schema files its store has run
    sha256 : checksum of the copy inside
    tables : rows and sum of every table
    """

    made_at: str
    made_by: str
    gridmap: str
    duckdb: str
    title: str
    schema: tuple[str, ...]
    sha256: str
    tables: dict[str, tuple[int, str]]

    @property
    def rows(self) -> int:
        """Return how many rows there are in all tables."""
        return sum(rows for rows, _ in self.tables.values())


@dataclass(frozen=True)
class Kept:
    """Say what a backup or its return did.

    Parameters
    ----------
    about : what the backup says of itself
    path : the backup, or the store it was put into
    findings : what is wrong inside the store that was copied
    old_store : where the store that was replaced is kept; None when there was none
    """

    about: About
    path: Path
    findings: Sequence[Finding] = ()
    old_store: Path | None = None


def back_up(db: Database, path: Path) -> Kept:
    """Write a backup of an open store; others go on reading and writing meanwhile.

    The copy is opened again and compared with the store, sum by sum; the certificate and what must hold in
    every store are checked in it. The file appears under its name only when all of that is done.

    Raises
    ------
    StoreFull : when there is no room for it
    StoreError : when the copy is not what was copied
    """
    require_room(db.folder, size_of(db.folder))
    with (
        room_for(db.folder, f"backup-{datetime.now():%H%M%S%f}.duckdb") as copy,
        progress.step(f"backing up {db.folder.name}"),
    ):
        sums = db.copy_to(copy)
        about, findings = _examined(copy, sums)
        require_room(path.resolve().parent, size_of(db.folder))
        _pack(path, copy, about)
    return Kept(about, path, findings)


def put_back(path: Path, folder: Path) -> Kept:
    """Put a backup into a folder as its store; the store that was there is kept aside.

    Everything is checked before anything is replaced: the checksum, the sums, the certificate, and whether
    this gridmap knows the backup's tables.

    Raises
    ------
    UnreadableInput : when the file is no backup, or damaged
    StoreError : when a newer gridmap made it
    StoreInUse : when a process has the folder's store open
    """
    about = read_about(path)
    _refuse_newer(about, path)
    with room_for(folder, "restored.duckdb") as copy, progress.step(f"restoring {path.name}"):
        _unpack(path, copy, about)
        findings = _compared(copy, about, path)
        old = replace_store(folder, copy)
    return Kept(about, folder, findings, old)


def verify(path: Path, workdir: Path) -> Kept:
    """Unpack a backup into a folder, check everything that is checked before it is put back, remove it again.

    Raises
    ------
    UnreadableInput : when the file is no backup, or damaged
    """
    about = read_about(path)
    with room_for(workdir, "verified.duckdb") as copy:
        _unpack(path, copy, about)
        return Kept(about, path, _compared(copy, about, path))


def read_about(path: Path) -> About:
    """Return what a backup says of itself.

    Raises
    ------
    UnreadableInput : when the file is no backup
    """
    try:
        with zipfile.ZipFile(path) as archive:
            said: dict[str, Any] = json.loads(archive.read(ABOUT))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as fault:
        raise UnreadableInput(f"{path} is no backup of gridmap ({fault}). Name a file that "
                              "`gridmap backup` wrote.") from fault  # fmt: skip
    tables = {name: (int(rows), str(content)) for name, (rows, content) in said.pop("tables").items()}
    return About(**{**said, "schema": tuple(said["schema"])}, tables=tables)


def _examined(copy: Path, sums: Sums) -> tuple[About, list[Finding]]:
    with opened_copy(copy) as store:
        if store.sums() != sums:
            raise StoreError(f"The copy of {copy.parent} is not what was copied. Nothing was written; see "
                             "to the disk (gridmap doctor) and try again.")  # fmt: skip
        about = About(
            made_at=datetime.now().isoformat(timespec="seconds"),
            made_by=settings.from_environment().author,
            gridmap=version("gridmap"),
            duckdb=version("duckdb"),
            title=store.setting("title_zh", "") or "",
            schema=_schema_of(store),
            sha256=files.sha256_of(copy),
            tables=dict(sums),
        )
        return about, _faults(store)


def _faults(store: Database) -> list[Finding]:
    return [*integrity.broken_rules(store), *integrity.without_certificate(store)]


def _schema_of(store: Database) -> tuple[str, ...]:
    return tuple(name for name in store.query("schema_state/applied")["name"] if name.startswith("schema/"))


def _pack(path: Path, copy: Path, about: About) -> None:
    with files.appearing(path) as unfinished:
        unfinished.touch(mode=0o600)  # it holds what the store holds
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            archive.write(copy, FILE_NAME)
            archive.writestr(ABOUT, json.dumps(asdict(about), ensure_ascii=False, indent=1))
        if _checksum(unfinished) != about.sha256:
            raise StoreError(f"{path} could not be read back as it was written. Look at the disk.")


def _unpack(path: Path, copy: Path, about: About) -> None:
    with zipfile.ZipFile(path) as archive:
        require_room(copy.parent, archive.getinfo(FILE_NAME).file_size)
        try:
            with archive.open(FILE_NAME) as packed, copy.open("wb") as file:
                shutil.copyfileobj(packed, file, _CHUNK)
        except (zipfile.BadZipFile, EOFError, ValueError) as fault:
            raise _damaged(path, str(fault)) from fault
    if files.sha256_of(copy) != about.sha256:
        raise _damaged(path, "its checksum is another one")


def _compared(copy: Path, about: About, path: Path) -> list[Finding]:
    """Compare the copy inside with what the backup says of it, and return what is wrong in it."""
    with opened_copy(copy) as store:
        found = store.sums()
        if about.duckdb != version("duckdb"):  # another DuckDB may sum otherwise
            found = {name: (rows, about.tables.get(name, (0, ""))[1]) for name, (rows, _) in found.items()}
        if found != about.tables:
            raise _damaged(path, "its tables do not add up")
        return _faults(store)


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with zipfile.ZipFile(path) as archive, archive.open(FILE_NAME) as packed:
        while chunk := packed.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _refuse_newer(about: About, path: Path) -> None:
    newer = sorted(set(about.schema) - set(sql.names_in("schema")))
    if newer:
        raise StoreError(f"{path} was made by a newer gridmap ({about.gridmap}, {newer[-1]}). "
                         "Update gridmap first.")  # fmt: skip


def _damaged(path: Path, why: str) -> UnreadableInput:
    return UnreadableInput(f"The backup {path} is damaged: {why}. Nothing was restored; take another one.")
