"""The formats that gridmap reads, and how it tells them apart: by what the file holds, then by its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gridmap.errors import UnreadableInput


@dataclass(frozen=True)
class Format:
    """Describe one format.

    Parameters
    ----------
    key : short name
    title : name for people
    suffixes : endings of file names, lower case
    driver : GDAL's driver; empty where gridmap reads the format without GDAL
    polygons : whether regions can be read from it
    records : whether records can be read from it
    """

    key: str
    title: str
    suffixes: tuple[str, ...]
    driver: str = ""
    polygons: bool = True
    records: bool = True


GEOJSON = Format("geojson", "GeoJSON", (".geojson", ".json"), "GeoJSON")
GEOJSONSEQ = Format(
    "geojsonseq", "GeoJSONSeq (one feature a line)", (".geojsonl", ".geojsons", ".jsonl", ".ndjson", ".seq"),
    "GeoJSONSeq",
)  # fmt: skip
TOPOJSON = Format("topojson", "TopoJSON", (".topojson",), "TopoJSON")
GEOPACKAGE = Format("geopackage", "GeoPackage", (".gpkg",), "GPKG")
SHAPEFILE = Format("shapefile", "Shapefile (.shp, or .zip)", (".shp", ".zip"), "ESRI Shapefile")
FLATGEOBUF = Format("flatgeobuf", "FlatGeobuf", (".fgb",), "FlatGeobuf")
FILEGDB = Format("filegdb", "File geodatabase (folder .gdb, or .zip)", (".gdb", ".gdb.zip"), "OpenFileGDB")
KML = Format("kml", "KML, KMZ", (".kml", ".kmz"), "LIBKML")
PARQUET = Format("parquet", "GeoParquet, Parquet", (".parquet", ".geoparquet"))
CSV = Format("csv", "CSV (shapes as WKT)", (".csv", ".tsv", ".txt"))
OSM = Format(
    "osm", "OpenStreetMap extract (.osm.pbf, .osm)", (".pbf", ".osm"), "OSM", polygons=False, records=False
)
PMTILES = Format("pmtiles", "PMTiles", (".pmtiles",), "PMTiles", polygons=False, records=False)
EXCEL = Format("excel", "Excel workbook", (".xlsx", ".xlsm"), polygons=False)
_ARCHIVE = Format("archive", "Zip archive", (".zip",))

FORMATS: tuple[Format, ...] = (
    GEOJSON, GEOJSONSEQ, TOPOJSON, GEOPACKAGE, SHAPEFILE, FLATGEOBUF, FILEGDB, KML, PARQUET, CSV, EXCEL, OSM,
    PMTILES,
)  # fmt: skip

#: Every driver that may open a file; all others are switched off in the reading process. KML stands beside
#: LIBKML because builds of GDAL have one or the other, and MVT opens the single tiles of PMTiles.
DRIVERS = frozenset(entry.driver for entry in FORMATS if entry.driver) | {"KML", "MVT"}

_HEAD = 4096
_OUTDATED = (".xls", ".mdb", ".mif", ".tab", ".dwg", ".dxf", ".dbf", ".shx", ".prj")


def formats() -> tuple[Format, ...]:
    """Return the formats that gridmap reads."""
    return FORMATS


def format_of(path: Path) -> Format:
    """Return the format of a file or folder.

    Raises
    ------
    UnreadableInput : when it is missing, empty, of no known format, named as one format while it holds
        another, or a file that only points at other files (VRT)
    """
    if not path.exists():
        raise UnreadableInput(f"{path.name} does not exist. Check the path: {path}.")
    if path.is_dir():
        return _format_of_folder(path)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise UnreadableInput(f"{path.name} is empty. Export it again.")
    _refuse_pointers(path, head)
    by_name = _by_name(path)
    return _by_content(path, head, by_name)


def _format_of_folder(path: Path) -> Format:
    if path.suffix.lower() == ".gdb":
        return FILEGDB
    raise UnreadableInput(
        f"{path.name} is a folder. Give a file, or a file geodatabase whose name ends in .gdb."
    )


def _refuse_pointers(path: Path, head: bytes) -> None:
    text = head.lower()
    if b"<ogrvrt" in text or b"<vrtdataset" in text or b"<gdalgpipeline" in text:
        raise UnreadableInput(
            f"{path.name} is a GDAL virtual file (VRT): it holds no shapes and only points at other files. "
            "Load the file it points at."
        )


def _by_name(path: Path) -> Format:
    name = path.name.lower()
    for entry in (FILEGDB, *FORMATS):
        if name.endswith(entry.suffixes) and not name.endswith(".zip"):
            return entry
    if name.endswith(".zip"):
        return _ARCHIVE
    known = ", ".join(suffix for entry in FORMATS for suffix in entry.suffixes)
    hint = " Save it in one of these formats first." if path.suffix.lower() in _OUTDATED else ""
    raise UnreadableInput(f"{path.name} is of no format that gridmap reads. It reads {known}.{hint}")


def _by_content(path: Path, head: bytes, named: Format) -> Format:
    """Trust the content: a wrong ending is said, one JSON is told from another."""
    held = _held(head)
    if held is None and named in (GEOJSON, GEOJSONSEQ, TOPOJSON, KML, CSV):
        return _kind_of_text(path, head, named)
    allowed = {
        "zip": (_ARCHIVE, EXCEL, KML), "sqlite": (GEOPACKAGE,), "parquet": (PARQUET,),
        "flatgeobuf": (FLATGEOBUF,), "shapefile": (SHAPEFILE,), "pmtiles": (PMTILES,), "osm": (OSM,),
    }  # fmt: skip
    if held is None or named not in allowed[held]:
        what = f"it holds {held}" if held else "its content is something else or damaged"
        raise UnreadableInput(
            f"{path.name} is named as {named.title}, but {what}. "
            "Give it the right ending, or export it again."
        )
    return named


_MAGIC = {
    b"PK\x03\x04": "zip", b"PK\x05\x06": "zip", b"SQLite format 3\x00": "sqlite", b"PAR1": "parquet",
    b"fgb\x03fgb": "flatgeobuf", b"\x00\x00\x27\x0a": "shapefile", b"PMTiles": "pmtiles",
}  # fmt: skip


#: An extract of OpenStreetMap begins with the length of its header, then says so.
_OSM_HEADER = b"\n\tOSMHeader"


def _held(head: bytes) -> str | None:
    if head[4 : 4 + len(_OSM_HEADER)] == _OSM_HEADER or b"<osm " in head[:512]:
        return "osm"
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)


def _kind_of_text(path: Path, head: bytes, named: Format) -> Format:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x1e \t\r\n")
    first = start[:1]
    wanted = b"{[" if named in (GEOJSON, GEOJSONSEQ, TOPOJSON) else b"<" if named is KML else b""
    if wanted and first not in (wanted[:1], wanted[-1:]):
        raise UnreadableInput(
            f"{path.name} is named as {named.title} but does not start like it. Export it again."
        )
    if named is GEOJSON and b'"Topology"' in head:
        return TOPOJSON
    return named
