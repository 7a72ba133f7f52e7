"""Measures of placed records in files: counted piece by piece, summed, rolled up to every level.

What is counted is said once, in `queries/measures/`: the statements there run on each piece as they run on
the store. Only those serve whose header says `sums_over`: each record counts by itself, so that numerators
and denominators are whole numbers that add up, in any order and on any number of machines, to the digit.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gridmap import measures, progress, rules, sql
from gridmap.errors import UnreadableInput, UsageError
from gridmap.levels import LEVELS, TOTAL
from gridmap.periods import Period
from gridmap.regions import regions_on
from gridmap.registers import Field, register_named
from gridmap.stamping import dataset_of, refuse_absent
from gridmap.store import Database, open_store

_NOWHERE = 0  #: the region of a record without a cell
_PIECE_ROWS = 1_000_000
_CODE = "region_code"
_NEEDED = (_CODE, "status", "received_at")
_TYPES = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
          "date": pa.date32(), "timestamp": pa.timestamp("us")}  # fmt: skip
_WHOLE = {pa.int64(): pd.Int64Dtype()}  #: in pandas: whole numbers or nothing, never rounded
COUNTS = pa.schema([("region_id", pa.int64()), ("key", pa.string()), ("n", pa.int64()), ("of", pa.int64())])


@dataclass(frozen=True)
class Question:
    """Say what is to be counted; goes to the workers of a cluster.

    Parameters
    ----------
    keys : measures
    period : days to look at
    categories : categories of petitions to count; all when empty
    day : whose boundaries the records were placed in
    now : moment that counts as now
    regions : region_id and code of every region in force on the day
    rules : rule and value of the store's rules of counting
    """

    keys: tuple[str, ...]
    period: Period
    categories: tuple[str, ...]
    day: date
    now: datetime
    regions: pa.Table
    rules: pa.Table

    @classmethod
    def of(
        cls, db: Database, keys: Sequence[str], *, period: Period | None = None,
        categories: Sequence[str] = (), on: date | None = None,
    ) -> Question:  # fmt: skip
        """Ask about measures in the boundaries of a day.

        Raises
        ------
        UsageError : when there is no such measure, or its figures of parts do not add up
        """
        for key in keys:
            _refuse_unsummable(measures.measure_named(key))
        day = on or db.now().date()
        regions, held = regions_on(db, day)[["region_id", "code"]], rules.rules_of(db)[["rule", "value"]]
        return cls(
            keys=tuple(dict.fromkeys(keys)), period=period or Period(), categories=tuple(categories),
            day=day, now=db.now(), regions=pa.Table.from_pandas(regions, preserve_index=False),
            rules=pa.Table.from_pandas(held.astype(str), preserve_index=False),
        )  # fmt: skip

    def parameters(self, names: Iterable[str]) -> dict[str, object]:
        """Return the parameters that a measure asks for."""
        known: dict[str, object] = {
            "level": "cell", "boundaries": self.day, "since": self.period.since, "until": self.period.until,
            "now": self.now, "categories": list(self.categories),
        }  # fmt: skip
        return {name: known[name] for name in names}


def _refuse_unsummable(measure: measures.Measure) -> None:
    if measure.sums_over != "petition":
        summable = ", ".join(entry.key for entry in measures.measures() if entry.sums_over == "petition")
        raise UsageError(f"{measure.key} looks at more than one petition at a time, so that its figures of "
                         f"parts do not add up. Those that do: {summable}.")  # fmt: skip


@dataclass(frozen=True)
class Counter:
    """Count pieces of records, in a store of their own that is empty otherwise."""

    question: Question
    store: Database

    def count(self, records: pa.Table) -> pa.Table:
        """Return what the measures come to for some records.

        Parameters
        ----------
        records : region_code, status, received_at and other fields of petitions, by their names

        Returns
        -------
        Table with region_id (0 for records without a cell), key, n, of (null where a measure has no
        denominator); one row per region with records and measure

        Raises
        ------
        UnreadableInput : when a record lacks what is needed, or holds what is not known
        """
        taken = _conformed(records, self.question.regions)
        with self.store.aside() as here:
            with here.transaction() as tx:
                tx.run("scaling/rules", rules=self.question.rules)
                tx.run("scaling/petition", taken=taken)
                tx.run("scaling/ancestry")
            return pa.concat_tables(self._measured(here, key) for key in self.question.keys)

    def _measured(self, here: Database, key: str) -> pa.Table:
        name = f"measures/{key}"
        found = here.arrow(name, **self.question.parameters(sql.load(name).params))
        columns = [found["region_id"], pa.repeat(key, len(found)), found["n"], found["of"]]
        return pa.table(columns, names=COUNTS.names).cast(COUNTS)


@contextmanager
def counter(question: Question) -> Iterator[Counter]:
    """Give a counter until the block ends; its store holds nothing but the definitions."""
    with tempfile.TemporaryDirectory(prefix="gridmap-") as folder:
        store = open_store(Path(folder) / "counter", create=True)
        try:
            yield Counter(question, store)
        finally:
            store.close()


def needed_of(columns: Sequence[str], shown: str) -> list[str]:
    """Return which of a file's columns are read.

    Raises
    ------
    UsageError : when one that is needed is absent
    """
    refuse_absent(shown, columns, _NEEDED)
    return [name for name in columns if name in {_CODE, *(field.name for field in _fields())}]


def _fields() -> tuple[Field, ...]:
    return register_named("petitions").fields


def _conformed(records: pa.Table, regions: pa.Table) -> pa.Table:
    """Return records with the fields of petitions, of their types, and the region each lies in."""
    named = {field.name: _cast(records[field.name], field) for field in _fields()
             if field.name in records.column_names}  # fmt: skip
    for name in ("status", "received_at"):
        if named[name].null_count:
            raise UnreadableInput(f"{named[name].null_count:,} records have no {name}. Mend or remove them.")
    status = next(field for field in _fields() if field.name == "status")
    _refuse_unknown(named["status"], pa.array(status.values), "status")
    return pa.table({**named, "settled_in": _region_ids(records[_CODE], regions)})


def _cast(column: pa.ChunkedArray, field: Field) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        raise UnreadableInput(f"The column {field.name} is in the time zone {column.type.tz}. "
                              "Write it as local time, without one.")  # fmt: skip
    try:
        return pc.cast(column, _TYPES[field.type])
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
        raise UnreadableInput(f"The column {field.name} is to be a {field.type}: {fault}.") from fault


def _region_ids(codes: pa.ChunkedArray, regions: pa.Table) -> pa.Array:
    codes = pc.fill_null(pc.cast(codes, pa.string()), "")
    known = pa.concat_arrays([*pc.cast(regions["code"], pa.string()).chunks, pa.array([""])])
    _refuse_unknown(codes, known, _CODE)
    ids = np.append(regions["region_id"].to_numpy(), _NOWHERE)
    return pa.array(ids[pc.index_in(codes, known).to_numpy()])


def _refuse_unknown(column: pa.ChunkedArray, known: pa.Array, name: str) -> None:
    strange = pc.filter(column, pc.invert(pc.is_in(column, known)))
    if len(strange):
        shown = ", ".join(f"'{text}'" for text in strange.unique().to_pylist()[:5])
        raise UnreadableInput(f"{len(strange):,} records have a {name} that is not known: {shown}.")


def count_files(question: Question, source: Path) -> pa.Table:
    """Count the records of a Parquet file or a folder of them, in this process.

    Returns
    -------
    Table as `Counter.count` gives it, for all records
    """
    found = dataset_of(source)
    columns = needed_of(found.schema.names, source.name)
    batches = found.to_batches(
        columns=columns, batch_size=_PIECE_ROWS, batch_readahead=2, fragment_readahead=1
    )
    with counter(question) as counting, progress.bar(found.count_rows(), "counting") as bar:
        parts = []
        for piece in pieces(batches):
            parts.append(counting.count(piece))
            bar.update(len(piece))
    return summed(pa.concat_tables([COUNTS.empty_table(), *parts]))


def pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield batches joined to tables of about a million rows, for each piece has its price."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) >= _PIECE_ROWS:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if sum(map(len, waiting)):
        yield pa.Table.from_batches(waiting)


def summed(counts: pa.Table) -> pa.Table:
    """Add up counts of parts: one row per region and measure."""
    sums = counts.group_by(["region_id", "key"]).aggregate([("n", "sum"), ("of", "sum")])
    return sums.rename_columns({"n_sum": "n", "of_sum": "of"}).cast(COUNTS)


@dataclass(frozen=True)
class Nest:
    """Know the cells of a day and how they lie in each other.

    Parameters
    ----------
    cells : region_id, level, code, name; the whole store first, then by level and code
    ancestors : region_id, ancestor_id; one row per region and level, itself included
    """

    cells: pd.DataFrame
    ancestors: pd.DataFrame

    @classmethod
    def of(cls, db: Database, day: date) -> Nest:
        """Read the cells of a day from a store."""
        rank = {TOTAL: 0} | {level.key: level.rank for level in LEVELS}
        whole = pd.DataFrame({"region_id": [_NOWHERE], "level": [TOTAL], "code": [""], "name": [""]})
        cells = pd.concat([whole, regions_on(db, day)[["region_id", "level", "code", "name"]]])
        ranked = cells.assign(rank=cells["level"].map(rank))
        ordered = ranked.sort_values(["rank", "code"], ignore_index=True).drop(columns="rank")
        return cls(ordered, db.query("scaling/ancestors", on_day=day))

    def rolled_up(self, keys: Sequence[str], counts: pa.Table) -> pd.DataFrame:
        """Add counts up to the cells of every level.

        Parameters
        ----------
        keys : the measures counted
        counts : of all records, as `count_files` gives them

        Returns
        -------
        Frame with level, code, name, then KEY (value), KEY.n (numerator) and KEY.of (denominator) for each
        key; one row per cell. Records without a cell count in the whole store only.
        """
        found = counts.to_pandas(types_mapper=_WHOLE.get).merge(self.ancestors, on="region_id")
        sums = found.groupby(["ancestor_id", "key"])[["n", "of"]].sum(min_count=1)
        regions = self.cells["region_id"]
        columns = [_figures(sums, regions, measures.measure_named(key)) for key in dict.fromkeys(keys)]
        return pd.concat([self.cells[["level", "code", "name"]], *columns], axis=1)


def _figures(sums: pd.DataFrame, regions: pd.Series, measure: measures.Measure) -> pd.DataFrame:
    """Return value, numerator and denominator for every cell; a share of nothing has no value."""
    here = sums.xs(measure.key, level="key") if measure.key in sums.index.unique("key") else sums.iloc[:0]
    n = here["n"].reindex(regions).fillna(0).astype("int64").to_numpy()
    of = here["of"].reindex(regions).astype("Int64")
    if measure.kind == "rate":
        of = of.fillna(0)
        value = np.divide(n, of.to_numpy(dtype=float), out=np.full(len(n), np.nan), where=of.to_numpy() > 0)
    else:
        value = n.astype(float)
    return pd.DataFrame({measure.key: value, f"{measure.key}.n": n, f"{measure.key}.of": of.to_numpy()})
