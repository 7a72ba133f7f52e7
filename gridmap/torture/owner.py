"""A process that owns the store: it does one thing after the other, and notes when each is done."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from gridmap import sql
from gridmap.editing import drafts
from gridmap.editing.session import Drafting
from gridmap.errors import EditRefused
from gridmap.keeping import backups
from gridmap.loading.records import load_records
from gridmap.registers import register_named
from gridmap.store import Database, open_store, snapshots
from gridmap.torture import ledger, town
from gridmap.torture.ledger import Act, Kind

_FIRST_DAY = date(2024, 7, 2)
#: How often each kind of thing is done.
_WEIGHTS: dict[Kind, int] = {
    "import": 5, "edit": 8, "publish": 2, "checkpoint": 2, "backup": 1, "snapshot": 1, "migration": 1,
}  # fmt: skip
_MIGRATION = "schema/{:04}_torture"
_FIRST_MIGRATION = 9000
_MOST_MIGRATIONS = 12
_NEW_TABLE = "create table torture_NUMBER as select petition_id, petition_no, status from petition"


@dataclass(frozen=True)
class Place:
    """Name the folders of one torture: the store, files to load, backups, and the ledger."""

    root: Path

    @property
    def store(self) -> Path:
        """Return the folder of the store."""
        return self.root / "store"

    @property
    def files(self) -> Path:
        """Return the folder of files to load."""
        return self.root / "files"

    @property
    def backups(self) -> Path:
        """Return the folder of backups."""
        return self.root / "backups"

    @property
    def ledger(self) -> Path:
        """Return the file of what was begun and done."""
        return self.root / "ledger.jsonl"


def opened(place: Place, *, more_schema: int = 0) -> Database:
    """Open the store as a gridmap that knows some schema files more than this one does."""
    _know_schema(max([*ledger.read(place.ledger).maybe("migration"), more_schema]))
    return open_store(place.store)


def choose(
    place: Place, rng: random.Random, *, without: Sequence[Kind] = (), rather: Sequence[Kind] = ()
) -> Act:
    """Choose the next thing to do: an import begun and not acknowledged is given again first.

    Parameters
    ----------
    place : folders of the torture
    rng : source of chance
    without : kinds not to choose
    rather : kinds to choose as often as all others together
    """
    said = ledger.read(place.ledger)
    again = [act for act in said.open if act.kind == "import"]
    if again:
        return again[0]
    enough = ("migration",) if len(said.maybe("migration")) >= _MOST_MIGRATIONS else ()
    kinds = [kind for kind in _WEIGHTS if kind not in (*without, *enough)]
    whole = sum(_WEIGHTS.values())
    kind = rng.choices(kinds, weights=[whole if kind in rather else _WEIGHTS[kind] for kind in kinds])[0]
    return Act(kind, max(said.maybe(kind), default=0) + 1)


def do(db: Database, place: Place, act: Act) -> Database:
    """Do one thing, noting it before and after; return the store, which a migration opens anew."""
    ledger.note(place.ledger, act, done=False)
    after = _ACTS[act.kind](db, place, act.number) or db
    ledger.note(place.ledger, act, done=True)
    return after


def _import(db: Database, place: Place, number: int) -> None:
    load_records(db, town.batch(place.files, number), register_named("petitions"), crs=town.CRS, silent=True)


def _edit(db: Database, place: Place, number: int) -> None:
    draft = _open_draft(db)
    cell = town.code_of(number % 36)
    draft.apply({"op": "rename", "code": cell, "name": f"edit {number}"})


def _publish(db: Database, place: Place, number: int) -> None:
    """Move land between two cells and put it into force."""
    day = _day_after_all(db)
    draft = Drafting.begin(db, f"published {number}", author="torture", on=day)
    here, there = town.corner(number), town.corner(number, moved=True)
    try:
        draft.apply({"op": "move_vertex", "at": here, "to": there})
    except EditRefused:  # an earlier version has moved it
        draft.apply({"op": "move_vertex", "at": there, "to": here})
    draft.publish(effective=day, title=f"version {number}", commit=True)


def _day_after_all(db: Database) -> date:
    named: list[date] = [day.date() for day in db.query("versions/changesets")["effective_on"]]
    return max([_FIRST_DAY, *named]) + timedelta(days=1)


def _checkpoint(db: Database, place: Place, number: int) -> None:
    db.checkpoint()


def _backup(db: Database, place: Place, number: int) -> None:
    place.backups.mkdir(exist_ok=True)
    backups.back_up(db, place.backups / f"{number % 3}.zip")


def _snapshot(db: Database, place: Place, number: int) -> None:
    snapshots.take(db)


def _migrate(db: Database, place: Place, number: int) -> Database:
    db.close()
    _know_schema(number)
    return open_store(place.store)


def _open_draft(db: Database) -> Drafting:
    name = "edits"
    known = set(drafts.drafts(db)["draft"])
    return Drafting.open(db, name) if name in known else Drafting.begin(db, name, author="torture")


def _know_schema(count: int) -> None:
    """Let this process know so many schema files more: each changes a large table and makes one."""
    more = {_MIGRATION.format(_FIRST_MIGRATION + n): _schema_text(n) for n in range(1, count + 1)}
    sql.names_in = lambda folder: (*_NAMES(folder), *(more if folder == "schema" else ()))
    sql.load = lambda name: sql.Query(name, more[name], {}) if name in more else _LOAD(name)  # type: ignore[assignment]


def _schema_text(number: int) -> str:
    return _NEW_TABLE.replace("NUMBER", str(number))


_NAMES, _LOAD = sql.names_in, sql.load
_ACTS: dict[Kind, Callable[[Database, Place, int], Database | None]] = {
    "import": _import, "edit": _edit, "publish": _publish, "checkpoint": _checkpoint, "backup": _backup,
    "snapshot": _snapshot, "migration": _migrate,
}  # fmt: skip
