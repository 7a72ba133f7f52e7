"""What the screens ask the store, remembered until the store changes.

Every question is put to the store as whoever asks may see it. Every remembered answer is keyed on their
scope, on the version of the store, on that of the measures' definitions and on the moment that counts as now,
to ten minutes. Answers are shared between sessions of one scope: read them, make new frames of them, never
change them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from gridmap import disclosure, maps, measures, quality, regions, settings
from gridmap.access import audit, narrowed, personal
from gridmap.errors import Denied
from gridmap.periods import Period
from gridmap.registers import register_named
from gridmap.store import Database, shared_store
from gridmap.ui import who
from gridmap.ui.tree import Cell, CellTree
from gridmap.watermarks import Watermark

_WGS84 = 4326
#: So long the version that a run began with counts; parts of a page are drawn anew by themselves.
_HELD_S = 1.0
_HELD: ContextVar[tuple[float, str]] = ContextVar("held", default=(-_HELD_S, ""))
_WORKED_ON: ContextVar[Database | None] = ContextVar("worked_on", default=None)


def database() -> Database:
    """Return the open store of this process, as whoever asks may see it.

    Raises
    ------
    Denied : when nobody has signed in
    """
    return narrowed(_whole(), who.scope())


def desk() -> Database:
    """Return the open store for those who draw its boundaries: drafts are one for all who may.

    Raises
    ------
    Denied : when whoever asks may not, or only for a part of the map
    """
    asking = who.scope()
    asking.require("page.desk")
    if asking.regions is not None:
        raise Denied("Boundaries are drawn with rights over the whole store.", action="page.desk")
    return _whole()


def note(action: str, **more: Any) -> None:
    """Log what whoever asks has done; see `gridmap.access.audit.note`."""
    if not _whole().read_only:
        audit.note(_whole(), who.scope(), action, **more)


def watermark(why: str = "") -> Watermark:
    """Return the watermark of what whoever asks takes away now."""
    scope = who.scope()
    return Watermark(f"{who.author()} ({scope.role})", datetime.now(), " ".join(why.split())[:200])


def notebook() -> Database:
    """Return the open store for what everybody keeps for themselves: views under a name, nothing else."""
    return _whole().limited(_only_views)


def _only_views(name: str) -> None:
    if not name.startswith("views/"):
        raise Denied(f"A notebook holds views, nothing of {name}.", action=f"query.{name}")
    who.scope().require_query(name)


def _whole() -> Database:
    return _WORKED_ON.get() or shared_store(settings.from_environment().store)


@contextmanager
def working_on(db: Database) -> Iterator[None]:
    """Let this thread ask an open store that is not that of the settings, until the block ends."""
    token = _WORKED_ON.set(db)
    try:
        yield
    finally:
        _WORKED_ON.reset(token)


def look_afresh() -> None:
    """Look at the version of the store, once a second for all that this run of a page asks.

    A page asks some twenty times; looking each time took longer than all remembered answers together.
    """
    _HELD.set((time.monotonic(), _version_now()))


def stamp() -> str:
    """Return a text that differs between scopes and changes when the store, a definition or the day does.

    It is part of every cache key.
    """
    return sha256(f"{who.scope().key}|{_version()}".encode()).hexdigest()[:16]


def _version() -> str:
    """Return the version that this run looked at last; who asks is never held."""
    since, held = _HELD.get()
    if not held:
        return _version_now()
    if time.monotonic() - since >= _HELD_S:
        look_afresh()
    return _HELD.get()[1]


def _version_now() -> str:
    db = _whole()
    definitions = "".join(measure.version for measure in measures.measures())
    now = db.now()
    moment = f"{now:%F %H}{now.minute // 10}"
    return "|".join((str(db.folder), str(db.scalar("screens/store_version")), definitions, moment))


def figures(
    keys: Sequence[str],
    *,
    level: str,
    period: Period,
    boundaries: str,
    categories: Sequence[str],
    sees_small_cells: bool = True,
) -> pd.DataFrame:
    """Return measures for every cell of a level, as gridmap.measures.stats does.

    Readers who may not see small cells get what gridmap.disclosure.guarded leaves them.
    """
    asked = (period, boundaries, tuple(categories))
    if sees_small_cells and who.scope().has("small_cells"):
        return _figures(stamp(), tuple(keys), level, *asked)
    return _guarded(stamp(), tuple(keys), level, *asked, fewest_shown())


def fewest_shown() -> int:
    """Return the least count that readers without the right to small cells may see."""
    return settings.from_environment().small_cells


def tree(day: date) -> CellTree:
    """Return the cells in force on a day."""
    return _tree(stamp(), day)


def shapes(level: str, *, day: date, within: Cell) -> gpd.GeoDataFrame:
    """Return the cells of a level inside a cell, for drawing: lon/lat, no finer than a screen shows.

    Returns
    -------
    Frame with region_id, code, name, parent_id, kind, geometry; one row per cell
    """
    return _shapes(stamp(), level, day, within.region_id or None)


def outline(cell: Cell, *, day: date) -> gpd.GeoDataFrame:
    """Return one cell for drawing, or all cells of the highest level for the whole store."""
    if cell.region_id:
        own = _shapes(stamp(), cell.level, day, cell.parent_id)
        return own[own["region_id"] == cell.region_id]
    levels = tree(day).levels
    return _shapes(stamp(), levels[0], day, None)


def leaves(day: date) -> gpd.GeoDataFrame:
    """Return the leaf cells with `duty` (is anybody in charge?) and `area_m2`, for drawing in lon/lat."""
    return _leaves(stamp(), day)


def point(lon: float, lat: float) -> shapely.Point:
    """Return a point in the coordinates that cells are drawn in."""
    return shapely.Point(lon, lat)


def heat(
    cell: Cell,
    *,
    period: Period,
    categories: Sequence[str],
    dark: bool,
    bin_m: float = 100.0,
    fewest: int = 1,
) -> tuple[maps.HeatSurface | None, int]:
    """Return the heat surface of the petitions received in a cell, and how many it is made of.

    Parameters
    ----------
    cell, period, categories : which petitions
    dark : whether it is drawn on a dark map
    bin_m : side of the squares they are counted in, in metres
    fewest : squares with fewer petitions are left out
    """
    return _heat(stamp(), cell.region_id, cell.level, period, tuple(categories), dark, bin_m, fewest)


def ask(name: str, **params: Any) -> pd.DataFrame:
    """Return the rows of a query of `queries/screens`."""
    frozen = tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in params.items())
    return _ask(stamp(), f"screens/{name}", frozen)


def with_people(listed: pd.DataFrame) -> pd.DataFrame:
    """Return people in charge with their names, and of their telephones the ends."""
    return personal.with_people(database(), listed)


def people_named(words: str) -> dict[str, str]:
    """Return the people in charge whose names hold some words, by number; none for who may not see them."""
    if not words.strip() or not who.scope().has("people"):
        return {}
    return {number: name for number, name in _names_of_people(stamp()).items() if words.strip() in name}


def personal_of(register: str, keys: Sequence[str]) -> list[personal.Value]:
    """Return what a list may show of the personal data of records: masked, texts scrubbed."""
    return personal.shown(database(), register_named(register), keys)


def reveal(register: str, key: str, *, reason: str) -> list[personal.Value]:
    """Return the personal data of one record whole; the log says first who sees them and why."""
    note = personal.noting(_whole(), who.scope())
    return personal.reveal(database(), who.scope(), note, register_named(register), key, reason=reason)


def found_by_number(number: str, *, reason: str) -> list[str]:
    """Return the numbers of the petitions that a telephone or identity number belongs to; logged."""
    note = personal.noting(_whole(), who.scope())
    found = personal.found_by_number(database(), who.scope(), note, number, reason=reason)
    return [key for register, key in found if register.name == "petitions"]


def listed(check: str, *, level: str, most: int) -> pd.DataFrame:
    """Return what a check of gridmap.quality finds."""
    return _listed(stamp(), check, level, most)


@lru_cache(maxsize=500)
def _figures(
    _version: str,
    keys: tuple[str, ...],
    level: str,
    period: Period,
    boundaries: Any,
    categories: tuple[str, ...],
) -> pd.DataFrame:
    return measures.stats(
        database(), keys, level=level, period=period, boundaries=boundaries, categories=categories
    )


@lru_cache(maxsize=500)
def _guarded(
    version: str,
    keys: tuple[str, ...],
    level: str,
    period: Period,
    boundaries: Any,
    categories: tuple[str, ...],
    fewest: int,
) -> pd.DataFrame:
    def ask(each: str) -> pd.DataFrame:
        return _figures(version, keys, each, period, boundaries, categories)

    return disclosure.guarded(ask, keys, level=level, fewest=fewest)


@lru_cache(maxsize=16)
def _names_of_people(_version: str) -> dict[str, str]:
    return personal.names_of_people(database())


@lru_cache(maxsize=50)
def _tree(_version: str, day: date) -> CellTree:
    return CellTree(regions.regions_on(database(), day))


@lru_cache(maxsize=200)
def _shapes(_version: str, level: str, day: date, within: int | None) -> gpd.GeoDataFrame:
    cells = regions.map_of(database(), level=level, on=day, within=within)
    return maps.simplified(cells).to_crs(_WGS84)


@lru_cache(maxsize=50)
def _leaves(_version: str, day: date) -> gpd.GeoDataFrame:
    db = database()
    cells = regions.leaves_on(db, day)
    duty = db.query("screens/coverage_leaves", on_day=day)
    return maps.simplified(cells, pixels=4000).to_crs(_WGS84).merge(duty, on="region_id")


@lru_cache(maxsize=100)
def _heat(
    _version: str,
    region_id: int,
    level: str,
    period: Period,
    categories: tuple[str, ...],
    dark: bool,
    bin_m: float,
    fewest: int,
) -> tuple[maps.HeatSurface | None, int]:
    db = database()
    bins = db.query(
        "screens/heat_bins", region_id=region_id, level=level, since=period.since, until=period.until,
        categories=list(categories), bin_m=bin_m,
    )  # fmt: skip
    bins = bins[bins["n"] >= fewest]
    paint = maps.DARK if dark else maps.LIGHT
    crs, spread_m = regions.crs_of(db), 1.3 * bin_m if bin_m <= 100 else 0.8 * bin_m
    surface = maps.heat_surface(bins, crs=crs, bin_m=bin_m, spread_m=spread_m, paint=paint)
    return surface, int(bins["n"].sum())


@lru_cache(maxsize=50)
def _listed(_version: str, check: str, level: str, most: int) -> pd.DataFrame:
    return quality.listed(database(), check, level=level, most=most)


@lru_cache(maxsize=500)
def _ask(_version: str, name: str, params: tuple[tuple[str, Any], ...]) -> pd.DataFrame:
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in params}
    return database().query(name, **values)
