"""Dumps: every table of a store in an open format, history and drafts included, and back without a change.

A dump is a folder with the tables and `dump.json`, which names them with rows, sums, checksums and types. It
is taken from a consistent copy, so that others go on working meanwhile.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gridmap import progress, watermarks
from gridmap.errors import Refused, StoreError, UnreadableInput
from gridmap.keeping.formats import OpenFormat, format_named
from gridmap.keeping.surroundings import size_of
from gridmap.regions import crs_of
from gridmap.store import Database, files, filling, opened_copy, room_for
from gridmap.store.room import require_room

ABOUT = "dump.json"
_ROWS = 100_000


@dataclass(frozen=True)
class TableDump:
    """Hold what is known of one dumped table: its file, rows, sum, and the types of its columns."""

    file: str
    rows: int
    content: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Dump:
    """Hold what a dump says of itself.

    Parameters
    ----------
    made_at : when
    gridmap, duckdb : versions it was made with
    form : name of the open format
    crs : CRS of its polygons
    schema : schema files of the store, each with its checksum
    watermark : who took it away, when and why, where it was taken for somebody
    tables : the tables by name
    sha256 : checksum of each file
    """

    made_at: str
    gridmap: str
    duckdb: str
    form: str
    crs: str
    schema: dict[str, str]
    tables: dict[str, TableDump]
    sha256: dict[str, str]
    watermark: str = ""

    @property
    def rows(self) -> int:
        """Return how many rows there are in all tables."""
        return sum(table.rows for table in self.tables.values())


def dump(db: Database, folder: Path, *, form: str) -> Dump:
    """Write every table of an open store into a new folder; others go on reading and writing meanwhile.

    Parameters
    ----------
    db : the open store
    folder : folder to make
    form : parquet, csv or gpkg

    Raises
    ------
    Refused : when the folder is there already and not empty
    """
    chosen = format_named(form)
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty. Choose a new folder.")
    require_room(db.folder, size_of(db.folder))
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    try:
        with room_for(db.folder, f"dump-{datetime.now():%H%M%S%f}.duckdb") as copy:
            db.copy_to(copy)
            with opened_copy(copy) as store:
                said = _written(store, unfinished, chosen)
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return said


def load_dump(folder: Path, store: Path) -> Dump:
    """Make a store out of a dump; a store that was there is kept aside.

    The store's place is taken only when every table has the rows and the sum it had when it was dumped.

    Raises
    ------
    UnreadableInput : when the folder is no dump, or damaged
    StoreError : when another version of gridmap made it
    StoreInUse : when a process has the store open
    """
    said = read_about(folder)
    with filling(store) as db:
        _refuse_other(said, _schema_of(db), folder)
        _fill(db, folder, said)
        _compare(db, said, folder)
    return said


def read_about(folder: Path) -> Dump:
    """Return what a dump says of itself, its files compared with their checksums.

    Raises
    ------
    UnreadableInput : when the folder is no dump, or damaged
    """
    try:
        said: dict[str, Any] = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        changed = [name for name, digest in said["sha256"].items()
                   if files.sha256_of(folder / name) != digest]  # fmt: skip
    except (OSError, ValueError, KeyError) as fault:
        raise UnreadableInput(f"{folder} is no complete dump of gridmap ({fault}).") from fault
    if changed:
        raise UnreadableInput(f"{len(changed)} files of the dump {folder} are not as they were written, such "
                              f"as {changed[0]}. Nothing was loaded.")  # fmt: skip
    tables = {name: TableDump(**about) for name, about in said.pop("tables").items()}
    return Dump(**said, tables=tables)


def _written(store: Database, folder: Path, form: OpenFormat) -> Dump:
    crs, sums = crs_of(store), store.sums()
    tables = {}
    for name in progress.each(sums, "dumping", unit="tables"):
        file = form.file(name)
        with store.rows_of(name, rows=_ROWS) as rows:
            columns = {entry.name: str(entry.type) for entry in rows.schema}
            form.write(folder / file, name, rows, crs)
        tables[name] = TableDump(file, *sums[name], columns)
    said = Dump(
        made_at=datetime.now().isoformat(timespec="seconds"), gridmap=version("gridmap"),
        duckdb=version("duckdb"), form=form.name, crs=crs, schema=_schema_of(store), tables=tables,
        sha256={file: files.sha256_of(folder / file) for file in {entry.file for entry in tables.values()}},
        **watermarks.member(),
    )  # fmt: skip
    text = json.dumps(asdict(said), ensure_ascii=False, indent=1)
    (folder / ABOUT).write_text(text, encoding="utf-8")
    return said


def _schema_of(store: Database) -> dict[str, str]:
    applied: Mapping[str, str] = dict(store.query("schema_state/applied").to_numpy().tolist())
    return {name: digest for name, digest in applied.items() if name.startswith("schema/")}


def _refuse_other(said: Dump, own: Mapping[str, str], folder: Path) -> None:
    differing = sorted(name for name in {*own, *said.schema} if own.get(name) != said.schema.get(name))
    if differing:
        raise StoreError(f"The dump {folder} was made by another version of gridmap ({said.gridmap}; "
                         f"{differing[0]} differs). Load it with that version, then update.")  # fmt: skip


def _fill(db: Database, folder: Path, said: Dump) -> None:
    form = format_named(said.form)
    with db.transaction() as tx:
        tx.run("copies/clear_migration")
        for name, about in progress.each(said.tables.items(), "loading", unit="tables"):
            for rows in form.read(folder / about.file, name, tx.schema_of(name)):
                tx.append(name, rows)


def _compare(db: Database, said: Dump, folder: Path) -> None:
    found = db.sums()
    same_sums = said.duckdb == version("duckdb")  # another DuckDB may sum otherwise
    wrong = [name for name, about in said.tables.items() if not _is_same(found[name], about, same_sums)]
    if wrong:
        raise UnreadableInput(f"{len(wrong)} tables of the dump {folder} do not add up, such as {wrong[0]}: "
                              f"{said.tables[wrong[0]].rows:,} rows dumped, {found[wrong[0]][0]:,} "
                              "read. Nothing was loaded.")  # fmt: skip


def _is_same(found: tuple[int, str], about: TableDump, same_sums: bool) -> bool:
    return found[0] == about.rows and (not same_sums or found[1] == about.content)
