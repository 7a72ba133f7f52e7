"""What is drawn under the data, from any geodata file: read in a child process, handed over as Parquet."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from gridmap.crs import METRIC, parse_crs
from gridmap.findings import Finding
from gridmap.settings import Settings
from gridmap.sources.polygons import content_hash
from gridmap.sources.worker import Progress, findings_of, own_folder, run_child

FEATURE_KINDS = ("road", "water", "green", "industry", "building", "label")


@dataclass(frozen=True)
class Features:
    """Hold the features of one file. The Parquet files live in the work folder until the caller removes it.

    Parameters
    ----------
    parquet : usable features: row_no, kind, name, rank, wkb (metric CRS), min_x, min_y, max_x, max_y
    set_aside_parquet : rows that cannot be used: row_no, check_name, reason, raw (JSON); one row per row of
        the file, with its first reason
    rows_read : rows in the file
    rows_set_aside : rows of the file that were set aside
    findings : every fault and remark
    sha256 : hash of the file's content
    """

    parquet: Path
    set_aside_parquet: Path
    rows_read: int
    rows_set_aside: int
    findings: tuple[Finding, ...]
    sha256: str


def read_features(
    path: str | Path, *, workdir: Path, crs: str | None = None, layer: str | None = None,
    target_crs: str = METRIC, progress: Progress | None = None, settings: Settings | None = None,
) -> Features:  # fmt: skip
    """Read points, lines and areas with their kind, name and rank, however many.

    A row without a usable shape, kind or rank is set aside with the reason.

    Parameters
    ----------
    path : geodata of any known format, with columns kind, name and rank
    workdir : folder for the result
    crs : declared CRS; wins over the file's own
    layer : layer to read, where there are several
    target_crs : metric CRS of the result, an EPSG code
    progress : called with the number of rows read since the last call
    settings : limits of the reading process; from the environment when omitted

    Raises
    ------
    UsageError : when a column, layer or CRS does not exist
    UnreadableInput : when the file cannot be read, has no CRS and none is declared, or contradicts it
    """
    file = Path(path)
    for name in filter(None, (crs, target_crs)):
        parse_crs(name)
    digest = content_hash(file)
    folder = own_folder(workdir)
    job = {"kind": "features", "path": str(file.resolve()), "crs": crs, "layer": layer,
           "kinds": FEATURE_KINDS, "target_crs": target_crs}  # fmt: skip
    try:
        result = run_child(job, folder=folder, shown=file.name, progress=progress, settings=settings)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder / "staged", ignore_errors=True)
    return Features(
        folder / "features.parquet", folder / "set_aside.parquet", result["rows_read"],
        result["rows_set_aside"], findings_of(result), digest,
    )  # fmt: skip
