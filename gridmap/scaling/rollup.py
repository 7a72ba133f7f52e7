"""Measures of placed records on Spark: counted on the workers by the statements of the store, then summed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from gridmap.scaling.counting import COUNTS, Question, counter, needed_of, pieces
from gridmap.scaling.session import parquet, watched

if TYPE_CHECKING:
    from pyspark import Broadcast
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class _Counting:
    """Count batches of records; goes to the workers, which share the question."""

    shared: Broadcast[Question]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        os.environ["GRIDMAP_THREADS"] = "1"  # a task has one core
        with counter(self.shared.value) as counting:
            for piece in pieces(batches):
                yield from counting.count(piece).combine_chunks().to_batches()


def count_on_spark(spark: SparkSession, question: Question, source: str) -> pa.Table:
    """Count the records of a Parquet file or a folder of them on a cluster.

    Whole numbers are summed, so that neither the order of the records nor a task done twice changes a digit.

    Returns
    -------
    Table as `counting.count_files` gives it

    Raises
    ------
    UnreadableInput, UsageError : when the source cannot be read, or a record lacks what is needed
    """
    from pyspark.sql import functions as of

    records = parquet(spark, source, ())
    columns = needed_of(records.columns, source)
    shared = spark.sparkContext.broadcast(question)
    counts = records.select(*(f"`{name}`" for name in columns)).mapInArrow(
        _Counting(shared), "region_id long, key string, n long, of long"
    )
    sums = counts.groupBy("region_id", "key").agg(of.sum("n").alias("n"), of.sum("of").alias("of"))
    return watched(spark, "counting", sums.toArrow).cast(COUNTS)
