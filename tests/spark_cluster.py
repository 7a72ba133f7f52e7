"""A standalone cluster of Apache Spark on loopback: a master and two workers, each a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

#: For processes that live a minute, compiling to the last costs more than it brings.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

#: One executor with one core on each worker for an application, so that two can run beside each other.
SETTINGS = {
    "spark.driver.defaultJavaOptions": SHORT_LIVED, "spark.executor.defaultJavaOptions": SHORT_LIVED,
    "spark.sql.codegen.wholeStage": "false",
    "spark.executor.memory": "512m", "spark.executor.cores": "1", "spark.cores.max": "2",
    "spark.sql.shuffle.partitions": "2", "spark.sql.files.maxPartitionBytes": "27000",
}  # fmt: skip


@dataclass(frozen=True)
class Cluster:
    """Hold a running cluster.

    Parameters
    ----------
    url : address of the master
    workers : the processes of the workers
    """

    url: str
    workers: tuple[subprocess.Popen[bytes], ...]

    def python_of(self, worker: subprocess.Popen[bytes]) -> list[int]:
        """Return the Python processes that work on rows for a worker; each was forked by another one."""
        python = [pid for pid in below(worker.pid) if b"pyspark" in command_of(pid)]
        return [pid for pid in python if parent_of(pid) in python]


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Run a cluster until the block ends; all it writes is in the folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"spark://127.0.0.1:{port}"
    started = [started_as(folder, "Master", "--port", str(port))]
    try:
        until(lambda: answers(port), "the master listens")
        folders = [folder / "one", folder / "two"]
        started += [started_as(own, "Worker", url, "--cores", "2", "--memory", "2g", "--work-dir", str(own))
                    for own in folders]  # fmt: skip
        until(lambda: all(map(registered, folders)), "the workers are known to the master")
        yield Cluster(url, tuple(started[1:]))
    finally:
        for process in reversed(started):
            end(process)


def started_as(folder: Path, role: str, *words: str) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    spec = find_spec("pyspark")
    assert spec is not None, "The Spark tests need pyspark: pip install 'gridmap[spark]'"
    home = Path(str(spec.origin)).parent
    environment = {
        **os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": SHORT_LIVED, "SPARK_LOCAL_DIRS": str(folder),
        "PYSPARK_PYTHON": sys.executable,
    }  # fmt: skip
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{role.lower()}.{role}",
               "--host", "127.0.0.1", "--webui-port", "0", *words]  # fmt: skip
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)


def answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def registered(folder: Path) -> bool:
    return "Successfully registered with master" in (folder / "log").read_text(errors="replace")


def until(so: Callable[[], object], what: str, *, seconds: float = 120) -> None:
    """Wait until something is so; fail when it takes too long."""
    last = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < last, f"Waited {seconds:.0f} s in vain until {what}. Is Java 17 installed?"
        time.sleep(0.02)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all it has started."""
    family = [*below(process.pid), process.pid]
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    for pid in family:
        kill(pid)
    process.wait()


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def below(pid: int) -> list[int]:
    """Return the processes that a process has started, and those that these have started."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        children = children_of(waiting.pop())
        found += children
        waiting += children
    return found


def children_of(pid: int) -> list[int]:
    """Return the processes that the threads of a process have started and that still run."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(OSError):
            found += map(int, (thread / "children").read_text().split())
    return found


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
