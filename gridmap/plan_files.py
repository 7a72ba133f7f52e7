"""Plans for other programs: a GeoPackage that QGIS opens styled, and which building lies in which grid."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from gridmap import watermarks
from gridmap.errors import UsageError
from gridmap.index import PlacementIndex
from gridmap.store import Database
from gridmap.versions import Diff, State

#: Colours of the changes: fill and outline; Okabe and Ito's, told apart by colour-blind people.
COLOURS = {"created": "0,158,115", "ended": "213,94,0", "border": "230,159,0", "renamed": "86,180,233"}
OTHER = "153,153,153"
_FILLED = 110  # of 255: the base map shows through


def write_geopackage(state: State, path: Path, *, diff: Diff | None = None) -> list[str]:
    """Write a map into a GeoPackage, one layer per level, with the styles that QGIS shows it in.

    Parameters
    ----------
    state : the map
    path : .gpkg file; it appears under its name only when it is complete
    diff : adds the layers `changes` and `moves`: what differs from another map, and the land that moved

    Returns
    -------
    Names of the layers
    """
    layers = {level: level_of(state, level) for level in state.levels()}
    if diff is not None:
        layers |= {"changes": diff.cells.drop(columns="region_id"), "moves": diff.moves}
    layers = {name: frame for name, frame in layers.items() if len(frame)}
    unfinished = path.with_name(f".{path.name}")
    unfinished.unlink(missing_ok=True)
    try:
        for name, frame in layers.items():
            frame.to_file(unfinished, layer=name, driver="GPKG", **watermarks.of_layer())
        pyogrio.write_dataframe(_styles(layers), unfinished, layer="layer_styles", driver="GPKG")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return list(layers)


def buildings_in(db: Database, state: State) -> pd.DataFrame:
    """Say in which region of every level each known building lies.

    Parameters
    ----------
    db : the open store
    state : the map

    Returns
    -------
    Frame with building_no, building_code, rental_units, people, households, then LEVEL_code and LEVEL_name
    for every level of the map, the uppermost first; empty where the building has no place. One row per
    building

    Raises
    ------
    UsageError : when the store knows no building
    """
    buildings = db.query("versions/buildings")
    if buildings.empty:
        raise UsageError("The store knows no building. Load rental buildings or the population first.")
    leaf = _leaves_of(buildings, state)
    said = {}
    for level in state.levels():
        numbers = [state.chains[number].get(level) if number else None for number in leaf]
        entries = [state.entries[number] if number else None for number in numbers]
        said[f"{level}_code"] = [entry.code if entry else "" for entry in entries]
        said[f"{level}_name"] = [entry.name if entry else "" for entry in entries]
    return buildings.drop(columns=["x", "y"]).assign(**said)


def _leaves_of(buildings: pd.DataFrame, state: State) -> list[int]:
    """Return the leaf each building lies in, 0 where it has no point or lies outside."""
    leaves = state.leaves.assign(code=state.leaves["region_id"].map(state.codes)).sort_values("code")
    numbers = np.append(leaves["region_id"].to_numpy(dtype=np.int64), 0)
    has_point = buildings["x"].notna().to_numpy()
    found = np.zeros(len(buildings), dtype=np.int64)
    x, y = (buildings.loc[has_point, name].to_numpy(dtype=float) for name in ("x", "y"))
    found[has_point] = numbers[PlacementIndex(leaves, code="code").locate(x, y).leaf]
    return [int(number) for number in found]


def level_of(state: State, level: str) -> gpd.GeoDataFrame:
    """Return the regions of one level with their land.

    Parameters
    ----------
    state : the map
    level : level of the regions

    Returns
    -------
    Frame with code, name, kind, parent (code), area_m2, geometry, one row per region, ordered by code

    Raises
    ------
    UsageError : when the map has no regions of this level
    """
    entries = {number: entry for number, entry in state.entries.items() if entry.level == level}
    if not entries:
        raise UsageError(f"{state.label} has no regions of level '{level}': {', '.join(state.levels())}.")
    rows = [{"code": entry.code, "name": entry.name, "kind": entry.kind,
             "parent": state.codes.get(entry.parent_id or 0, ""), "area_m2": state.areas[number]}
            for number, entry in entries.items()]  # fmt: skip
    land = [state.land_of(number) for number in entries]
    return gpd.GeoDataFrame(rows, geometry=land, crs=state.leaves.crs).sort_values("code", ignore_index=True)


def _styles(layers: dict[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Return the table in which QGIS looks for the style of each layer, the latest first."""
    now = pd.Timestamp.now(tz="UTC")
    columns = {name: list(frame.columns) for name, frame in layers.items()}
    return pd.DataFrame([
        {"f_table_catalog": "", "f_table_schema": "", "f_table_name": name, "f_geometry_column": "geom",
         "styleName": name, "styleQML": _qml(name, columns[name]), "styleSLD": "", "useAsDefault": True,
         "description": f"gridmap: {name}", "owner": "", "ui": None, "update_time": now}
        for name in layers
    ])  # fmt: skip


def _qml(layer: str, columns: list[str]) -> str:
    """Return a layer's style: changes coloured by kind, moves in one colour, levels as outlines."""
    if layer == "changes":
        rules = "".join(_category(word, colour) for word, colour in COLOURS.items())
        symbols = "".join(_symbol(str(at), colour) for at, colour in enumerate([*COLOURS.values(), OTHER]))
        other = f'<category value="" label="other" symbol="{len(COLOURS)}" render="true"/>'
        first = quoteattr("regexp_substr(change, '^([a-z]+)')")
        listed = f"<categories>{rules}{other}</categories><symbols>{symbols}</symbols>"
        renderer = f'<renderer-v2 type="categorizedSymbol" attr={first}>{listed}</renderer-v2>'
    else:
        colour = COLOURS["border"] if layer == "moves" else None
        renderer = f'<renderer-v2 type="singleSymbol"><symbols>{_symbol("0", colour)}</symbols></renderer-v2>'
    return f'<!DOCTYPE qgis><qgis styleCategories="Symbology|Labeling">{renderer}{_labels(columns)}</qgis>'


def _category(word: str, colour: str) -> str:
    at = list(COLOURS).index(word)
    return f'<category value="{word}" label="{word}" symbol="{at}" render="true"/>'


def _symbol(name: str, colour: str | None) -> str:
    options = {"color": f"{colour or OTHER},{_FILLED if colour else 0}", "style": "solid",
               "outline_color": f"{colour or '60,60,60'},255", "outline_style": "solid",
               "outline_width": "0.4", "outline_width_unit": "MM"}  # fmt: skip
    listed = "".join(f'<Option type="QString" name={quoteattr(key)} value={quoteattr(value)}/>'
                     for key, value in options.items())  # fmt: skip
    return (f'<symbol type="fill" name="{name}"><layer class="SimpleFill" enabled="1">'
            f'<Option type="Map">{listed}</Option></layer></symbol>')  # fmt: skip


def _labels(columns: list[str]) -> str:
    field = "name" if "name" in columns else "to_code"
    return (f'<labeling type="simple"><settings><text-style fieldName="{field}" fontSize="8"/>'
            "</settings></labeling>")  # fmt: skip
