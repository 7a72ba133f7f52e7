"""Hold a store against its ledger: everything acknowledged is there, nothing half-done is."""

from __future__ import annotations

from collections.abc import Iterator

from gridmap.errors import GridmapError
from gridmap.keeping import backups, doctor, integrity
from gridmap.store import Database, opened_copy, snapshots
from gridmap.torture import ledger, town
from gridmap.torture.ledger import Ledger
from gridmap.torture.owner import Place

#: Findings about the disk of this machine, not about the store.
_OF_THE_DISK = frozenset({"store.little_room", "store.passing_disk", "store.remote_disk", "store.disk_full",
                          "store.long_log", "store.torn_log"})  # fmt: skip


def faults(db: Database, place: Place, said: Ledger | None = None, *, thorough: bool = True) -> list[str]:
    """Return in words what was lost, half-done or wrongly derived; nothing when all is well.

    Parameters
    ----------
    db : the store, opened after whatever happened to it
    place : its folders
    said : what was begun and done; the ledger of the place when omitted
    thorough : also work out everything derived anew, and open backups and snapshots
    """
    known = said or ledger.read(place.ledger)
    found = [*_inside(db, thorough=thorough), *_imports(db, known), *_versions(db, known),
             *_edits(db, known), *_migrations(db, known)]  # fmt: skip
    return found + ([*_backups(place), *_snapshot(db, known)] if thorough else [])


def _inside(db: Database, *, thorough: bool) -> Iterator[str]:
    if thorough:
        found = doctor.examine(db)
    else:
        found = [*integrity.broken_rules(db), *integrity.without_certificate(db)]
    yield from (f"{entry.check}: {entry.message}" for entry in found if entry.check not in _OF_THE_DISK)


def _imports(db: Database, said: Ledger) -> Iterator[str]:
    """Compare the petitions of every file with the rows it has: all of them once, or none."""
    counted = db.query("torture/petitions_by_file")
    rows = dict(zip(counted["file"], counted["row_count"], strict=True))
    for number in sorted(said.numbers("import") - {n for n in said.numbers("import") if _whole(rows, n)}):
        yield f"import {number} was acknowledged and has {rows.get(_file(number), 0)} rows of {town.ROWS}"
    for file, count in rows.items():
        if count != town.ROWS:
            yield f"{file} is there by half: {count} rows of {town.ROWS}"
    begun = {_file(number) for number in {0, *said.maybe("import")}}
    yield from (f"{file} was never begun" for file in rows if file not in begun)


def _whole(rows: dict[str, int], number: int) -> bool:
    return rows.get(_file(number)) == town.ROWS


def _file(number: int) -> str:
    return f"B{number:05}"


def _versions(db: Database, said: Ledger) -> Iterator[str]:
    titles = list(db.query("versions/changesets")["title"])
    for number in said.numbers("publish"):
        if titles.count(f"version {number}") != 1:
            yield f"version {number} was acknowledged and is there {titles.count(f'version {number}')} times"
    begun = {f"version {number}" for number in said.maybe("publish")}
    yield from (f"{title} was never begun" for title in titles if title.startswith("version ")
                and title not in begun)  # fmt: skip


def _edits(db: Database, said: Ledger) -> Iterator[str]:
    asked = db.query("drafts/steps", draft="edits", revision=0)["operation"]
    steps = [text for text in asked if '"edit ' in text]
    for number in said.numbers("edit"):
        here = sum(f'"edit {number}"' in text for text in steps)
        if here != 1:
            yield f"edit {number} was acknowledged and is there {here} times"
    if len(steps) > len(said.maybe("edit")):
        yield f"{len(steps)} edits are there, {len(said.maybe('edit'))} were begun"


def _migrations(db: Database, said: Ledger) -> Iterator[str]:
    tables = set(db.query("copies/tables")["table_name"])
    yield from (f"migration {number} was acknowledged and its table is gone"
                for number in said.numbers("migration") if f"torture_{number}" not in tables)  # fmt: skip


def _backups(place: Place) -> Iterator[str]:
    """Whatever bears the name of a backup is a whole one."""
    for path in sorted(place.backups.glob("[!.]*.zip")):
        try:
            backups.verify(path, place.root / "verified")
        except GridmapError as fault:
            yield f"backup {path.name}: {fault}"


def _snapshot(db: Database, said: Ledger) -> Iterator[str]:
    """Whatever the pointer names is a whole snapshot."""
    file = snapshots.newest(db.folder)
    if file is None:
        if said.numbers("snapshot"):
            yield "a snapshot was acknowledged and no pointer is there"
        return
    try:
        with opened_copy(file) as view:
            yield from (f"snapshot: {entry.message}" for entry in integrity.broken_rules(view))
    except GridmapError as fault:
        yield f"snapshot: {fault}"
