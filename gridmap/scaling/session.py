"""One Spark session: found, set up, watched, and the files its cluster sees."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gridmap import progress
from gridmap.errors import UnreadableInput, UsageError
from gridmap.stamping import refuse_absent

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Answer = TypeVar("Answer")

_BATCH_ROWS = 100_000  #: rows that go to Python at a time
_LOOK_AGAIN_S = 0.5
_HERE = ("local", "spark://127.0.0.1", "spark://localhost")
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",
    # Codes in names of folders keep their leading zeros.
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(_BATCH_ROWS),
}
_ONLY_HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


@contextmanager
def session(master: str, *, settings: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """Give a Spark session until the block ends.

    Parameters
    ----------
    master : where to compute: `local[4]` (processes of this machine), `spark://HOST:PORT`, `yarn`, ...
    settings : settings of Spark that go before gridmap's own

    Raises
    ------
    UsageError : when pyspark or Java is missing, Spark is running in this process already, or the master does
        not answer
    """
    _refuse_without_pyspark()
    from pyspark import SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    if SparkContext._active_spark_context is not None:
        raise UsageError("A Spark session is open in this process already. Stop it first.")
    # The workers of this machine run this very Python; on others it must be installed or sent along.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("gridmap").master(master)
    for name, value in {**_defaults(master), **(settings or {})}.items():
        builder = builder.config(name, value)
    with warnings.catch_warnings():
        # gridmap passes Arrow batches; no frame of pandas 3 goes through Spark.
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        try:
            spark = builder.getOrCreate()
        except (PySparkException, OSError) as fault:
            raise UsageError(_why_not_started(master, fault)) from fault
        try:
            yield spark
        finally:
            spark.stop()


def _refuse_without_pyspark() -> None:
    if find_spec("pyspark") is None:
        raise UsageError("The Spark engine needs pyspark. Install it with: pip install 'gridmap[spark]'")


def _defaults(master: str) -> dict[str, str]:
    """Return the settings to begin with; a master on this machine is spoken to over loopback only."""
    quiet = f"-Dlog4j2.configurationFile={(Path(__file__).parent / 'log4j2.properties').as_uri()}"
    here = _ONLY_HERE if master.startswith(_HERE) else {}
    return {**_SETTINGS, **here, "spark.driver.extraJavaOptions": quiet}


def _why_not_started(master: str, fault: Exception) -> str:
    if "JAVA_GATEWAY_EXITED" in str(fault) or "JAVA_HOME" in str(fault):
        return "Spark needs Java 17. On Debian: apt-get install openjdk-17-jre-headless"
    return f"Spark does not start on {master}: {fault}"


def parquet(spark: SparkSession, source: str, columns: Sequence[str]) -> DataFrame:
    """Open a Parquet file or a folder of them on the cluster.

    Folders below it named `key=value` give a column of texts each; others are no more than folders.

    Raises
    ------
    UnreadableInput, UsageError : when there is nothing to read, or a column is absent
    """
    from pyspark.errors import AnalysisException

    if Path(source).suffix.lower() in (".csv", ".txt", ".tsv"):
        raise UsageError(f"{source}: the Spark engine reads Parquet. Without --engine spark, "
                         "gridmap place turns a CSV file into a Parquet file.")  # fmt: skip
    reader = spark.read.option("pathGlobFilter", "*.parquet")
    try:
        found = reader.option("recursiveFileLookup", "true").parquet(source)
    except AnalysisException as fault:
        raise UnreadableInput(f"{source} cannot be read as Parquet: {_first_line(fault)}") from fault
    # Spark gives the columns of `key=value` only where it passes over folders named otherwise.
    with suppress(AnalysisException):
        keyed = spark.read.option("pathGlobFilter", "*.parquet").parquet(source)
        found = keyed if len(keyed.columns) > len(found.columns) else found
    refuse_absent(source, found.columns, columns)
    return found


def watched(spark: SparkSession, title: str, work: Callable[[], Answer]) -> Answer:
    """Do some work on the cluster under a progress bar of its tasks.

    Raises
    ------
    UnreadableInput : when a task failed as often as Spark tries it; holds the first words of the fault
    """
    tracker = spark.sparkContext.statusTracker()
    seen: dict[int, tuple[int, int]] = {}
    # The work has a thread of its own, so that this one can hear that it is to end and say so to Spark.
    with ThreadPoolExecutor(1) as other, progress.bar(0, title, unit="tasks") as bar:
        running = other.submit(work)
        try:
            while wait([running], _LOOK_AGAIN_S).not_done:
                _show(tracker, bar, seen)
            return running.result()
        except Exception as fault:
            raise _as_told(fault, title) from fault
        except BaseException:
            spark.sparkContext.cancelAllJobs()
            raise


def _show(tracker: Any, bar: Any, seen: dict[int, tuple[int, int]]) -> None:
    """Add up the tasks of the stages seen so far."""
    with suppress(Exception):  # the cluster may be gone; then the work itself says so
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            seen[stage] = (info.numCompletedTasks, info.numTasks)
    bar.total = sum(tasks for _, tasks in seen.values())
    bar.update(sum(completed for completed, _ in seen.values()) - bar.n)


def _as_told(fault: Exception, title: str) -> Exception:
    """Return a fault of Spark in one line; others as they are."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    if isinstance(fault, Py4JError | PySparkException):
        return UnreadableInput(f"Spark gave up {title}: {_innermost(fault)}")
    return fault


def _innermost(fault: Exception) -> str:
    """Return the line of a fault that says most: what the Python of a task raised, else the first."""
    lines = [line.strip() for line in str(fault).splitlines() if line.strip()]
    raised = [line for line in lines if line.split(":")[0].startswith("gridmap.errors.")]
    return (raised[-1].partition(":")[2] if raised else lines[0]).strip() if lines else type(fault).__name__


def _first_line(fault: Exception) -> str:
    return str(fault).strip().splitlines()[0]


# -- files of the cluster: on this machine's disk, a shared one, HDFS, ... -----------------------------


class Files:
    """Look at and move files where the cluster has them, through Hadoop's own file systems."""

    def __init__(self, spark: SparkSession, root: str) -> None:
        self._path = spark._jvm.org.apache.hadoop.fs.Path
        self._system = self._path(root).getFileSystem(spark._jsc.hadoopConfiguration())

    def exists(self, path: str) -> bool:
        """Return whether there is a file or folder of this name."""
        return bool(self._system.exists(self._path(path)))

    def names(self, folder: str) -> list[str]:
        """Return the names of what lies in a folder, in alphabetical order."""
        return sorted(entry.getPath().getName() for entry in self._system.listStatus(self._path(folder)))

    def move(self, path: str, to: str) -> None:
        """Give a file or folder another name.

        Raises
        ------
        UnreadableInput : when the file system refuses
        """
        if not self._system.rename(self._path(path), self._path(to)):
            raise UnreadableInput(f"{path} could not be renamed to {to}: is there something already?")

    def write(self, path: str, text: str) -> None:
        """Write a small text into a file."""
        stream = self._system.create(self._path(path))
        stream.write(bytearray(text.encode()))
        stream.close()

    def remove(self, path: str) -> None:
        """Remove a file or a folder with all that is in it; one that is not there is no fault."""
        self._system.delete(self._path(path), True)
