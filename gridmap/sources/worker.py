"""Read a person's file in a process of its own, and say in words how that ended.

A damaged or hostile file can crash a parser, fill the memory or never end. None of that may reach the
process that owns the store: the child has no database, limits on memory, time and file size, no GDAL driver
beyond the allowed ones and a folder of its own. What comes back is Parquet and JSON.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from gridmap.errors import GridmapError, UnreadableInput, UsageError
from gridmap.findings import Finding
from gridmap.settings import Settings, from_environment
from gridmap.sources.filetypes import DRIVERS

Progress = Callable[[int], object]

RESULT = "result.json"
_LOG = "child.log"
_FAULTS: dict[str, type[GridmapError]] = {"UsageError": UsageError, "UnreadableInput": UnreadableInput}
_MORE_TIME = "Split it, or set GRIDMAP_CHILD_SECONDS higher."
_OUT_OF_MEMORY = (
    "MemoryError",
    "bad_alloc",
    "Cannot allocate memory",
    "out of memory",
    "malloc of size",
    "failed to map segment",
    "can't start new thread",
    "Resource temporarily unavailable",
)


def own_folder(workdir: Path) -> Path:
    """Make a new folder inside `workdir` for one reading."""
    workdir.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="read-", dir=workdir)).resolve()


def run_child(
    job: Mapping[str, Any], *, folder: Path, shown: str, progress: Progress | None = None,
    settings: Settings | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Run one reading job and return what it found.

    Parameters
    ----------
    job : what to read and how; plain JSON values
    folder : the child's own folder
    shown : name of the file for people
    progress : called with the number of rows read since the last call
    settings : limits; from the environment when omitted

    Raises
    ------
    UsageError, UnreadableInput : as the child says, or in words for how it ended
    """
    limits = settings or from_environment()
    orders = {**job, "memory_mb": limits.child_memory_mb, "seconds": limits.child_seconds}
    with (folder / _LOG).open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "gridmap.sources.child"], cwd=folder, env=environment(folder),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, close_fds=True,
        )  # fmt: skip
        late = _converse(child, orders, progress, limits.child_seconds)
    return _outcome(child.returncode, late, folder, shown, limits)


def findings_of(result: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the findings that a child wrote down."""
    return tuple(Finding(**{**entry, "codes": tuple(entry["codes"])}) for entry in result["findings"])


def tells_of_memory(text: str) -> bool:
    """Return whether words of a library mean that the memory was not enough."""
    return any(word in text for word in _OUT_OF_MEMORY)


def _converse(
    child: subprocess.Popen[bytes], orders: Mapping[str, Any], progress: Progress | None, seconds: int
) -> bool:
    """Hand over the job and follow its progress; return whether it took too long and was ended."""
    expired = threading.Event()

    def end() -> None:
        expired.set()
        child.kill()

    clock = threading.Timer(seconds, end)
    clock.daemon = True
    clock.start()
    try:
        _hand_over(child, orders)
        _follow(child, progress)
        child.wait()
    finally:
        clock.cancel()
        if child.poll() is None:
            child.kill()
            child.wait()
    return expired.is_set()


def _hand_over(child: subprocess.Popen[bytes], orders: Mapping[str, Any]) -> None:
    """Write the job to the child; when it died at once its exit code says more than the broken pipe."""
    assert child.stdin is not None
    with suppress(BrokenPipeError), child.stdin as pipe:
        pipe.write(json.dumps(orders).encode())


def _follow(child: subprocess.Popen[bytes], progress: Progress | None) -> None:
    assert child.stdout is not None
    with child.stdout as lines:
        for line in iter(lambda: lines.readline(64), b""):
            text = line.strip()
            if progress is not None and text.isdigit():
                progress(int(text))


def environment(folder: Path) -> dict[str, str]:
    """Return all that a reading process may know: no secrets of ours, no network for GDAL, few drivers."""
    package = Path(__file__).resolve().parents[2]
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": os.pathsep.join([str(package), *filter(None, sys.path)]),
        "PYTHONIOENCODING": "utf-8",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "OGR_SKIP": ",".join(_drivers_to_skip()),
        "GDAL_SKIP": "VRT",
        "GDAL_HTTP_TIMEOUT": "1",
        # Where the network cannot be taken away: a proxy at which nobody listens.
        **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "GDAL_HTTP_PROXY"), "http://127.0.0.1:1"),
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "SHAPE_RESTORE_SHX": "YES",
        "OGR_GEOJSON_MAX_OBJ_SIZE": "2000",
        "PROJ_NETWORK": "OFF",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_IO_THREADS": "2",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        # Give freed memory back: without this a long file grows the process although each chunk is small.
        "MALLOC_ARENA_MAX": "2",
        "MALLOC_MMAP_THRESHOLD_": "1000000",
        "MALLOC_TRIM_THRESHOLD_": "1000000",
    }


@cache
def _drivers_to_skip() -> tuple[str, ...]:
    import pyogrio

    return tuple(sorted(set(pyogrio.list_drivers()) - DRIVERS))


# -- how it ended -------------------------------------------------------------------------------------


def _outcome(code: int, late: bool, folder: Path, shown: str, limits: Settings) -> dict[str, Any]:
    result = folder / RESULT
    if late:
        raise UnreadableInput(f"{shown} was not read within {limits.child_seconds:,} s. {_MORE_TIME}")
    if code == 0 and result.exists():
        return _spoken(json.loads(result.read_text(encoding="utf-8")))
    raise UnreadableInput(_in_words(code, folder, shown, limits))


def _spoken(result: dict[str, Any]) -> dict[str, Any]:
    if "fault" in result:
        raise _FAULTS[result["fault"]](result["message"])
    return result


def _in_words(code: int, folder: Path, shown: str, limits: Settings) -> str:
    log = (folder / _LOG).read_text(encoding="utf-8", errors="replace")[-4000:]
    if tells_of_memory(log):
        return (
            f"{shown} needs more than {limits.child_memory_mb:,} MB to read. Split it, save it as CSV or "
            "Parquet, or set GRIDMAP_CHILD_MEMORY_MB higher."
        )
    if code == -signal.SIGXCPU:
        return f"{shown} took more than {limits.child_seconds:,} s to read. {_MORE_TIME}"
    if code == -signal.SIGXFSZ:
        return f"{shown} unpacks to more than may be written. Split it."
    ended = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return f"{shown} made its reader end with {ended}: the file is damaged, or too large. Export it again."
