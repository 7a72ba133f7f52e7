"""Loading roads, water, buildings and names from OpenStreetMap, and from files made of it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import osmium
import pyogrio
import pytest
import shapely
from osmium.osm.mutable import Node, Way

from gridmap.crs import to_lonlat
from gridmap.errors import UnreadableInput, UsageError
from gridmap.loading.features import load_features
from gridmap.store import Database
from tests.toy import CRS, at, rows

#: What is drawn, as kind, rank and name; the corners in squares of the toy city.
WAYS = (
    ({"highway": "primary", "name": "样例路"}, [(0, 1), (9, 1)], ("road", 2, "样例路")),
    ({"highway": "footway"}, [(0, 2), (9, 2)], None),
    ({"waterway": "river", "name": "样例河"}, [(0, 3), (9, 3)], ("water", 1, "样例河")),
    ({"natural": "water"}, [(2, 2), (3, 2), (3, 3), (2, 3), (2, 2)], ("water", 1, None)),
    ({"leisure": "park", "name": "公园"}, [(4, 4), (5, 4), (5, 5), (4, 5), (4, 4)], ("green", 2, "公园")),
    ({"building": "yes"}, [(6, 6), (7, 6), (7, 7), (6, 7), (6, 6)], ("building", 5, None)),
    ({"building": "no"}, [(7, 6), (8, 6), (8, 7), (7, 7), (7, 6)], None),
)  # fmt: skip
NODES = (
    ({"place": "village", "name": "样例村"}, (4, 4), ("label", 2, "样例村")),
    ({"railway": "station", "name": "样例站"}, (5, 5), ("label", 3, "样例站")),
    ({"natural": "tree"}, (6, 6), None),
)
EXPECTED = sorted(
    (what for *_, what in (*WAYS, *NODES) if what), key=lambda what: (what[0], what[1], what[2] or "")
)


def lonlat(x: float, y: float) -> tuple[float, float]:
    lon, lat = to_lonlat([at(x, y)[0]], [at(x, y)[1]], CRS)
    return float(lon[0]), float(lat[0])


def extract(path: Path) -> Path:
    """Write an extract as OpenStreetMap's own library does, its format by the ending of the name."""
    numbers = iter(range(1, 1000))
    with osmium.SimpleWriter(path) as writer:
        lines = []
        for tags, corners, _ in WAYS:
            own = {corner: next(numbers) for corner in dict.fromkeys(corners)}
            for corner, number in own.items():
                writer.add_node(Node(id=number, location=lonlat(*corner)))
            lines.append((tags, [own[corner] for corner in corners]))
        for tags, place, _ in NODES:
            writer.add_node(Node(id=next(numbers), location=lonlat(*place), tags=tags))
        for number, (tags, own_nodes) in enumerate(lines, start=1):
            writer.add_way(Way(id=number, nodes=own_nodes, tags=tags))
    return path


def stored(db: Database) -> list[tuple[str, int, str | None]]:
    found = rows(db, "select kind, rank, name from base_feature order by kind, rank, coalesce(name, '')")
    return [
        (row.kind, row.rank, row.name if isinstance(row.name, str) else None) for row in found.itertuples()
    ]


@pytest.mark.parametrize("name", ["town.osm.pbf", "town.osm"])
def test_an_extract_of_openstreetmap_becomes_roads_water_buildings_and_names(
    toy: Database, tmp_path: Path, name: str
) -> None:
    done = load_features(toy, extract(tmp_path / name), silent=True)
    assert stored(toy) == EXPECTED
    assert (done.rows_read, done.rows_kept, done.rows_set_aside) == (7, 7, 0)
    said = {finding.check: finding.amount for finding in done.findings}
    assert said == {"features.not_drawn": 3, "features.other_layers": 2}
    (road,) = rows(toy, "select st_astext(geom) as wkt from base_feature where kind = 'road'")["wkt"]
    drawn = shapely.LineString([at(0, 1), at(9, 1)])
    assert shapely.from_wkt(road).hausdorff_distance(drawn) < 0.02  # seven decimals of a degree


def test_a_geopackage_made_of_an_extract_says_the_same(toy: Database, tmp_path: Path) -> None:
    source = extract(tmp_path / "town.osm.pbf")
    for layer in ("points", "lines", "multipolygons"):
        frame = pyogrio.read_dataframe(source, layer=layer)
        pyogrio.write_dataframe(frame, tmp_path / "town.gpkg", layer=layer)
    load_features(toy, tmp_path / "town.gpkg", silent=True)
    assert stored(toy) == EXPECTED


def test_layers_by_theme_are_understood_by_their_names(toy: Database, tmp_path: Path) -> None:
    themes = {
        "gis_osm_roads_free_1": ("tertiary", "样例路", shapely.LineString([lonlat(0, 1), lonlat(9, 1)])),
        "gis_osm_places_free_1": ("village", "样例村", shapely.Point(lonlat(4, 4))),
        "gis_osm_traffic_free_1": ("crossing", None, shapely.Point(lonlat(4, 4))),
    }
    for layer, (word, name, shape) in themes.items():
        frame = gpd.GeoDataFrame({"fclass": [word], "name": [name]}, geometry=[shape], crs=4326)
        pyogrio.write_dataframe(frame, tmp_path / "themes.gpkg", layer=layer)
    done = load_features(toy, tmp_path / "themes.gpkg", silent=True)
    assert stored(toy) == [("label", 2, "样例村"), ("road", 3, "样例路")]
    assert "gis_osm_traffic_free_1" in done.findings[0].message


def test_ready_made_vector_tiles_are_read_at_their_finest_zoom(toy: Database, tmp_path: Path) -> None:
    park = shapely.Polygon([lonlat(2, 2), lonlat(8, 2), lonlat(8, 8), lonlat(2, 8)])
    frame = gpd.GeoDataFrame({"kind": ["park"], "name": ["样例公园"]}, geometry=[park], crs=4326)
    pyogrio.write_dataframe(frame, tmp_path / "town.pmtiles", layer="landuse", driver="PMTiles", MINZOOM=12,
                            MAXZOOM=15)  # fmt: skip
    load_features(toy, tmp_path / "town.pmtiles", silent=True)
    assert {what[:2] for what in stored(toy)} == {("green", 2)}
    found = rows(toy, "select st_astext(geom) as wkt from base_feature")["wkt"]
    land = shapely.union_all(shapely.from_wkt(list(found)))
    drawn = shapely.box(*at(2, 8), *at(8, 2))
    assert land.symmetric_difference(drawn).area < 0.02 * drawn.area  # a dot of such a tile is 0.3 m


def test_a_damaged_extract_is_refused_in_words(toy: Database, tmp_path: Path) -> None:
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(extract(tmp_path / "town.osm.pbf").read_bytes()[:-40])
    with pytest.raises(UnreadableInput, match=r"cut.osm.pbf"):
        load_features(toy, path, silent=True)


def test_words_in_no_known_column_are_still_asked_for_by_name(toy: Database, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"sort": ["road"]}, geometry=[shapely.Point(at(1, 1))], crs=CRS)
    frame.to_file(tmp_path / "sorted.gpkg")
    with pytest.raises(UsageError, match="kind"):
        load_features(toy, tmp_path / "sorted.gpkg", silent=True)
