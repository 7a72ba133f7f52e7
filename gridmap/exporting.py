"""Write regions, figures and rows that were set aside into files that other programs open.

A file that somebody takes away says who, when and why (`gridmap.watermarks`): a list in its last row, a map
in what the format has for remarks, so that its cells stay what they are.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gridmap import crs as datum
from gridmap import watermarks
from gridmap.errors import UsageError

#: GeoJSON in degrees with this many decimals gives the 1 mm lattice back exactly.
DECIMALS = 9
_FORMULA = re.compile(r"[\t\r\n]|[\s\ufeff]*[=+\-@|%＝＋－＠].")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_regions(regions: gpd.GeoDataFrame, path: Path) -> None:
    """Write polygons into the format that the file's ending names.

    GeoJSON is written in WGS-84 with nine decimals, everything else in the store's CRS. The file appears
    under its name only when it is complete.

    Parameters
    ----------
    regions : code, name, kind and geometry, in the metric CRS of the store
    path : .geojson, .gpkg, .parquet, .fgb or .shp.zip

    Raises
    ------
    UsageError : when the ending names no format
    """
    writer = next((write for ending, write in _WRITERS.items() if path.name.lower().endswith(ending)), None)
    if writer is None:
        raise UsageError(f"{path.name}: choose one of the endings {', '.join(_WRITERS)}.")
    unfinished = path.with_name(f".{path.name}")
    try:
        writer(regions, unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV that Excel opens with its Chinese intact, formula-like texts disarmed."""
    unfinished = path.with_name(f".{path.name}")
    disarmed(watermarks.last_row(table)).to_csv(unfinished, index=False, encoding="utf-8-sig")
    unfinished.replace(path)


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table as Parquet; the watermark stands in the file's metadata, its rows keep their types."""
    pq.write_table(remarked(table), path)


def remarked(table: pa.Table) -> pa.Table:
    """Return a table with the watermark, where there is one, in its metadata."""
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **watermarks.member()})


def set_aside_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows that were set aside with their columns as in the file, the reason in front.

    Parameters
    ----------
    rows : import_id, row_no, check_name, reason, raw (JSON; null where nothing is kept any more)
    """
    raw = pd.DataFrame([json.loads(text or "{}") for text in rows["raw"]], index=rows.index)
    front = rows[["import_id", "row_no", "check_name", "reason"]].add_prefix("gridmap_")
    return pd.concat([front, raw], axis=1)


def disarmed(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet runs as a formula, its column names among them.

    What spreadsheets take for the beginning of a formula, in half or full width and behind white space, gets
    an apostrophe in front; a lone sign is none. Letters that XML, and so an Excel file, cannot hold
    are left out.
    """
    # As objects: numbers above a last row of words would become fractions otherwise.
    plain = {name: pd.Series([*map(_harmless, table[name])], index=table.index, dtype=object)
             for name in table.columns if table[name].dtype.kind in "OUT"}  # fmt: skip
    return table.assign(**plain).rename(columns=_harmless)


def _harmless(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = _NOT_IN_XML.sub("", value)
    return f"'{text}" if _FORMULA.match(text) else text


def printable(value: Any) -> Any:
    """Return texts, however deep in lists, mappings and dataclasses, without letters that XML cannot hold.

    Such letters come from damaged files; PDF and Word cannot be made with them.
    """
    if isinstance(value, str):
        return _NOT_IN_XML.sub("", value)
    if isinstance(value, dict):
        return {key: printable(entry) for key, entry in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(printable, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{entry.name: printable(getattr(value, entry.name)) for entry in fields(value)}
        )
    return value


def _geojson(regions: gpd.GeoDataFrame, path: Path) -> None:
    source = regions.crs.to_string()
    degrees = datum.convert_geometries(regions.geometry.array, source, "EPSG:4326")
    rounded = shapely.transform(degrees, lambda xy: xy.round(DECIMALS))
    frame = gpd.GeoDataFrame(regions.drop(columns="geometry"), geometry=rounded, crs="EPSG:4326")
    said = {**watermarks.member(), **frame.to_geo_dict(drop_id=True)}
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def _driver(name: str, **options: str) -> Callable[[gpd.GeoDataFrame, Path], None]:
    def write(regions: gpd.GeoDataFrame, path: Path) -> None:
        regions.to_file(path, driver=name, **options, **watermarks.of_layer())

    return write


def _parquet(regions: gpd.GeoDataFrame, path: Path) -> None:
    regions.to_parquet(path)
    if watermarks.current():
        write_parquet(pq.read_table(path), path)


def _shapefile(regions: gpd.GeoDataFrame, path: Path) -> None:
    """Write a zipped shapefile with UTF-8 attributes and the .cpg that says so."""
    with TemporaryDirectory() as folder:
        regions.to_file(Path(folder) / "regions.shp", driver="ESRI Shapefile", encoding="utf-8")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)
            for line in watermarks.member().values():
                archive.writestr("watermark.txt", line)


_WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path], None]] = {
    ".geojson": _geojson,
    ".gpkg": _driver("GPKG", layer="regions"),
    ".parquet": _parquet,
    ".fgb": _driver("FlatGeobuf"),
    ".shp.zip": _shapefile,
}
