"""A server in a process of its own, for those who look at one from outside: load, torture, pictures."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from gridmap.errors import StoreError

_PATIENCE_S = 120.0
_SERVE = (
    "import sys; from pathlib import Path; from gridmap.server import serve; "
    "serve(Path(sys.argv[1]), int(sys.argv[2]), open_to_all=True)"
)


@dataclass(frozen=True)
class Served:
    """Hold a server that runs on this machine, open to its own machine only.

    Parameters
    ----------
    port : where it listens, on 127.0.0.1
    process : the process
    """

    port: int
    process: subprocess.Popen[bytes]

    @property
    def lives(self) -> bool:
        """Return whether the process still runs."""
        return self.process.poll() is None

    @property
    def memory_mb(self) -> float:
        """Return the memory of the process that is not shared with the disk's cache (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = next(line for line in status.splitlines() if line.startswith("RssAnon:"))
        return int(found.split()[1]) / 1024

    @property
    def cpu_s(self) -> float:
        """Return the processor time that the process has used (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def answers(self) -> bool:
        """Return whether the server says that it lives and its store answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def served(store: Path, *, log: Path | None = None) -> Iterator[Served]:
    """Serve a store as long as the block lasts, without signing in.

    Parameters
    ----------
    store : folder of the store
    log : file for what the server says; nowhere when omitted

    Raises
    ------
    StoreError : when it does not start
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with (log or Path("/dev/null")).open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(store), str(port)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        try:
            server = Served(port, process)
            _wait_for(server)
            yield server
        finally:
            process.terminate()
            process.wait()


def _wait_for(server: Served) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and server.lives:
        if server.answers():
            return
        time.sleep(0.2)
    raise StoreError("The server did not start. Start it with gridmap serve and see what it says.")
