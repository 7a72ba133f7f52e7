"""Polygons of regions from any file: read in a child process, handed over as a frame."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gridmap.crs import METRIC, parse_crs
from gridmap.findings import Finding
from gridmap.settings import Settings
from gridmap.sources.worker import Progress, findings_of, own_folder, run_child

#: Grain of every `set_aside` table: one row per row of a file and reason.
SET_ASIDE = ("row_no", "check_name", "reason", "raw")


@dataclass(frozen=True)
class Polygons:
    """Hold the polygons of one file.

    Parameters
    ----------
    frame : one row per usable polygon: row, the columns asked for (text, None where missing),
        invalid_reason (text, None where the polygon is valid), geometry in the metric CRS
    set_aside : rows that cannot be used: row_no, check_name, reason, raw (JSON)
    findings : every fault and remark
    rows_read : rows in the file
    sha256 : hash of the file's content
    crs : CRS the file was read in
    """

    frame: gpd.GeoDataFrame
    set_aside: pd.DataFrame
    findings: tuple[Finding, ...]
    rows_read: int
    sha256: str
    crs: str


def read_polygons(
    path: str | Path, *, columns: Mapping[str, str], workdir: Path, layer: str | None = None,
    crs: str | None = None, encoding: str | None = None, target_crs: str = METRIC,
    progress: Progress | None = None, settings: Settings | None = None,
) -> Polygons:  # fmt: skip
    """Read the polygons of a file of any known format.

    A declared CRS wins over the file's own. Rows without a usable polygon or code are set aside with
    the reason; invalid polygons stay in the frame, marked, for repair to decide.

    Parameters
    ----------
    path : file, or folder of a file geodatabase
    columns : columns of the file by canonical name (`{"code": "GEOID20", "name": "NAME20"}`), in any
        case where that leaves no doubt; `geometry` may name the WKT column of a CSV
    workdir : folder for temporary files
    layer : layer to read, where there are several
    crs : declared CRS, as `parse_crs` takes it
    encoding : declared encoding of the texts
    target_crs : metric CRS of the result, an EPSG code
    progress : called with the number of rows read since the last call
    settings : limits of the reading process; from the environment when omitted

    Raises
    ------
    UsageError : when a column, layer, CRS or encoding does not exist
    UnreadableInput : when the file cannot be read, or has no CRS and none is declared
    """
    file = Path(path)
    for name in filter(None, (crs, target_crs)):
        parse_crs(name)
    digest = content_hash(file)
    folder = own_folder(workdir)
    try:
        job = {"kind": "polygons", "path": str(file.resolve()), "columns": dict(columns), "layer": layer,
               "crs": crs, "encoding": encoding, "target_crs": target_crs}  # fmt: skip
        result = run_child(job, folder=folder, shown=file.name, progress=progress, settings=settings)
        frame = _frame(pq.read_table(folder / "frame.parquet"), target_crs)
        aside = set_aside_frame(pq.read_table(folder / "set_aside.parquet"))
        return Polygons(frame, aside, findings_of(result), result["rows_read"], digest, result["crs"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def content_hash(path: str | Path) -> str:
    """Return the SHA-256 of a file's content; of all its parts for a shapefile or a geodatabase folder.

    The name does not enter, so that a renamed copy is known for the same.
    """
    digest = hashlib.sha256()
    for part in _parts(Path(path)):
        if len(part.name) and part != Path(path):
            digest.update(part.suffix.lower().encode())
        with part.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    return digest.hexdigest()


def _parts(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(part for part in path.iterdir() if part.is_file())
    if path.suffix.lower() == ".shp" and path.exists():
        kinds = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
        same = (part for part in path.parent.iterdir() if part.stem == path.stem)
        return sorted(part for part in same if part.suffix.lower() in kinds)
    return [path] if path.exists() else []


def set_aside_frame(table: pa.Table) -> pd.DataFrame:
    """Return a set-aside table as a frame of plain objects."""
    return pd.DataFrame({name: table[name].to_pylist() for name in SET_ASIDE})


def _frame(table: pa.Table, target_crs: str) -> gpd.GeoDataFrame:
    columns = {name: pd.Series(table[name].to_pylist(), dtype=object) for name in table.column_names}
    wkb = columns.pop("geometry")
    columns["row"] = pd.Series(table["row"].to_numpy(), dtype="int64")
    geometry = shapely.from_wkb(wkb.to_numpy(dtype=object))
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=target_crs)
