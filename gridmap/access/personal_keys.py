"""The keys that seal personal data: one for each register and month, in a file beside the key of the log.

They are never in the store. What a key sealed can be read by nobody once the key is destroyed, wherever
copies of it lie: in snapshots, backups, dumps, the unused blocks of a file. That is how data are forgotten
whose time is over (`gridmap.keeping.retention`).
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gridmap.access.keys import folder_of_keys, store_ident
from gridmap.errors import StoreError
from gridmap.sealing import KEY_BYTES, Key
from gridmap.sources.personal import EARLIER, FIRST_MONTH, OPEN
from gridmap.store import Database

_ONE_AT_A_TIME = threading.RLock()


@dataclass(frozen=True)
class PersonalKeys:
    """Hold the keys of one store.

    Parameters
    ----------
    secrets : key by its name TABLE/PERIOD/GENERATION; the newest generation of a period seals
    kept_since : first month whose values a table still keeps; tables that keep everything lack
    generation : number of the generation that seals now
    """

    secrets: Mapping[str, str] = field(default_factory=dict)
    kept_since: Mapping[str, str] = field(default_factory=dict)
    generation: int = 1

    def key(self, ident: str) -> Key | None:
        """Return a key by its name; None when it was destroyed or lost."""
        secret = self.secrets.get(ident)
        return Key(ident, bytes.fromhex(secret)) if secret else None

    def of_table(self, table: str) -> dict[str, Key]:
        """Return the keys that seal the values of a table now, by period."""
        found = {}
        for ident in self.secrets:
            owner, period, generation = ident.split("/")
            if owner == table and int(generation) == self.generation:
                key = self.key(ident)
                assert key is not None
                found[period] = key
        return found

    def without(self, idents: Collection[str]) -> PersonalKeys:
        """Return the keys that are left when some are destroyed."""
        left = {ident: secret for ident, secret in self.secrets.items() if ident not in idents}
        return PersonalKeys(left, self.kept_since, self.generation)

    def completed(self, table: str, today: date) -> PersonalKeys:
        """Return the keys with those that a table lacks: one for each month that is kept, until now."""
        wanted = [OPEN, *_months(FIRST_MONTH, today)]
        wanted = [each for each in wanted if each == OPEN or each >= self.kept_since.get(table, "")]
        if not self.kept_since.get(table):
            wanted.append(EARLIER)
        idents = [f"{table}/{period}/{self.generation}" for period in wanted]
        fresh = {ident: secrets.token_hex(KEY_BYTES) for ident in idents if ident not in self.secrets}
        return PersonalKeys({**self.secrets, **fresh}, self.kept_since, self.generation)


def file_of(db: Database) -> Path:
    """Return the file of a store's personal keys."""
    return folder_of_keys(db) / f"{store_ident(db)}.personal.json"


def personal_keys(db: Database) -> PersonalKeys:
    """Return the keys of a store; empty where the store never had any.

    Raises
    ------
    StoreError : when there are none although the store holds values they sealed, or they cannot be read
    """
    file = file_of(db)
    if not file.exists():
        if db.scalar("personal/count"):
            raise lost_in(file)
        return PersonalKeys()
    return _read(file)


def lost_in(file: Path) -> StoreError:
    """Return the fault that says that keys are missing, and what that means."""
    return StoreError(f"The keys of the names, telephones, addresses and texts in this store are not in "
                      f"{file.parent}: nobody can read those. Put back the copy of {file.name}, or name its "
                      "folder in GRIDMAP_KEYS. If it is lost for good: gridmap keys renew")  # fmt: skip


def keys_for_sealing(db: Database, table: str) -> PersonalKeys:
    """Return the keys of a store with all that are needed to seal values of a table, made where they lack."""
    return changed(db, lambda keys: keys.completed(table, db.now().date()))


def changed(db: Database, change: Callable[[PersonalKeys], PersonalKeys]) -> PersonalKeys:
    """Change the keys of a store and write them down; when it returns, they are safe."""
    with _ONE_AT_A_TIME:
        before = personal_keys(db)
        after = change(before)
        if after != before:
            write(file_of(db), after)
    return after


def write(file: Path, keys: PersonalKeys) -> None:
    """Write keys whole into their file, readable by its owner alone.

    Raises
    ------
    StoreError : when they cannot be written
    """
    unfinished = file.with_suffix(".new")
    said = {"generation": keys.generation, "kept_since": dict(keys.kept_since), "keys": dict(keys.secrets)}
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as stream:
            json.dump(said, stream)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    except OSError as fault:
        raise StoreError(f"The keys of personal data cannot be kept in {file.parent}: {fault}. "
                         "Name a folder in GRIDMAP_KEYS.") from fault  # fmt: skip


def _read(file: Path) -> PersonalKeys:
    try:
        said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return PersonalKeys(said["keys"], said["kept_since"], said["generation"])
    except (OSError, ValueError, KeyError) as fault:
        raise StoreError(f"The keys {file} cannot be read: {fault}. Put back the copy of them.") from fault


def _months(first: str, today: date) -> list[str]:
    """Return the months from the first to that of today and the one after.

    >>> _months("2023-12", date(2024, 1, 15))
    ['2023-12', '2024-01', '2024-02']
    """
    year, month = map(int, first.split("-"))
    count = (today.year - year) * 12 + today.month - month + 2
    steps = [divmod(year * 12 + month - 1 + at, 12) for at in range(count)]
    return [f"{year_:04d}-{month_ + 1:02d}" for year_, month_ in steps]
