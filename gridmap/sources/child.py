"""The process that reads a person's file: `python -m gridmap.sources.child`, the job as JSON on stdin.

It limits itself before it imports any parser, and writes only into its own folder: Parquet files and
`result.json`. On stdout it says how many rows it has read, a number a line.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import IO, Any

from gridmap.errors import UnreadableInput, UsageError
from gridmap.sources.offline import cut_off
from gridmap.sources.worker import RESULT, Progress, tells_of_memory

_FILE_BYTES = 16 << 30
_OPEN_FILES = 256


def main() -> int:
    """Do the job given on stdin; return the exit code."""
    job: dict[str, Any] = json.load(sys.stdin)
    limit(memory_mb=job["memory_mb"], seconds=job["seconds"])
    with _progress_stream() as stream:
        result = done(job, _reporter(stream))
    Path(RESULT).write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    return 0


def limit(*, memory_mb: int, seconds: int) -> None:
    """Bound this process's memory, time, file size, open files; allow no core dump and no network."""
    if sys.platform == "win32":
        return
    import resource

    for kind, amount in (
        (resource.RLIMIT_AS, memory_mb << 20),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(kind)
        soft = amount if most == resource.RLIM_INFINITY else min(amount, most)
        resource.setrlimit(kind, (soft, most))
    cut_off()


def done(job: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Read the file; return the result, or the fault in words."""
    try:
        _require_few_drivers()
        return _read(job, progress)
    except (UsageError, UnreadableInput) as fault:
        traceback.print_exc()
        return {"fault": type(fault).__name__, "message": str(fault)}
    except MemoryError:
        raise
    except Exception as fault:
        # Whatever a parser throws at a damaged file: the person needs a sentence, the log has the rest.
        traceback.print_exc()
        if tells_of_memory(str(fault)):
            raise MemoryError from fault
        said = f"{type(fault).__name__}: {str(fault)[:200]}"
        message = f"{Path(job['path']).name} cannot be read ({said}). Check the file or export it again."
        return {"fault": "UnreadableInput", "message": message}


def _read(job: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Hand the job to its reader; only that one's libraries are loaded."""
    from gridmap.sources import feature_reader, polygon_reader, record_reader

    readers = {
        "polygons": polygon_reader.read,
        "records": record_reader.read,
        "features": feature_reader.read,
    }
    return readers[job["kind"]](job, progress)


def _require_few_drivers() -> None:
    """Refuse to work when a driver is switched on that may follow paths inside a file."""
    import pyogrio

    from gridmap.sources.filetypes import DRIVERS

    extra = set(pyogrio.list_drivers()) - DRIVERS
    if extra:
        raise UnreadableInput(f"Drivers are on that ought to be off: {', '.join(sorted(extra))}.")


def _progress_stream() -> IO[str]:
    """Keep the real stdout for progress, and send whatever libraries print to the log."""
    stream = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    return stream


def _reporter(stream: IO[str]) -> Progress:
    def report(rows: int) -> None:
        stream.write(f"{rows}\n")
        stream.flush()

    return report


if __name__ == "__main__":
    sys.exit(main())
