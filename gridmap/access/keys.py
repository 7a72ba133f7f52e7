"""The secret keys of a store: in a file of their own, in a folder that is never the store's.

Who has the store without the keys cannot forge the log; who has lost the keys cannot verify it. Keep a copy
of them where no copy of the store lies.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from gridmap import settings
from gridmap.errors import StoreError
from gridmap.store import Database

_SETTING = "store_id"


@dataclass(frozen=True)
class Keys:
    """Hold the keys of one store.

    Parameters
    ----------
    folder : where they lie
    store : what the store is called there
    log : key of the log of what was done
    """

    folder: Path
    store: str
    log: bytes

    @property
    def anchor(self) -> Path:
        """Return the file that holds the end of the log outside the store."""
        return self.folder / f"{self.store}.anchor"


def keys_of(db: Database) -> Keys:
    """Return the keys of a store, making them for a store that has had none.

    Raises
    ------
    StoreError : when its keys are lost, or their folder cannot be written or lies in the store's
    """
    folder, ident = folder_of_keys(db), store_ident(db)
    file = _file_of(db)
    if not file.exists():
        _refuse_to_replace(db, file)
        _make(file)
    try:
        return Keys(folder, ident, bytes.fromhex(json.loads(file.read_text(encoding="utf-8"))["log"]))
    except (OSError, ValueError, KeyError) as fault:
        raise StoreError(f"The keys {file} cannot be read: {fault}. Put back the copy of them.") from fault


def folder_of_keys(db: Database) -> Path:
    """Return the folder in which the keys of a store lie.

    Raises
    ------
    StoreError : when that is inside the store's own
    """
    folder = settings.from_environment().keys.expanduser().resolve()
    if folder.is_relative_to(db.folder.resolve()):
        raise StoreError(f"The keys must not lie in the store's own folder {db.folder}. Set GRIDMAP_KEYS.")
    return folder


def store_ident(db: Database) -> str:
    """Return what the store is called in the folder of keys; a store that has no name yet is given one."""
    known = db.setting(_SETTING)
    if known:
        return known
    with db.noting() as tx:
        made = secrets.token_hex(8)
        tx.run("access/store_id", key=_SETTING, value=made)
    return made


def are_lost(db: Database) -> bool:
    """Return whether a store has a log whose key is not there."""
    return not _file_of(db).exists() and bool(db.scalar("access/audit.entries"))


def make_anew(db: Database) -> None:
    """Make a new key of the log where the old one is lost: what stands in the log cannot be verified then."""
    _make(_file_of(db))


def _file_of(db: Database) -> Path:
    return folder_of_keys(db) / f"{store_ident(db)}.json"


def _refuse_to_replace(db: Database, file: Path) -> None:
    if db.scalar("access/audit.entries"):
        raise StoreError(f"The keys of this store are not in {file.parent}. Put back the copy of them, or "
                         "name their folder in GRIDMAP_KEYS. If they are lost for good: "
                         "gridmap keys renew")  # fmt: skip


def _make(file: Path) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise StoreError(f"The keys of the store cannot be kept in {file.parent}: {fault}. "
                         "Name a folder in GRIDMAP_KEYS.") from fault  # fmt: skip
    with os.fdopen(opened, "w", encoding="utf-8") as stream:
        json.dump({"log": secrets.token_hex(32)}, stream)
        stream.flush()
        os.fsync(stream.fileno())
