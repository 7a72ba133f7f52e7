"""Write regions, figures and rows that were set aside into files that other programs open."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pandas as pd
import shapely

from gridmap import crs as datum
from gridmap.errors import UsageError

#: GeoJSON in degrees with this many decimals gives the 1 mm lattice back exactly.
DECIMALS = 9


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
    """Write a table as CSV that Excel opens with its Chinese intact, formula-like cells disarmed."""
    text = table.apply(lambda column: column.map(_disarmed) if column.dtype.kind in "OUT" else column)
    unfinished = path.with_name(f".{path.name}")
    text.to_csv(unfinished, index=False, encoding="utf-8-sig")
    unfinished.replace(path)


def set_aside_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows that were set aside with their columns as in the file, the reason in front.

    Parameters
    ----------
    rows : import_id, row_no, check_name, reason, raw (JSON)
    """
    raw = pd.DataFrame([json.loads(text) for text in rows["raw"]], index=rows.index)
    front = rows[["import_id", "row_no", "check_name", "reason"]].add_prefix("gridmap_")
    return pd.concat([front, raw], axis=1)


def _disarmed(value: object) -> object:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    dangerous = isinstance(value, str) and value[:1] in (
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "＝",
        "＋",
        "－",
        "＠",
    )
    return f"'{value}" if dangerous and len(str(value)) > 1 else value


def _geojson(regions: gpd.GeoDataFrame, path: Path) -> None:
    source = regions.crs.to_string()
    degrees = datum.convert_geometries(regions.geometry.array, source, "EPSG:4326")
    rounded = shapely.transform(degrees, lambda xy: xy.round(DECIMALS))
    frame = gpd.GeoDataFrame(regions.drop(columns="geometry"), geometry=rounded, crs="EPSG:4326")
    path.write_text(frame.to_json(drop_id=True, ensure_ascii=False), encoding="utf-8")


def _driver(name: str, **options: str) -> Callable[[gpd.GeoDataFrame, Path], None]:
    def write(regions: gpd.GeoDataFrame, path: Path) -> None:
        regions.to_file(path, driver=name, **options)

    return write


def _parquet(regions: gpd.GeoDataFrame, path: Path) -> None:
    regions.to_parquet(path)


def _shapefile(regions: gpd.GeoDataFrame, path: Path) -> None:
    """Write a zipped shapefile with UTF-8 attributes and the .cpg that says so."""
    with TemporaryDirectory() as folder:
        regions.to_file(Path(folder) / "regions.shp", driver="ESRI Shapefile", encoding="utf-8")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)


_WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path], None]] = {
    ".geojson": _geojson,
    ".gpkg": _driver("GPKG", layer="regions"),
    ".parquet": _parquet,
    ".fgb": _driver("FlatGeobuf"),
    ".shp.zip": _shapefile,
}
