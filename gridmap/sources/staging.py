"""Put what a person gave where GDAL may look: under names of gridmap's own, in a folder with nothing else.

GDAL opens paths, and a path can be an instruction (`/vsicurl/...`, `file.zip!layer`); a file's neighbours
can be read too. So every file is linked, or taken out of its archive, as `data.*` in an empty folder.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from gridmap.errors import UnreadableInput, UsageError
from gridmap.findings import Finding
from gridmap.sources import filetypes
from gridmap.sources.archives import Entry, extract
from gridmap.sources.encodings import encoding_of_text, to_utf8, told_encoding
from gridmap.sources.filetypes import Format, format_of
from gridmap.sources.words import did_you_mean, names_text

_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_SINGLE = (".gpkg", ".geojson", ".json", ".geojsonl", ".topojson", ".fgb", ".kml", ".parquet", ".geoparquet",
           ".csv")  # fmt: skip
_GEODATABASE_FILE = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_.]{0,80}$")
_TEXTS = (filetypes.GEOJSON, filetypes.GEOJSONSEQ, filetypes.TOPOJSON)


@dataclass(frozen=True)
class Staged:
    """Hold a file made ready for reading.

    Parameters
    ----------
    format : what it is
    path : where it lies now
    shown : its name for people
    layer : layer still to be chosen inside the file; None when the file holds one only
    findings : remarks on what had to be done
    """

    format: Format
    path: Path
    shown: str
    layer: str | None = None
    findings: tuple[Finding, ...] = ()


def stage(path: Path, folder: Path, *, layer: str | None = None, encoding: str | None = None) -> Staged:
    """Make a file ready for reading.

    Parameters
    ----------
    path : file or folder as the person named it
    folder : empty folder of our own
    layer : layer wanted, where the file or archive holds several
    encoding : declared encoding, for text formats that ought to be UTF-8

    Raises
    ------
    UnreadableInput : when the file is missing, of no known format, damaged or hostile
    UsageError : when an archive holds several layers and none is chosen, or not the chosen one
    """
    found = format_of(path)
    if found.key == "archive":
        return _from_archive(path, folder, layer, encoding)
    if found is filetypes.KML and path.suffix.lower() == ".kmz":
        return _from_kmz(path, folder, layer)
    if found is filetypes.SHAPEFILE:
        parts = {part.suffix.lower(): part for part in path.parent.iterdir() if part.stem == path.stem}
        return _shapefile(parts, folder, path.name)
    link = folder / f"data{path.suffix.lower()}"
    link.symlink_to(path.resolve(), target_is_directory=path.is_dir())
    staged = Staged(found, link, path.name, layer)
    return _in_utf8(staged, folder, encoding) if found in _TEXTS else staged


def _shapefile(parts: dict[str, Path], folder: Path, shown: str) -> Staged:
    for suffix in _SHAPEFILE_PARTS:
        if suffix in parts:
            (folder / f"data{suffix}").symlink_to(parts[suffix].resolve())
    if ".dbf" not in parts:
        raise UnreadableInput(f"{shown} came without its .dbf file, which holds the attributes. Add it.")
    return Staged(filetypes.SHAPEFILE, folder / "data.shp", shown)


def _in_utf8(staged: Staged, folder: Path, declared: str | None) -> Staged:
    """Write JSON in another encoding anew: GDAL reads UTF-8 only."""
    found = encoding_of_text(staged.path, declared, shown=staged.shown)
    if found.damaged:
        raise UnreadableInput(
            f"{staged.shown} holds bytes that are no text in line {found.damaged[0]}. Mend it."
        )
    if found.name.startswith("utf-8"):
        return staged
    copy = folder / f"utf8{staged.path.suffix}"
    to_utf8(staged.path, copy, found.name)
    told = told_encoding(staged.shown, found)
    return replace(staged, path=copy, findings=(*staged.findings, *told))


# -- archives -----------------------------------------------------------------------------------------


def _from_archive(path: Path, folder: Path, layer: str | None, encoding: str | None) -> Staged:
    inside = folder / "unpacked"
    inside.mkdir()
    wanted = (*_SHAPEFILE_PARTS, *_SINGLE)
    entries = extract(path, inside, wanted=lambda name: _is_wanted(name.name, name.parent.name, wanted))
    geodatabases = {entry.name.parent for entry in entries if _in_geodatabase(entry.name.parent.name)}
    if geodatabases:
        return _geodatabase(
            path, [entry for entry in entries if entry.name.parent in geodatabases], folder, layer
        )
    visible = [entry for entry in entries if not entry.name.name.startswith(".")]
    shapes = _shapefiles_in(visible)
    if shapes:
        name = _chosen(path.name, list(shapes), layer)
        return _shapefile(shapes[name], folder, path.name)
    singles = [entry for entry in visible if entry.name.suffix.lower() in _SINGLE]
    return _single_file(path, singles, folder, layer, encoding)


def _is_wanted(name: str, parent: str, endings: tuple[str, ...]) -> bool:
    if _in_geodatabase(parent):
        return _GEODATABASE_FILE.match(name) is not None
    return name.lower().endswith(endings)


def _in_geodatabase(parent: str) -> bool:
    return parent.lower().endswith(".gdb")


def _shapefiles_in(entries: list[Entry]) -> dict[str, dict[str, Path]]:
    """Return the parts of each shapefile by its name."""
    parts: dict[str, dict[str, Path]] = defaultdict(dict)
    for entry in entries:
        parts[entry.name.stem][entry.name.suffix.lower()] = entry.path
    return {stem: found for stem, found in parts.items() if ".shp" in found}


def _chosen(shown: str, names: list[str], layer: str | None) -> str:
    """Return the layer to read: the only one, or the one asked for."""
    if layer is None and len(names) == 1:
        return names[0]
    if layer in names:
        return layer
    listed = names_text(names)
    if layer is None:
        raise UsageError(f"{shown} holds {len(names)} layers: {listed}. Choose one with --layer.")
    raise UsageError(f"{shown} has no layer '{layer}'.{did_you_mean(layer, names)} It has: {listed}.")


def _geodatabase(path: Path, entries: list[Entry], folder: Path, layer: str | None) -> Staged:
    target = folder / "data.gdb"
    target.mkdir()
    for entry in entries:
        entry.path.rename(target / entry.name.name.lower())
    return Staged(filetypes.FILEGDB, target, path.name, layer)


def _single_file(
    path: Path, entries: list[Entry], folder: Path, layer: str | None, encoding: str | None
) -> Staged:
    if not entries:
        raise UnreadableInput(f"{path.name} holds nothing that gridmap reads. Pack the geodata itself.")
    if len(entries) > 1:
        names = names_text([str(entry.name) for entry in entries])
        raise UnreadableInput(f"{path.name} holds several files: {names}. Unpack it and load one of them.")
    return _staged_inside(path, entries[0], folder, layer, encoding)


def _staged_inside(
    path: Path, entry: Entry, folder: Path, layer: str | None, encoding: str | None = None
) -> Staged:
    """Make a file taken out of an archive ready; people know the archive, not our name of the file."""
    try:
        return replace(stage(entry.path, folder, layer=layer, encoding=encoding), shown=path.name)
    except UnreadableInput as fault:
        raise UnreadableInput(str(fault).replace(entry.path.name, path.name)) from fault


def _from_kmz(path: Path, folder: Path, layer: str | None) -> Staged:
    inside = folder / "unpacked"
    inside.mkdir()
    entries = extract(path, inside, wanted=lambda name: name.suffix.lower() == ".kml")
    if not entries:
        raise UnreadableInput(f"{path.name} holds no KML document. Export it again.")
    main = min(entries, key=lambda entry: (entry.name.name.lower() != "doc.kml", str(entry.name)))
    return _staged_inside(path, main, folder, layer)
