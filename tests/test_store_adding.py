"""Many new rows are seen by nobody before all of them are."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import numpy as np
import pyarrow as pa

from gridmap.store import Database
from gridmap.store.attaching import ALIAS

MANY = 400_000  #: more than a row group of DuckDB has


def _places(count: int) -> pa.Table:
    """Return rows of `place`, all in one region."""
    return pa.table({
        "record_kind": pa.repeat("petition", count), "record_id": np.arange(count),
        "region_id": pa.repeat(pa.scalar(1, pa.int64()), count),
        "valid_from": pa.repeat(date(1900, 1, 1), count), "valid_to": pa.repeat(date(9999, 12, 31), count),
        "placed_by": pa.repeat("point", count), "on_border": pa.repeat(pa.scalar(False), count),
        "reason": pa.nulls(count, pa.string()),
    })  # fmt: skip


@contextmanager
def _counting(db: Database) -> Iterator[set[int]]:
    """Count places again and again in a transaction that has begun before; give what was counted."""
    seen, stop, begun = set[int](), threading.Event(), threading.Event()

    def count() -> None:
        cursor = db._holding.instance.cursor()
        cursor.begin()
        while not stop.is_set():
            seen.add(cursor.table(f"{ALIAS}.main.place").count("*").fetchall()[0][0])
            begun.set()
        cursor.rollback()

    readers = [threading.Thread(target=count) for _ in range(2)]
    for reader in readers:
        reader.start()
    begun.wait(10)
    try:
        yield seen
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def _add_many(db: Database) -> set[int]:
    """Add places, and return how many somebody saw meanwhile who had begun to read before."""
    with _counting(db) as seen, db.transaction() as tx:
        tx.append("place", _places(MANY))
    return seen


def test_who_began_to_read_before_sees_no_new_row(empty: Database) -> None:
    assert _add_many(empty) == {0}
    assert empty.sums()["place"][0] == MANY


def test_new_rows_keep_their_order(empty: Database) -> None:
    _add_many(empty)
    with empty.rows_of("place", rows=MANY) as batches:
        assert batches.read_all()["record_id"].to_pylist() == list(range(MANY))
