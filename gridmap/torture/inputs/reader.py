"""A process that reads one hostile file after the other: `python -m gridmap.torture.inputs.reader`.

It does what the reading process does with one file (`gridmap.sources.child`), under the same limits, and
says of each how that ended. It dies of what the reading process would die of; whoever started it goes on with
the next. Outcomes are lines on stdout: the number of the file, then what came of it as JSON.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow.parquet as pq
import shapely

from gridmap.registers import PETITIONS
from gridmap.sources import child
from gridmap.sources.features import FEATURE_KINDS
from gridmap.sources.mapping import mapping_from
from gridmap.torture.inputs.mutants import mutant
from gridmap.torture.inputs.packing import SECRET

#: Does what belongs to a number, and says how it ended.
Work = Callable[[int], dict[str, Any]]

#: A small file that takes so much processor time is a fault, and one that is waited for so long.
LONGEST_S, _LONGEST_WAIT_S = 30, 600
#: Words of a refusal.
_LONGEST_WORDS = 1_500
#: Files that point at the bait are small.
_FEW = 100


def main() -> int:
    """Read the files that the orders on stdin name, or mutants of them; return the exit code."""
    orders: dict[str, Any] = json.load(sys.stdin)
    child.limit(memory_mb=orders["memory_mb"], seconds=orders["seconds"])
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    work = _WORKS[orders["work"]](orders)
    for number in range(orders["first"], orders["last"]):
        tell(stream, number, work)
    return 0


def tell(stream: IO[str], number: int, work: Work) -> None:
    """Do something for a number, and say how it ended; too long ends this process.

    What is said before the work is the number alone: whoever listens knows what a dead process was at.
    """
    stream.write(f"{number} ")
    stream.flush()
    signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
    signal.alarm(_LONGEST_WAIT_S)
    try:
        ended = work(number)
    except MemoryError:
        ended = {"ended": "refused: memory"}
    except Exception as fault:
        ended = {"ended": "fault", "said": f"{type(fault).__name__}: {fault}"[:500]}
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(0)
    ended["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    stream.write(json.dumps(ended) + "\n")
    stream.flush()


def _files(orders: dict[str, Any]) -> Work:
    """Read the files that are named, one after the other."""
    given = [(kind, Path(path)) for _, kind, path in orders["files"]]

    def work(number: int) -> dict[str, Any]:
        kind, path = given[number % len(given)]
        with _folder():
            return _read(path, kind)

    return work


def _mutants(orders: dict[str, Any]) -> Work:
    """Read mutants of the files that are named; the number decides which."""
    given = [(name, kind, Path(path).read_bytes()) for name, kind, path in orders["files"]]
    contents = [content for _, _, content in given]

    def work(number: int) -> dict[str, Any]:
        name, kind, content = given[number % len(given)]
        with _folder() as where:
            path = where / name
            path.write_bytes(mutant(content, random.Random(orders["seed"] * 1_000_003 + number), contents))
            return _read(path, kind)

    return work


def _values(orders: dict[str, Any]) -> Work:
    from gridmap.torture.inputs import values

    return values.each(orders["seed"])


def _edits(orders: dict[str, Any]) -> Work:
    from gridmap.torture.inputs import drawing

    return drawing.each(orders["seed"])


def _statements(orders: dict[str, Any]) -> Work:
    from gridmap.torture.inputs import asking

    return asking.each(orders["seed"])


def job_of(kind: str, path: Path) -> dict[str, Any]:
    """Return the orders that reading a file of a kind has."""
    # Tiles are in Web Mercator, and say so.
    crs = None if path.suffix == ".pmtiles" else "wgs84"
    common = {"kind": kind, "path": str(path), "target_crs": "EPSG:4547", "crs": crs}
    if kind == "polygons":
        return {**common, "columns": {"code": "code", "name": "name"}, "layer": None, "encoding": None}
    if kind == "features":
        return {**common, "layer": None, "kinds": list(FEATURE_KINDS)}
    return {**common, "hash_key": "", "register": asdict(PETITIONS), "mapping": asdict(_MAPPING)}


_MAPPING = mapping_from({"file": {"by_name": True}}, name="torture", register=PETITIONS)


@contextmanager
def _folder() -> Iterator[Path]:
    """Work in a folder of one's own, which is gone afterwards."""
    home = Path.cwd()
    where = home / "one"
    where.mkdir()
    os.chdir(where)
    try:
        yield where
    finally:
        os.chdir(home)
        shutil.rmtree(where, ignore_errors=True)


def _read(path: Path, kind: str) -> dict[str, Any]:
    """Read one file as the reading process does; return how it ended."""
    result = child.done(job_of(kind, path), lambda _rows: None)
    text = json.dumps(result, ensure_ascii=False)
    text.encode()
    if SECRET in text:
        return {"ended": "fault", "said": f"{path.name}: the bait was read"}
    if "fault" in result:
        return _refusal(path, result["message"])
    faults = wrong(kind, result)
    if faults:
        return {"ended": "fault", "said": f"{path.name}: {'; '.join(faults)}"}
    return {"ended": "read in part" if result_set_aside() else "read", "rows": result["rows_read"]}


def _refusal(path: Path, message: str) -> dict[str, Any]:
    faults = []
    if not re.search(rf"(?<!\w){re.escape(path.name)}", message) and not message.startswith(
        ("The file", "Drivers")
    ):
        faults.append("does not name the file")
    if str(path.parent) in message:
        faults.append("names a folder of the machine")
    if len(message) > _LONGEST_WORDS:
        faults.append(f"takes {len(message):,} letters")
    if faults:
        return {"ended": "fault", "said": f"a refusal {' and '.join(faults)}: {message[:300]}"}
    return {"ended": "refused", "said": message[:200]}


# ---- what a right result is ---------------------------------------------------------------------


def wrong(kind: str, result: dict[str, Any]) -> list[str]:
    """Return what is wrong with the files that a reader has written."""
    kept, aside = (
        pq.ParquetFile(name).read(use_threads=False) for name in (_WRITTEN[kind], "set_aside.parquet")
    )
    numbers = kept[_ROW[kind]].to_pylist()
    lost = set(aside["row_no"].to_pylist())
    faults = []
    if len(numbers) + len(lost - set(numbers)) != result["rows_read"]:
        faults.append(f"{result['rows_read']} rows read, {len(numbers)} kept, {len(lost)} set aside")
    if set(numbers) & lost or len(set(numbers)) != len(numbers):
        faults.append("a row is kept twice, or kept and set aside")
    for reading in (kept, aside):
        reading.validate(full=True)
        if len(reading) < _FEW and SECRET in str(reading.to_pylist()):
            faults.append("the bait was read")
    return faults + _CHECKS[kind](kept)


def result_set_aside() -> bool:
    """Return whether rows were set aside in the result that lies here."""
    return bool(pq.read_metadata("set_aside.parquet").num_rows)


def _polygons_wrong(kept: Any) -> list[str]:
    shapes = shapely.from_wkb(kept["geometry"].to_numpy())
    faults = [] if np.isfinite(shapely.get_coordinates(shapes)).all() else ["a corner is nowhere"]
    if not np.isin(shapely.get_type_id(shapes), (3, 6)).all() or shapely.is_empty(shapes).any():
        faults.append("a shape without land is kept")
    codes = kept["code"].to_pylist()
    if None in codes or len(set(codes)) != len(codes):
        faults.append("a code is missing or there twice")
    return faults


def _records_wrong(kept: Any) -> list[str]:
    faults = []
    for name in ("x", "y", "raw_x", "raw_y"):
        values = kept[name].drop_null().to_numpy()
        if not np.isfinite(values).all():
            faults.append(f"{name} is no number")
    if kept["petition_no"].null_count or kept["received_at"].null_count:
        faults.append("a required value is missing")
    if len(set(kept["petition_no"].to_pylist())) != len(kept):
        faults.append("a key is there twice")
    return faults


def _features_wrong(kept: Any) -> list[str]:
    sides = np.column_stack([kept[side].to_numpy() for side in ("min_x", "min_y", "max_x", "max_y")])
    return [] if np.isfinite(sides).all() else ["a feature is nowhere"]


_WRITTEN = {"polygons": "frame.parquet", "records": "canonical.parquet", "features": "features.parquet"}
_ROW = {"polygons": "row", "records": "row_no", "features": "row_no"}
_CHECKS: dict[str, Callable[[Any], list[str]]] = {
    "polygons": _polygons_wrong,
    "records": _records_wrong,
    "features": _features_wrong,
}

_WORKS: dict[str, Callable[[dict[str, Any]], Work]] = {
    "files": _files,
    "mutants": _mutants,
    "values": _values,
    "edits": _edits,
    "statements": _statements,
}


if __name__ == "__main__":
    sys.exit(main())
