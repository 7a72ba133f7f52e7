"""Retention: personal data whose time is over are removed, and the keys that sealed them destroyed.

Values are sealed with a key for the month of the day from which their time runs: of a petition, when it was
received; of somebody in charge, when the term ends; of a row that was set aside, when that was. Without that
key nobody reads them any more, wherever a copy of the store lies: snapshots, backups, dumps, copies from
before a migration, blocks that a file does not use any more. What must be looked after is the copy of the
keys: an older one would open them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from gridmap.access.personal_keys import PersonalKeys, changed, personal_keys
from gridmap.errors import UsageError
from gridmap.registers import REGISTERS
from gridmap.sources.personal import ASIDE, EARLIER, OPEN
from gridmap.store import Database, snapshots


@dataclass(frozen=True)
class Due:
    """Say what of a register is to be forgotten.

    Parameters
    ----------
    register : name of the register, or `set-aside`
    table : its table
    before : first month that is kept
    values : sealed values in the store that go
    keys : names of the keys that are destroyed
    """

    register: str
    table: str
    before: str
    values: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Copies:
    """Name the copies of the store in its own folder that still hold sealed values of before.

    Parameters
    ----------
    snapshots_removed : how many snapshots were removed
    snapshots_read : how many are still read by a process, and stay until it follows the newest
    others : folders with copies that nobody can read the forgotten values of any more
    """

    snapshots_removed: int
    snapshots_read: int
    others: tuple[str, ...]


def due(db: Database, *, months: int) -> list[Due]:
    """Return what is to be forgotten today, one entry per register that keeps personal data for a time.

    Parameters
    ----------
    db : the open store
    months : how many whole months are kept besides the running one

    Raises
    ------
    UsageError : when that is not at least one
    StoreError : when the keys are not there
    """
    if months < 1:
        raise UsageError(f"{months} months: keep at least one, or leave personal data out of the files.")
    keys, before = personal_keys(db), month_before(db.now().date(), months)
    tally = db.query("personal/tally")
    held = {str(key): int(count) for key, count in zip(tally["key_id"], tally["sealed_values"], strict=True)}
    return [_due(name, table, before, keys, held) for name, table in _forgetting()]


def forget(db: Database, found: Sequence[Due]) -> Copies:
    """Remove what is due from the store, destroy its keys, and put a new snapshot in place of older ones.

    What was interrupted is finished by doing it again.
    """
    idents = [ident for entry in found for ident in entry.keys]
    with db.transaction() as tx:
        tx.run("personal/forget", key_ids=idents)
        tx.run("personal/forget_set_aside", key_ids=idents)
    since = {entry.table: entry.before for entry in found}
    changed(db, lambda keys: replace(keys.without(idents), kept_since={**keys.kept_since, **since}))
    db.checkpoint()
    return _renewed_copies(db)


def month_before(today: date, months: int) -> str:
    """Return the month that lies so many before that of a day.

    >>> month_before(date(2024, 3, 15), 3), month_before(date(2024, 3, 15), 36)
    ('2023-12', '2021-03')
    """
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return f"{year:04d}-{month + 1:02d}"


def _forgetting() -> list[tuple[str, str]]:
    """Return names and tables of what is kept for a time: registers, and rows that no register could use."""
    kept = [register for register in REGISTERS if register.retained_from and register.sealed_fields]
    return [*((register.name, register.table) for register in kept), ("set-aside", ASIDE)]


def _due(name: str, table: str, before: str, keys: PersonalKeys, held: dict[str, int]) -> Due:
    # A shorter time once set is not made longer again by a longer one: those keys are gone.
    first = max(before, keys.kept_since.get(table, ""))
    old = sorted(ident for ident in {*keys.secrets, *held} if _is_old(ident, table, first))
    return Due(name, table, first, sum(held.get(ident, 0) for ident in old), tuple(old))


def _is_old(ident: str, table: str, before: str) -> bool:
    owner, period, _ = ident.split("/")
    return owner == table and period != OPEN and (period == EARLIER or period < before)


def _renewed_copies(db: Database) -> Copies:
    folder = db.folder / snapshots.FOLDER
    removed = snapshots.renew(db) if folder.is_dir() else 0
    left = len(list(folder.glob("*.duckdb"))) - 1 if folder.is_dir() else 0
    others = sorted(path.name for pattern in ("before-migrations", "replaced-*")
                    for path in db.folder.glob(pattern))  # fmt: skip
    return Copies(removed, max(left, 0), tuple(others))
