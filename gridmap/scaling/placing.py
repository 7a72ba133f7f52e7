"""Points to cells on Spark: every row once, in the order of the source, or no result at all.

The index travels once to each worker as a broadcast and is unpacked once by each of its Python processes;
rows come and go as Arrow batches. No row crosses the network: one task reads one piece of one file and
writes one file. Their names are put into the order of the pieces afterwards, so that order costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import pyarrow as pa

from gridmap import watermarks
from gridmap.errors import UnreadableInput, UsageError
from gridmap.scaling.session import Files, parquet, watched
from gridmap.stamping import STAMP_COLUMNS, Stamp

if TYPE_CHECKING:
    from pyspark import Broadcast
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

Batches = Iterator[pa.RecordBatch]

_PART = re.compile(r"part-(\d+)-.*\.parquet")


class Piece(NamedTuple):
    """Say which rows one task reads: so many of a file, from a row on."""

    file: str
    first: int
    rows: int
    part: int  #: number of the task, and of the file it writes


@dataclass(frozen=True)
class _Stamper:
    """Stamp batches of rows; goes to the workers, which share what is broadcast."""

    shared: Broadcast[Stamp]
    names: tuple[str, ...]
    x: str
    y: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Batches:
        stamp = self.shared.value
        for batch in batches:
            rows = pa.table(batch).rename_columns(list(self.names))
            yield from stamp.beside(rows, x=self.x, y=self.y).combine_chunks().to_batches()


def place_files(spark: SparkSession, stamp: Stamp, source: str, target: str, *, x: str, y: str) -> int:
    """Stamp the rows of a Parquet file, or of a folder of them, into a folder of Parquet files.

    The folder appears under its name only when it is complete. Its files, read one after the other by name,
    hold the rows in the order of the source: file by file by path, row by row.

    Parameters
    ----------
    spark : the session
    stamp : the cells
    source : path or address of the points, as the cluster sees it
    target : path or address of the folder to write
    x, y : columns with the coordinates

    Returns
    -------
    Number of rows; every row of the source comes out once

    Raises
    ------
    UsageError : when the target is there already, or a column is absent
    UnreadableInput : when the source cannot be read, or what was written is not complete
    """
    files = Files(spark, target)
    if files.exists(target):
        raise UsageError(f"{target} is there already. Remove it, or choose another name.")
    points = _cut(spark, source, (x, y))
    scratch = _beside(target)
    unfinished = f"{scratch}/rows"  # Spark reads no folder whose own name is hidden
    try:
        files.remove(scratch)
        pieces = watched(spark, "looking at the files", lambda: _pieces(points))
        writer = _placed(spark, stamp, points, x, y).write.option("compression", "zstd")
        watched(spark, "placing", lambda: writer.parquet(unfinished))
        _put_in_order(spark, files, unfinished, pieces)
        for line in watermarks.member().values():
            files.write(f"{unfinished}/_watermark.txt", line)  # readers of Parquet pass over such a name
        files.move(unfinished, target)
    except BaseException:
        spark.stop()  # its tasks would go on writing
        raise
    finally:
        files.remove(scratch)
    return sum(piece.rows for piece in pieces)


def _cut(spark: SparkSession, source: str, columns: tuple[str, str]) -> DataFrame:
    """Open the points so that every task reads a piece of one file only.

    Spark packs pieces into tasks, the large ones first, and counts a price for opening each; at the price
    of a full piece no task takes a second.
    """
    spark.conf.set(
        "spark.sql.files.openCostInBytes", str(spark.conf.get("spark.sql.files.maxPartitionBytes"))
    )
    points = parquet(spark, source, columns)
    return points.drop(*(name for name in STAMP_COLUMNS if name in points.columns))


def _pieces(points: DataFrame) -> list[Piece]:
    """Return what each task reads, in the order of the source; only the ends of the files are looked at."""
    from pyspark.sql import functions as of

    row = "_metadata.row_index"
    asked = points.groupBy(of.spark_partition_id().alias("part"), "_metadata.file_path").agg(
        of.min(row).alias("first"), of.max(row).alias("last"), of.count("*").alias("rows")
    )
    found = asked.collect()
    if len({entry["part"] for entry in found}) < len(found) or any(
        entry["last"] - entry["first"] + 1 != entry["rows"] for entry in found
    ):
        raise UnreadableInput("This Spark does not read one piece of one file in a task, so that the order "
                              "of the rows would be lost. Place without --engine spark.")  # fmt: skip
    return sorted(Piece(unquote(entry["file_path"]), entry["first"], entry["rows"], entry["part"])
                  for entry in found)  # fmt: skip


def _placed(spark: SparkSession, stamp: Stamp, points: DataFrame, x: str, y: str) -> DataFrame:
    """Send the index to the workers, built, to work on one core, as a task has; say what they do."""
    stamp.index.build().threads = 1
    stamper = _Stamper(spark.sparkContext.broadcast(stamp), tuple(points.columns), x, y)
    # Spark trips over dots in names of columns on the way to Python; numbers go instead.
    numbered = points.toDF(*map(str, range(len(points.columns))))
    return numbered.mapInArrow(stamper, _schema(points))


def _schema(points: DataFrame) -> StructType:
    from pyspark.sql.types import BooleanType, StringType, StructField, StructType

    *texts, flag = STAMP_COLUMNS
    stamps = [*(StructField(name, StringType()) for name in texts), StructField(flag, BooleanType())]
    return StructType([*points.schema.fields, *stamps])


def _put_in_order(spark: SparkSession, files: Files, folder: str, pieces: list[Piece]) -> None:
    """Name the files written after the order of the pieces, once each is found to hold as many rows."""
    counted = spark.read.parquet(folder).groupBy("_metadata.file_name").count()
    rows = {entry["file_name"]: entry["count"] for entry in watched(spark, "counting", counted.collect)}
    written = {int(found[1]): name for name in files.names(folder) if (found := _PART.fullmatch(name))}
    lost = [piece for piece in pieces if rows.get(written.get(piece.part, ""), 0) != piece.rows]
    if lost or sum(rows.values()) != sum(piece.rows for piece in pieces):
        raise UnreadableInput(f"{len(lost)} of {len(pieces)} pieces were not written whole. "
                              "Did the source change meanwhile? Place it again.")  # fmt: skip
    for number, piece in enumerate(pieces):
        files.move(f"{folder}/{written.pop(piece.part)}", f"{folder}/part-{number:06d}.parquet")
    for empty in written.values():
        if pieces:
            files.remove(f"{folder}/{empty}")


def _beside(target: str) -> str:
    """Return a hidden name beside the target, which readers of Parquet pass over."""
    folder, slash, name = target.rstrip("/").rpartition("/")
    return f"{folder}{slash}.{name}.part"
