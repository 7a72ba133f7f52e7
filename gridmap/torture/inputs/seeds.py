"""A good file of every format that gridmap reads, small enough that a changed byte is likely to matter."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

Kind = Literal["polygons", "records", "features"]

_WEST, _NORTH, _STEP = 114.0, 22.7, 0.01
_CELLS, _PETITIONS = 3, 6


@dataclass(frozen=True)
class Seed:
    """Hold one good file.

    Parameters
    ----------
    name : its name, whose ending says what it is
    kind : as what it is read
    content : its bytes
    """

    name: str
    kind: Kind
    content: bytes

    @property
    def format(self) -> str:
        """Return what it is, for counts."""
        return f"{self.kind} {self.name.split('.', 1)[1]}"


def seeds() -> list[Seed]:
    """Return a good file of every format, as polygons, records and features."""
    with TemporaryDirectory(prefix="gridmap-seeds-") as name:
        folder = Path(name)
        made = [
            (kind, write(frame, folder / kind))
            for kind, frame, ways in (
                (("polygons"), cells(), _POLYGONS),
                ("records", petitions(), _RECORDS),
                ("features", features(), _FEATURES),
            )
            for write in ways
        ]
        return [Seed(path.name, kind, path.read_bytes()) for kind, path in made]  # type: ignore[arg-type]


def cells() -> gpd.GeoDataFrame:
    """Return a few squares with codes and Chinese names, WGS-84."""
    land = [
        shapely.box(_WEST + at * _STEP, _NORTH, _WEST + (at + 1) * _STEP, _NORTH + _STEP)
        for at in range(_CELLS)
    ]
    return gpd.GeoDataFrame(
        {
            "code": [f"44030900100{at}" for at in range(_CELLS)],
            "name": [f"大富{at}社区" for at in range(_CELLS)],
        },
        geometry=land,
        crs=4326,
    )


def petitions() -> gpd.GeoDataFrame:
    """Return a few petitions with times, words and places, WGS-84."""
    rows = np.arange(_PETITIONS)
    x, y = (_WEST + rows * _STEP / 3).round(6), (_NORTH + rows * _STEP / 9).round(6)
    table = {
        "petition_no": [f"P{at}" for at in rows],
        "status": "processing",
        "category": "市容环卫",
        "received_at": pd.date_range("2024-01-01 08:00", periods=_PETITIONS, freq="31D").astype(str),
        "closed_on_time": "true",
        "x": x,
        "y": y,
    }
    return gpd.GeoDataFrame(table, geometry=shapely.points(x, y), crs=4326)


def features() -> gpd.GeoDataFrame:
    """Return a road, a lake and a label, WGS-84."""
    shapes = [
        shapely.LineString([(_WEST, _NORTH), (_WEST + _STEP, _NORTH + _STEP)]),
        shapely.box(_WEST, _NORTH, _WEST + _STEP, _NORTH + _STEP),
        shapely.Point(_WEST, _NORTH),
    ]
    return gpd.GeoDataFrame(
        {"kind": ["road", "water", "label"], "name": ["坪山大道", "湖", "站"], "rank": [1, 2, 3]},
        geometry=shapes,
        crs=4326,
    )


def zipped(paths: list[Path], target: Path) -> Path:
    """Pack files and folders, uncompressed, so that a changed byte changes what is inside."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in paths:
            for part in sorted(path.iterdir()) if path.is_dir() else [path]:
                archive.write(part, f"{path.name}/{part.name}" if path.is_dir() else part.name)
    return target


# ---- one function a format ----------------------------------------------------------------------

Write = Callable[[gpd.GeoDataFrame, Path], Path]


def _by_gdal(ending: str, driver: str, **options: object) -> Write:
    def write(frame: gpd.GeoDataFrame, stem: Path) -> Path:
        path = stem.with_name(f"{stem.name}.{ending}")
        frame.to_file(path, driver=driver, **options)
        return path

    return write


def _shapefile(frame: gpd.GeoDataFrame, stem: Path) -> Path:
    short = frame.rename(columns={"petition_no": "number", "received_at": "received", "closed_on_time": "ok"})
    short.to_file(stem.with_suffix(".shp"), encoding="gbk")
    return zipped(sorted(stem.parent.glob(f"{stem.name}.[sdpc]??")), stem.with_suffix(".shp.zip"))


def _geodatabase(frame: gpd.GeoDataFrame, stem: Path) -> Path:
    frame.to_file(stem.with_suffix(".gdb"), driver="OpenFileGDB")
    return zipped([stem.with_suffix(".gdb")], stem.with_suffix(".gdb.zip"))


def _kmz(frame: gpd.GeoDataFrame, stem: Path) -> Path:
    inner = stem.with_name(f"{stem.name}-doc.kml")
    frame.to_file(inner, driver="LIBKML")
    return zipped([inner], stem.with_suffix(".kmz"))


def _parquet(frame: gpd.GeoDataFrame, stem: Path) -> Path:
    frame.to_parquet(stem.with_suffix(".parquet"), compression=None)
    return stem.with_suffix(".parquet")


def _csv(frame: gpd.GeoDataFrame, stem: Path) -> Path:
    frame.to_wkt(rounding_precision=9).to_csv(stem.with_suffix(".csv"), index=False)
    return stem.with_suffix(".csv")


def _csv_in_gbk(frame: gpd.GeoDataFrame, stem: Path) -> Path:
    path = stem.with_name(f"{stem.name}.gbk.csv")
    frame.drop(columns="geometry").to_csv(path, index=False, encoding="gb18030")
    return path


def _workbook(frame: gpd.GeoDataFrame, stem: Path) -> Path:
    held = io.BytesIO()
    pd.DataFrame(frame.drop(columns="geometry")).to_excel(held, index=False)
    loose = stem.with_suffix(".xlsx")
    with zipfile.ZipFile(held) as packed, zipfile.ZipFile(loose, "w") as archive:
        for name in packed.namelist():
            archive.writestr(name, packed.read(name))
    return loose


def _topology(frame: gpd.GeoDataFrame, stem: Path) -> Path:
    rings = [[list(point) for point in shape.exterior.coords] for shape in frame.geometry]
    geometries = [
        {"type": "Polygon", "arcs": [[at]], "properties": {"code": code, "name": name}}
        for at, (code, name) in enumerate(zip(frame["code"], frame["name"], strict=True))
    ]
    topology = {
        "type": "Topology",
        "arcs": rings,
        "objects": {"cells": {"type": "GeometryCollection", "geometries": geometries}},
    }
    stem.with_suffix(".topojson").write_text(json.dumps(topology, ensure_ascii=False), encoding="utf-8")
    return stem.with_suffix(".topojson")


def _extract(_: gpd.GeoDataFrame, stem: Path) -> Path:
    """Write the road, the lake and the label as an extract of OpenStreetMap in XML."""
    path = stem.with_name(f"{stem.name}.osm")
    path.write_text(_OSM, encoding="utf-8")
    return path


def _packed_extract(_: gpd.GeoDataFrame, stem: Path) -> Path:
    """Write the same as protocol buffers, which nothing that gridmap needs can write."""
    path = stem.with_name(f"{stem.name}.osm.pbf")
    path.write_bytes(base64.b85decode(_PBF))
    return path


def _tiles(frame: gpd.GeoDataFrame, stem: Path) -> Path:
    path = stem.with_name(f"{stem.name}.pmtiles")
    lake = frame[frame["kind"] == "water"]
    lake.to_file(path, layer="water", driver="PMTiles", MINZOOM=12, MAXZOOM=12)
    return path


_OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
  <node id="1" lat="22.7" lon="114"/>
  <node id="2" lat="22.71" lon="114.01"/>
  <node id="3" lat="22.7" lon="114.01"><tag k="place" v="village"/><tag k="name" v="站"/></node>
  <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="坪山大道"/></way>
  <way id="2"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="natural" v="water"/></way>
</osm>
"""
#: The same extract as libosmium writes it, uncompressed.
_PBF = (
    "0000D3JFhBO-N;7WMy&~F$ymt4o`D!Q)6glZDB1|FfKMC3PfdYb7f9%WMy-L0T66yVsCS8X?1NcGA=SRE-?TA01FBSPg6}qVRT^_"
    "OA1K}9SQ&n1#oO(V`T~lc4=&EVP|Cu1a4t%WeNl5tC<og5+(`*0s;a;3xNB**a5(r48NKTN(q3Jn7;_XnhXF^2LJ#80s{m90000"
    "B3I|V9O+;aIVHjl!V+uVA015|aX=iA6VR;G!ZeeX@3I}j<X>DP0c?t~WovP)rvE`(v>4B392X0|>b#h^B3I%szbY*f11LnDw5+W"
    "K72mulT0RkEV0|Y_>0s<Nk2m%rU1p*oZ1_wd}0s;a9"
)
_GPKG = _by_gdal("gpkg", "GPKG")
_GEOJSON = _by_gdal("geojson", "GeoJSON")
_POLYGONS: tuple[Write, ...] = (
    _GEOJSON,
    _by_gdal("geojsonl", "GeoJSONSeq"),
    _topology,
    _GPKG,
    _shapefile,
    _by_gdal("fgb", "FlatGeobuf"),
    _geodatabase,
    _by_gdal("kml", "LIBKML"),
    _kmz,
    _parquet,
    _csv,
)
_RECORDS: tuple[Write, ...] = (_csv, _csv_in_gbk, _workbook, _parquet, _GEOJSON, _GPKG)
_FEATURES: tuple[Write, ...] = (
    _GEOJSON,
    _by_gdal("fgb", "FlatGeobuf"),
    _extract,
    _packed_extract,
    _tiles,
)
