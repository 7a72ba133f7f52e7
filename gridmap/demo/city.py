"""Writing the demo: one street after the other, every table a stream of row groups."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from gridmap import progress as progress_bars
from gridmap.demo.base import BASE_SCHEMA, base_table
from gridmap.demo.boards import board_texts_table, community_types_table
from gridmap.demo.borders import borders
from gridmap.demo.councils import (
    HAZARD_DAYS,
    council_tables,
    duties_table,
    hazards_table,
    visit_tables,
)
from gridmap.demo.dividing import Ground
from gridmap.demo.duty import chains_table, kind_of, responsibilities_table
from gridmap.demo.facilities import facilities_table
from gridmap.demo.facts import facts
from gridmap.demo.manifest import AS_OF_TEXT, DemoFile, Manifest, write_manifest
from gridmap.demo.names import SCALES, Scale, StreetNames, district_names, street_names
from gridmap.demo.noise import generator
from gridmap.demo.petition_events import events_of
from gridmap.demo.petitioners import petitioners_of
from gridmap.demo.petitions import petitions_of
from gridmap.demo.plan import CityPlan, Lines, plan_city
from gridmap.demo.regions import OPEN_PAST, Layer
from gridmap.demo.rentals import (
    buildings_table,
    inspections_table,
    population_table,
    ratings_table,
    rentals_of,
    schemes_table,
)
from gridmap.demo.street import LONLAT, METRIC, Street, build_street, lonlat, summed
from gridmap.demo.tables import SYNTHETIC_NOTE, TableFile, geo_schema, geo_table, schema_of
from gridmap.errors import UsageError
from gridmap.registers import register_named

REGION_SCHEMA = geo_schema({name: pa.string() for name in ("code", "name", "parent", "kind")}, METRIC)
REGISTER_FILES = (
    "schemes",
    "buildings",
    "ratings",
    "inspections",
    "hazards",
    "population",
    "duties",
    "chains",
    "petitions",
    "petitioners",
    "events",
    "responsibilities",
    "meetings",
    "topics",
    "targets",
    "visits",
    "board_texts",
    "community_types",
    "facilities",
)
_LEVEL_ORDER = ("district", "street", "community", "block", "red_grid")

RegionRow = tuple[str, str, str | None, str, shapely.Geometry]


@dataclass
class _Regions:
    """Collect the region rows of all streets by level and effective day."""

    rows: dict[tuple[date, str], list[RegionRow]] = field(default_factory=dict)

    def add(self, level: str, effective: date, rows: list[RegionRow]) -> None:
        """Add rows to a level as it is from a day on."""
        self.rows.setdefault((effective, level), []).extend(rows)

    def in_loading_order(self) -> list[tuple[date, str]]:
        """Return days and levels: the past first, and on every day the upper levels first."""
        return sorted(self.rows, key=lambda key: (key[0], _LEVEL_ORDER.index(key[1])))


def write_city(folder: Path, *, scale: str = "street", seed: int = 2022, progress: bool = True) -> Manifest:
    """Write the files of a demo city: boundaries, registers and base map, all of it synthetic.

    Parameters
    ----------
    folder : where to write; made when absent
    scale : street (one street, 68 red grids, 126,000 petitions), district (11 streets, 4,000, 2 million)
        or city (74 streets, 20,000, 10 million)
    seed : the same seed gives the same tables
    progress : show a bar on stderr

    Returns
    -------
    the manifest, which is also written as manifest.json

    Raises
    ------
    UsageError : when there is no such scale
    """
    if scale not in SCALES:
        raise UsageError(f"There is no demo scale '{scale}'. The scales are: {', '.join(SCALES)}.")
    folder.mkdir(parents=True, exist_ok=True)
    size = SCALES[scale]
    plan = plan_city(seed, streets=size.streets, km2=size.km2, roads=_road_names())
    names = street_names(scale, seed, district_of=_districts(plan, len(size.district_codes), seed))
    regions = _Regions()
    with ExitStack() as stack:
        files = _open_files(folder, stack)
        bar = stack.enter_context(
            progress_bars.bar(size.streets, "demo", unit="streets", silent=not progress)
        )
        for number, people in enumerate(_people(size, plan, seed)):
            street = build_street(
                plan, names[number], seed=seed, number=number, people=people, changes=number == 0
            )
            _write_street(street, files, size, number)
            _collect(street, regions)
            bar.update(1)
        files["schemes"].write(schemes_table())
        files["duties"].write(duties_table())
        files["chains"].write(chains_table())
    written = _write_regions(folder, regions, names, scale)
    title_zh, title_en = facts("names")["title"][scale]
    manifest = Manifest(
        title_zh=title_zh,
        title_en=title_en,
        seed=seed,
        scale=scale,
        as_of=AS_OF_TEXT,
        synthetic=True,
        note=SYNTHETIC_NOTE,
        centre=_centre(plan),
        files=tuple(written + _register_entries(files)),
    )
    write_manifest(manifest, folder)
    return manifest


def _road_names() -> list[str]:
    """Return names for the main roads: the known ones first, then invented ones."""
    roads = facts("names")["roads"]
    main: list[str] = roads["main"]
    return main + [f"{a}{b}路" for b in roads["second"] for a in roads["first"]]


def _districts(plan: CityPlan, count: int, seed: int) -> list[int]:
    """Divide the streets of a city into connected districts; return the district of each street."""
    outlines = np.array(plan.outlines)
    everything = np.arange(len(outlines))
    ground = Ground.between(outlines, borders(outlines, Lines.of([])), everything)
    parts = ground.divide(everything, np.ones(len(outlines)), np.ones(count), generator(seed, "districts"))
    return [int(part) for part in parts]


def _people(size: Scale, plan: CityPlan, seed: int) -> list[int]:
    """Return the people of each street: exact for one, varied for several."""
    if size.streets == 1:
        return [size.people]
    varied = generator(seed, "people").uniform(0.7, 1.3, size.streets)
    return [int(people) for people in np.round(size.people * varied / varied.mean())]


def _open_files(folder: Path, stack: ExitStack) -> dict[str, TableFile]:
    files = {
        name: TableFile(folder / f"{name}.parquet", schema_of(register_named(name)))
        for name in REGISTER_FILES
    }
    files["base"] = TableFile(folder / "base.parquet", BASE_SCHEMA)
    for file in files.values():
        stack.enter_context(file)
    return files


def _write_street(street: Street, files: dict[str, TableFile], size: Scale, number: int) -> None:
    """Write one street's rows to every register and to the base map."""
    rentals = rentals_of(street)
    count = size.petitions * (number + 1) // size.streets - size.petitions * number // size.streets
    files["buildings"].write(buildings_table(street, rentals))
    files["ratings"].write(ratings_table(street, rentals))
    inspections = inspections_table(street, rentals, days=size.inspection_days)
    files["inspections"].write(inspections)
    files["hazards"].write(hazards_table(street, inspections, days=HAZARD_DAYS))
    files["population"].write(population_table(street))
    petitions = petitions_of(street, count)
    files["petitions"].write(petitions)
    files["events"].write(events_of(street, petitions, days=size.event_days))
    files["petitioners"].write(petitioners_of(street, petitions, days=size.event_days))
    talks = {**council_tables(street), **visit_tables(street, months=size.inspection_days // 30)}
    for name, table in talks.items():
        files[name].write(table)
    files["board_texts"].write(board_texts_table(street))
    files["community_types"].write(community_types_table(street))
    files["facilities"].write(facilities_table(street))
    files["responsibilities"].write(responsibilities_table(street, rentals))
    files["base"].write(base_table(street, footprints=size.footprints))


def _collect(street: Street, regions: _Regions) -> None:
    for layer in street.grids.layers:
        regions.add(layer.level, layer.effective, _rows(street, layer))


def _rows(street: Street, layer: Layer) -> list[RegionRow]:
    return [
        (region.code, region.name, region.parent or None, kind_of(street, layer.level, region),
         summed(street, region.parcels))
        for region in layer.regions
    ]  # fmt: skip


def _write_regions(folder: Path, regions: _Regions, names: list[StreetNames], scale: str) -> list[DemoFile]:
    """Write one file per level and day, numbered in loading order."""
    streets = {code: shape for code, _, _, _, shape in regions.rows[OPEN_PAST, "street"]}
    for code, name in district_names(scale):
        own = [shape for street, shape in streets.items() if street.startswith(code)]
        regions.add("district", OPEN_PAST, [(code, name, None, "base", shapely.coverage_union_all(own))])
    written = []
    for at, (effective, level) in enumerate(regions.in_loading_order(), start=1):
        path = f"regions/{at:02d}_{level}_{effective.isoformat()}.parquet"
        rows = regions.rows[effective, level]
        with TableFile(folder / path, REGION_SCHEMA) as file:
            file.write(_region_table(rows))
        parent = "parent" if any(row[2] for row in rows) else None
        written.append(
            DemoFile(path, "regions", level, effective.isoformat(), METRIC, None, len(rows), parent)
        )
    return written


def _region_table(rows: list[RegionRow]) -> pa.Table:
    geometry = np.empty(len(rows), dtype=object)
    geometry[:] = [row[4] for row in rows]
    columns = {
        "code": [row[0] for row in rows],
        "name": [row[1] for row in rows],
        "parent": [row[2] for row in rows],
        "kind": [row[3] for row in rows],
    }
    return geo_table(REGION_SCHEMA, columns, geometry)


def _register_entries(files: dict[str, TableFile]) -> list[DemoFile]:
    """Describe the register files in loading order; only registers with places have a CRS."""
    entries = [
        DemoFile(
            f"{name}.parquet",
            name,
            None,
            None,
            LONLAT if register_named(name).placed else None,
            "plain",
            files[name].rows,
        )
        for name in REGISTER_FILES
    ]
    return [*entries, DemoFile("base.parquet", "base", None, None, METRIC, None, files["base"].rows)]


def _centre(plan: CityPlan) -> tuple[float, float]:
    middle = shapely.union_all(np.array(plan.outlines)).centroid
    lon, lat = lonlat(np.array([middle.x]), np.array([middle.y]))
    return float(lon[0]), float(lat[0])
