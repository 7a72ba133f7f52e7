"""Maps are pure: what they draw can be read from what they return."""

import io
import re

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gridmap import maps
from gridmap.errors import UsageError
from gridmap.maps.names import width_em

NUMBERS = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=60)

#  A A B
#  A A B      one character = 0.01 degrees
#  C C C
CELLS = gpd.GeoDataFrame(
    {
        "code": ["A", "B", "C"],
        "name": ["甲", "乙", "<丙>"],
        "geometry": [
            shapely.box(114.00, 22.61, 114.02, 22.63),
            shapely.box(114.02, 22.61, 114.03, 22.63),
            # C knows the corner that A and B have on its border.
            shapely.Polygon(
                [(114.00, 22.60), (114.03, 22.60), (114.03, 22.61), (114.02, 22.61), (114.00, 22.61)]
            ),
        ],
    },
    crs=4326,
)


@given(NUMBERS, st.sampled_from(maps.SCHEMES))
def test_every_value_is_in_exactly_one_class(values: list[float], scheme: maps.Scheme) -> None:
    classes = maps.classify(values, scheme=scheme)
    assert sum(classes.counts) == len(values)
    assert 1 <= len(classes.colours) <= 5
    assert list(classes.edges) == sorted(classes.edges)


@given(NUMBERS)
def test_a_greater_value_never_gets_a_lower_class(values: list[float]) -> None:
    ordered = np.sort(values)
    classes = maps.classify(ordered)
    colours = maps.colours_of(ordered, classes, missing=(0, 0, 0, 0))
    place = [classes.colours.index(tuple(int(band) for band in colour)) for colour in colours]
    assert place == sorted(place)


def test_quantiles_hold_equal_numbers_of_cells() -> None:
    assert maps.classify(np.arange(100), scheme="quantile").counts == (20, 20, 20, 20, 20)


def test_equal_intervals_are_equally_wide() -> None:
    edges = np.array(maps.classify([0, 1, 2, 50, 99, 100], scheme="equal").edges)
    assert np.allclose(np.diff(edges), 20, atol=0.2)


def test_breaks_of_ones_own_are_kept_and_those_beyond_the_values_are_not() -> None:
    classes = maps.classify([1, 5, 10, 50, 100], scheme="own", breaks=[0, 5, 20, 1000])
    assert classes.edges == (1, 5, 20, 100)
    assert classes.counts == (2, 1, 2)


def test_values_without_breaks_of_ones_own_are_one_class() -> None:
    assert maps.classify([1, 2, 3], scheme="own").counts == (3,)


def test_natural_breaks_find_the_gaps() -> None:
    classes = maps.classify([1, 2, 3, 100, 101, 102, 1000, 1001], scheme="natural", k=3)
    assert classes.counts == (3, 3, 2)


def test_cells_without_a_value_are_counted_apart() -> None:
    classes = maps.classify([1.0, np.nan, 3.0, np.nan])
    assert (classes.missing, sum(classes.counts)) == (2, 2)


def test_spans_tell_the_values_found_not_the_edges() -> None:
    assert maps.classify([1, 2, 10, 11], scheme="equal", k=2).spans == ((1.0, 2.0), (10.0, 11.0))


def test_few_different_values_have_a_class_each() -> None:
    classes = maps.classify([0, 0, 0, 4, 4, 7])
    assert classes.spans == ((0.0, 0.0), (4.0, 4.0), (7.0, 7.0))


def test_nothing_has_no_classes() -> None:
    classes = maps.classify([np.nan])
    assert classes.colours == ()
    assert maps.colours_of([np.nan], classes, missing=(1, 2, 3, 4)).tolist() == [[1, 2, 3, 4]]


def test_an_unknown_scheme_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="quantile, natural, equal"):
        maps.classify([1], scheme="pretty")  # type: ignore[arg-type]


@pytest.mark.parametrize("paint", [maps.LIGHT, maps.DARK])
def test_the_scale_goes_one_way_in_lightness(paint: maps.Paint) -> None:
    light = [luminance(colour) for colour in maps.ramp_colours(paint.ramp, 9)]
    assert light == sorted(light, reverse=paint is maps.LIGHT)


@pytest.mark.parametrize("paint", [maps.LIGHT, maps.DARK])
def test_no_colour_of_the_scale_is_red(paint: maps.Paint) -> None:
    reds = [(red, green, blue) for red, green, blue, _ in maps.ramp_colours(paint.ramp, 9)
            if red > 1.5 * green and red > 1.5 * blue]  # fmt: skip
    assert reds == []


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 50)), min_size=1, max_size=30)
)
def test_heat_is_spread_not_lost(counted: list[tuple[int, int, int]]) -> None:
    rows = [(506000 + 100 * x + 50, 2513000 + 100 * y + 50, n) for x, y, n in counted]
    bins = pd.DataFrame(rows, columns=["x", "y", "n"])
    surface = maps.heat_surface(bins, crs="EPSG:4547")
    assert surface is not None
    assert surface.image[..., 3].max() > 0


def test_the_hottest_place_of_the_surface_is_where_the_petitions_are() -> None:
    bins = pd.DataFrame({"x": [506050.0, 508050.0], "y": [2513050.0, 2515050.0], "n": [100, 1]})
    surface = maps.heat_surface(bins, crs="EPSG:4547")
    assert surface is not None
    height, width, _ = surface.image.shape
    row, column = np.unravel_index(surface.image[..., 3].argmax(), (height, width))
    assert row > height / 2  # south, and the picture begins in the north
    assert column < width / 2


def test_the_surface_lies_where_its_bins_lie() -> None:
    bins = pd.DataFrame({"x": [506163.967], "y": [2513531.049], "n": [1]})
    surface = maps.heat_surface(bins, crs="EPSG:4547")
    assert surface is not None
    west, south = surface.corners[0]
    east, north = surface.corners[2]
    assert west < 114.06 < east
    assert south < 22.72 < north


def test_no_petitions_give_no_surface() -> None:
    assert maps.heat_surface(pd.DataFrame({"x": [], "y": [], "n": []}), crs="EPSG:4547") is None


def test_pictures_are_read_back_by_another_library_as_they_were() -> None:
    image = np.random.default_rng(7).integers(0, 256, (5, 9, 4), dtype=np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(maps.png(image)))), image)


def test_simplified_neighbours_still_share_their_borders() -> None:
    metric = CELLS.to_crs(4547)
    wavy = metric.assign(geometry=metric.geometry.segmentize(25))
    less = maps.simplified(wavy, pixels=50)
    assert shapely.get_num_coordinates(less.geometry.values).sum() < 60
    assert shapely.coverage_is_valid(less.geometry.values)


def test_a_border_that_two_cells_share_is_drawn_once() -> None:
    (feature,) = orjson.loads(orjson.dumps(maps.borders(CELLS)))["features"]
    lines = shapely.geometry.shape(feature["geometry"])
    everywhere = shapely.union_all(shapely.boundary(CELLS.geometry.values))
    assert lines.length == pytest.approx(everywhere.length, rel=1e-6)
    assert lines.length < shapely.length(shapely.boundary(CELLS.geometry.values)).sum() - 1e-4


def test_the_deck_names_no_base_map_and_no_address() -> None:
    spec = spec_of(maps.deck([cells_layer()], view=view(), tooltip={"text": "x"}))
    assert spec.get("mapProvider") is None
    assert "http" not in orjson.dumps(spec).decode()


def test_the_quick_writer_says_what_pydeck_says() -> None:
    layers = [
        maps.line_layer(
            {"type": "FeatureCollection", "features": []}, layer_id="x", colour=(1, 2, 3, 4), width_px=2
        )
    ]
    quick = maps.deck(layers, view=view(), tooltip={"text": "x"})
    slow = super(maps.FastDeck, quick).to_json()
    assert orjson.loads(quick.to_json()) == orjson.loads(slow)


def test_cells_carry_only_the_named_columns() -> None:
    features = orjson.loads(orjson.dumps(maps.feature_collection(CELLS, ["code"])))["features"]
    assert [feature["properties"] for feature in features] == [{"code": "A"}, {"code": "B"}, {"code": "C"}]


def test_nine_decimals_keep_the_lattice() -> None:
    lattice = gpd.GeoDataFrame(
        geometry=[shapely.box(506000.001, 2513000.002, 506010.003, 2513010.004)], crs=4547
    )
    text = orjson.dumps(maps.feature_collection(lattice.to_crs(4326), [], decimals=9))
    back = gpd.GeoDataFrame.from_features(orjson.loads(text), crs=4326).to_crs(4547)
    assert np.array_equal(back.get_coordinates().round(3), lattice.get_coordinates().round(3))


@pytest.mark.parametrize(("width", "height"), [(1200, 500), (300, 900)])
def test_the_camera_sees_the_whole_extent(width: int, height: int) -> None:
    seen = maps.view_of(CELLS.total_bounds, width_px=width, height_px=height, padding=0.05)
    degrees_wide = width * 360 / (512 * 2**seen.zoom)
    assert degrees_wide * 0.9 >= 0.03 - 1e-9
    assert seen.longitude == pytest.approx(114.015)
    degrees_high = height * 360 / (512 * 2**seen.zoom) * np.cos(np.radians(seen.latitude))
    assert degrees_high * 0.9 >= 0.03 - 1e-4


def test_the_base_map_asks_for_nothing_but_our_own_tiles_and_worker() -> None:
    tiles = maps.BaseTiles(
        "/tiles/base/{z}/{x}/{y}.mvt", (113.9, 22.6, 114.2, 22.8), 6, 16, "/assets/worker.js"
    )
    layers = [*maps.base_layers(tiles), *maps.base_names(tiles, font="Noto Sans SC")]
    written = maps.deck(layers, view=view(), tooltip={}).to_json()
    assert [layer.id for layer in layers] == ["base-area", "base-edge", "base-road", "base-name"]
    assert set(re.findall(r'"(/[^"]*|https?:[^"]*)"', written)) == {tiles.url, tiles.worker}


@st.composite
def named_features(draw: st.DrawFn) -> gpd.GeoDataFrame:
    """Draw villages and roads with names, on land of 3 km around the origin."""
    place = st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000))
    villages = [shapely.Point(at) for at in draw(st.lists(place, max_size=25, unique=True))]
    roads = [shapely.LineString(ends) for ends in draw(st.lists(st.tuples(place, place), max_size=12))
             if ends[0] != ends[1]]  # fmt: skip
    shapes = villages + roads
    each = {"min_size": len(shapes), "max_size": len(shapes)}
    names = draw(st.lists(st.sampled_from(["石村", "观澜大道", "Main Rd"]), **each))
    ranks = draw(st.lists(st.integers(1, 3), **each))
    kinds = ["label"] * len(villages) + ["road"] * len(roads)
    frame = {"feature_id": range(len(shapes)), "kind": kinds, "rank": ranks, "name": names}
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, crs=3857), crs=3857)


@given(named_features())
def test_two_tiles_that_see_a_name_s_surroundings_decide_alike(features: gpd.GeoDataFrame) -> None:
    px = 4.0
    whole = maps.placed_names(features, metres_per_px=px)
    reach = maps.REACH_PX * px
    seen = features[features.intersects(shapely.box(-1e6, -1e6, reach, 1e6))]
    west = maps.placed_names(seen, metres_per_px=px)
    west_of_it = [placed[placed["x"] < 0].reset_index(drop=True) for placed in (whole, west)]
    pd.testing.assert_frame_equal(*west_of_it, check_dtype=False)


@given(named_features())
def test_no_name_covers_another_and_letters_stand_upright(features: gpd.GeoDataFrame) -> None:
    placed = maps.placed_names(features, metres_per_px=4.0)
    assert placed["angle"].between(-90, 90).all()
    high = placed["size"].to_numpy() * maps.LETTER_PX * 4.0
    wide = width_em(placed["name"]) * high
    plates = [
        shapely.affinity.rotate(shapely.box(x - w / 2, y - h / 2, x + w / 2, y + h / 2), turn)
        for x, y, w, h, turn in zip(placed["x"], placed["y"], wide, high, placed["angle"], strict=True)
    ]
    first, second = shapely.STRtree(plates).query(plates, predicate="intersects") if plates else ([], [])
    assert list(first) == list(second)


def test_a_still_map_shows_every_cell_and_trusts_no_name() -> None:
    drawn = maps.still_map(CELLS.assign(fill=[[1, 2, 3, 255]] * 3))
    assert drawn.count("<path") == 3
    assert "&lt;丙&gt;" in drawn
    assert "<丙>" not in drawn


def test_coverage_classes_differ_in_lightness_for_those_who_see_no_hue() -> None:
    light = sorted(luminance(maps.rgba(colour)) for colour in maps.COVERAGE_COLOURS.values())
    assert min(np.diff(light)) > 8


def cells_layer():
    return maps.cell_layer(
        maps.feature_collection(CELLS.assign(fill=[[0, 0, 0, 9]] * 3), ["fill"]), layer_id="c"
    )


def view():
    return maps.view_of(CELLS.total_bounds, width_px=800, height_px=500)


def spec_of(deck: maps.FastDeck) -> dict:
    return orjson.loads(deck.to_json())


def luminance(colour: maps.RGBA) -> float:
    red, green, blue, _ = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@given(
    st.lists(
        st.tuples(*[st.integers(-6000, 6000)] * 2, *[st.integers(1, 4000)] * 2),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_a_tile_holds_of_each_shape_what_lies_in_it_to_half_a_number(
    corners: list[tuple[int, int, int, int]],
) -> None:
    east, north, per_m = 12_700_000.0, 2_600_000.0, 0.5
    boxes = [shapely.box(x, y, x + wide, y + high) for x, y, wide, high in corners]
    there = shapely.transform(boxes, lambda xy: (xy + 0.3) * (1 / per_m, -1 / per_m) + (east, north))
    tile = (east, north - maps.EXTENT / per_m, east + maps.EXTENT / per_m, north)
    edge = shapely.box(-64, -64, maps.EXTENT + 64, maps.EXTENT + 64)
    for shape, drawn in zip(boxes, maps.in_tile(np.array(there, dtype=object), tile), strict=True):
        wanted = shapely.intersection(shape, edge)
        if drawn is None:
            assert wanted.area == 0 or min(np.ptp(shapely.get_coordinates(wanted), axis=0)) <= 1
            continue
        assert (shapely.get_coordinates(drawn) % 1 == 0).all()
        assert drawn.exterior.is_ccw  # whose numbers run down: clockwise to look at, as the format asks
        assert drawn.hausdorff_distance(wanted) <= 2**0.5


def test_of_what_lies_beside_a_tile_or_is_less_than_a_dot_nothing_is_left() -> None:
    box = (0.0, 0.0, 4096.0, 4096.0)
    beside, dot, line = shapely.box(5000, 0, 6000, 9), shapely.box(1, 1, 1.2, 1.2), [(1, 1), (1.1, 1)]
    shapes = [beside, dot, shapely.LineString(line), shapely.Point(3, 4096)]
    assert [shape and shape.wkt for shape in maps.in_tile(np.array(shapes, dtype=object), box)] == [
        None, None, None, "POINT (3 0)"]  # fmt: skip
