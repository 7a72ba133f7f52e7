"""The index must give, for every point, what the rule gives on the polygons themselves."""

from __future__ import annotations

import pickle
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.bench.coverage_maker import make_coverage, make_points
from gridmap.errors import Refused, UnreadableInput, UsageError
from gridmap.index import PlacementIndex, building

SHARED = Path(__file__).parents[2] / "shared" / "data"
NOWHERE = -1

# A cell with a hole, its enclave, a cell whose two parts meet in one corner, and one apart from all:
#
#   4  +-------+-------+
#      |  a    |   b   |       +---+
#   3  |  +-+  |   +---+       | d |
#      |  |e|  |   | c |       +---+
#   2  |  +-+  +---+---+
#      |       | c |
#   0  +-------+---+
#      0  1 2  4   6   8       10  11
TOY = {
    "b": "POLYGON ((4 2, 6 2, 6 3, 8 3, 8 4, 4 4, 4 2))",
    "a": "POLYGON ((0 0, 4 0, 4 2, 4 4, 0 4, 0 0), (1 2, 2 2, 2 3, 1 3, 1 2))",
    "c": "MULTIPOLYGON (((6 2, 6 3, 8 3, 8 2, 6 2)), ((4 0, 6 0, 6 2, 4 2, 4 0)))",
    "d": "POLYGON ((10 3, 11 3, 11 4, 10 4, 10 3))",
    "e": "POLYGON ((1 2, 2 2, 2 3, 1 3, 1 2))",
}


def frame_of(cells: dict[str, str]) -> geopandas.GeoDataFrame:
    polygons = list(shapely.from_wkt(list(cells.values())))
    return geopandas.GeoDataFrame({"code": list(cells)}, geometry=polygons)


def oracle(polygons, x, y):
    """Closed polygons, lowest position wins; and whether the point lies on a border or in several cells."""
    tree = shapely.STRtree(polygons)
    points = shapely.points(x, y)
    point, cell = tree.query(points)
    shapely.prepare(polygons)
    touches = shapely.intersects(polygons[cell], points[point])
    point, cell = point[touches], cell[touches]
    lowest = np.full(len(x), len(polygons))
    np.minimum.at(lowest, point, cell)
    within = np.zeros(len(x), dtype=int)
    np.add.at(within, point, shapely.contains_properly(polygons[cell], points[point]))
    touched = np.bincount(point, minlength=len(x))
    return np.where(touched > 0, lowest, NOWHERE), (touched > 1) | (touched != within)


def adversaries(polygons, chance, most=20_000):
    """Points on vertices and the middles of segments, level and upright ones too, and one ulp beside them."""
    corners = shapely.get_coordinates(polygons)
    if len(corners) > most:
        begin = chance.integers(0, len(corners) - most)
        corners = corners[begin : begin + most]
    middles = (corners[1:] + corners[:-1]) / 2
    on = np.concatenate([corners, middles])
    steps = np.array([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]])
    beside = [np.nextafter(on, on + np.sign(step) * np.maximum(np.abs(on), 1)) for step in steps]
    low, high = corners.min(axis=0), corners.max(axis=0)
    frame = np.concatenate([chance.uniform(low, high, (500, 2)) for _ in range(4)])
    frame[:500, 0], frame[500:1000, 0], frame[1000:1500, 1], frame[1500:, 1] = (
        low[0],
        high[0],
        low[1],
        high[1],
    )
    crossed = np.column_stack([chance.choice(corners[:, 0], 3000), chance.choice(corners[:, 1], 3000)])
    anywhere = chance.uniform(low - (high - low) / 10, high + (high - low) / 10, (20_000, 2))
    far = np.array([[1e300, 0], [0, -1e300], [-1e9, 1e9]])
    return np.concatenate([on, *beside, frame, crossed, anywhere, far]).T


def raster_lines(index):
    """Points exactly on the lines of the raster, where a rounded column may fall to either side."""
    x0, y0, per_unit = index._raster.grid[:3]
    steps = np.arange(0, 400) / per_unit
    gx, gy = np.meshgrid(x0 + steps, y0 + steps[::7])
    return gx.ravel(), gy.ravel()


def assert_agrees(frame, x, y, code="code"):
    index = PlacementIndex(frame, code).build()
    polygons = np.asarray(frame.sort_values(code).geometry, dtype=object).copy()
    extra_x, extra_y = raster_lines(index)
    x, y = np.concatenate([x, extra_x]), np.concatenate([y, extra_y])
    leaf, on_border = oracle(polygons, x, y)
    found = index.locate(x, y)
    assert found.leaf.dtype == np.int32
    np.testing.assert_array_equal(found.leaf, leaf)
    np.testing.assert_array_equal(found.on_border, on_border)
    return index, on_border


def test_the_toy_coverage_is_placed_as_one_sees_it():
    index = PlacementIndex(frame_of(TOY)).build()
    x = [0.5, 1.5, 5.0, 7.5, 5.0, 10.5, 9.0, 4.0, 2.0, 8.0, 6.0, 1.0]
    y = [0.5, 2.5, 3.5, 2.5, 0.5, 3.5, 3.5, 3.0, 2.5, 4.0, 2.5, 2.0]
    assert index.place(x, y).tolist() == ["a", "e", "b", "c", "c", "d", "", "a", "a", "b", "b", "a"]
    assert index.locate(x, y).on_border.tolist() == [False] * 7 + [True] * 5


def test_holes_enclaves_parts_and_every_kind_of_border_agree_with_the_oracle():
    polygons = np.array(shapely.from_wkt(list(TOY.values())))
    x, y = adversaries(polygons, np.random.default_rng(1))
    grid_x, grid_y = np.meshgrid(np.arange(-1, 12, 0.125), np.arange(-1, 5, 0.125))
    assert_agrees(frame_of(TOY), np.r_[x, grid_x.ravel()], np.r_[y, grid_y.ravel()])


@pytest.mark.parametrize(("cells", "vertices"), [(5, 300), (68, 150), (1500, 60)])
def test_fractal_coverages_agree_with_the_oracle(cells, vertices):
    frame = make_coverage(cells, vertices=vertices, enclave_share=0.02, seed=cells)
    polygons = np.asarray(frame.geometry, dtype=object)
    assert shapely.is_valid(polygons).all()
    x, y = adversaries(polygons, np.random.default_rng(2))
    spread_x, spread_y = make_points(frame, 100_000)
    index, on_border = assert_agrees(frame, np.r_[x, spread_x], np.r_[y, spread_y])
    assert on_border.sum() > 1000
    assert index.findings == ()


@pytest.mark.parametrize(
    ("scale", "shift"),
    [
        (2.0**17, (0, 0)),
        (1 / 0.3048, (3_000_000.0, -500_000.0)),
        (1e-7, (114.0, 22.5)),
        (1e150, (0, 0)),
    ],
)
def test_metres_feet_and_tiny_or_huge_units_agree_with_the_oracle(scale, shift):
    frame = make_coverage(40, vertices=40, enclave_share=0.05)
    frame.geometry = shapely.transform(
        np.asarray(frame.geometry, dtype=object), lambda xy: (xy - [113.75, 22.375]) * scale + shift
    )
    frame = frame.set_crs(None, allow_override=True)[
        shapely.is_valid(np.asarray(frame.geometry, dtype=object))
    ]
    x, y = adversaries(np.asarray(frame.geometry, dtype=object), np.random.default_rng(3))
    assert_agrees(frame, x, y)


def shared(path, **options):
    if not (SHARED / path).exists():
        pytest.skip(f"shared data absent: {path}")
    return geopandas.read_file(SHARED / path, **options)


@pytest.mark.parametrize(
    ("path", "code", "options"),
    [
        ("denver_blocks/DenverCo_blocks.zip", "GEOID20", {"columns": ["GEOID20"]}),
        ("swiss_communes/swiss_2020.zip", None, {"layer": "municipalities"}),
        ("swiss_communes/swiss_2023.zip", None, {"layer": "municipalities"}),
        ("shenzhen_streets74/shenzhen_streets74.geojson", None, {}),
        ("shenzhen_grid9005/grid.shp", None, {}),
    ],
)
def test_real_coverages_agree_with_the_oracle(path, code, options):
    frame = shared(path, **options)
    if code is None:
        code, frame["number"] = "number", np.arange(len(frame))[::-1]
    polygons = np.asarray(frame.geometry, dtype=object)
    frame.geometry = shapely.force_2d(polygons)
    x, y = adversaries(shapely.force_2d(polygons), np.random.default_rng(4))
    assert_agrees(frame, x, y, code)


def test_what_is_not_finite_lies_nowhere():
    index = PlacementIndex(frame_of(TOY))
    x = np.array([np.nan, 1, np.inf, 1, -np.inf, 1, np.nan, 0.5])
    y = np.array([1, np.nan, 1, np.inf, 1, -np.inf, np.nan, 0.5])
    for one in (index, PlacementIndex(frame_of(TOY)).build()):
        assert one.locate(x, y).leaf.tolist() == [NOWHERE] * 7 + [0]
        assert not one.locate(x, y).on_border.any()


def test_few_points_are_placed_without_the_raster_and_many_build_it():
    frame = make_coverage(300, vertices=60)
    index, x, y = PlacementIndex(frame), *make_points(frame, 50_000)
    few = index.locate(x[:1000], y[:1000])
    assert index.nbytes == 0
    many = index.locate(x, y)
    assert index.nbytes > 0
    np.testing.assert_array_equal(few.leaf, many.leaf[:1000])
    np.testing.assert_array_equal(few.on_border, many.on_border[:1000])


def test_batches_of_every_length_come_back_in_order():
    frame = make_coverage(30, vertices=30)
    index, x, y = PlacementIndex(frame).build(), *make_points(frame, 200_000)
    whole = index.locate(x, y).leaf
    for n in (0, 1, 65_535, 65_536, 65_537, 131_073):
        np.testing.assert_array_equal(index.locate(x[:n], y[:n]).leaf, whole[:n])


def test_no_points_and_no_cells_are_no_fault():
    index = PlacementIndex(frame_of(TOY)).build()
    assert index.place([], []).tolist() == []
    none = PlacementIndex(frame_of(TOY)[:0])
    assert none.place([1.0], [1.0]).tolist() == [""]
    assert none.findings == ()


def test_integer_codes_stay_integers_and_minus_one_is_nowhere():
    frame = frame_of(TOY).assign(code=np.array([40, 30, 20, 10, 5]))
    placed = PlacementIndex(frame).place([0.5, 4.0, 99.0], [0.5, 3.0, 0.0])
    assert placed.dtype == np.int64
    assert placed.tolist() == [30, 30, -1]


def test_leading_zeros_and_lexical_order_of_text_codes_are_kept():
    frame = frame_of({"10": TOY["a"], "09": TOY["b"]})
    assert PlacementIndex(frame).place([4.0, 0.5], [3.0, 0.5]).tolist() == ["09", "10"]


# Two squares that overlap by half, and one far inside the first; points are settled by the closed polygons.
OVERLAPPING = {
    "a": "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))",
    "b": "POLYGON ((2 0, 6 0, 6 4, 2 4, 2 0))",
    "c": "POLYGON ((1 1, 1.5 1, 1.5 1.5, 1 1.5, 1 1))",
}


def test_points_in_two_cells_go_to_the_lowest_code_and_are_flagged():
    frame = frame_of(OVERLAPPING)
    x, y = adversaries(np.asarray(frame.geometry, dtype=object), np.random.default_rng(5))
    assert_agrees(frame, x, y)
    found = PlacementIndex(frame).build().locate([3.0, 1.25, 5.0], [2.0, 1.25, 2.0])
    assert found.leaf.tolist() == [0, 0, 1]
    assert found.on_border.tolist() == [True, True, False]


def test_long_thin_cells_take_no_more_memory_than_their_segments_deserve():
    """Their border is long and their land small: border cells would cover too little of it."""
    wide = 0.5
    strips = shapely.box(np.arange(1000) * wide, 0, np.arange(1, 1001) * wide, 400)
    frame = geopandas.GeoDataFrame({"code": [f"{n:04}" for n in range(1000)]}, geometry=strips)
    index = PlacementIndex(frame).build()
    assert index.nbytes < 32 * 3 * building.FEW
    x, y = np.random.default_rng(3).uniform([[-1], [-1]], [[501], [401]], (2, 20_000))
    assert_agrees(frame, x, y)


def test_cells_that_overlap_are_named():
    named = {finding.codes for finding in PlacementIndex(frame_of(OVERLAPPING)).findings}
    assert named == {("a", "b"), ("a", "c")}


def test_the_same_polygon_under_two_codes_is_flagged():
    index = PlacementIndex(frame_of({"a": TOY["a"], "b": TOY["a"]})).build()
    assert index.place([0.5], [0.5]).tolist() == ["a"]
    assert index.locate([0.5], [0.5]).on_border.all()
    assert {finding.codes for finding in index.findings} == {("a", "b")}


def test_neighbours_whose_vertices_do_not_match_agree_with_the_oracle():
    # c's long slanting side faces a and b, whose common corner lies beside it only up to rounding.
    frame = frame_of({
        "a": "POLYGON ((0 0, 0.3 0.1, 0.3 1, 0 1, 0 0))",
        "b": "POLYGON ((0.3 0.1, 0.9 0.3, 0.9 1, 0.3 1, 0.3 0.1))",
        "c": "POLYGON ((0 0, 0.9 0.3, 0.9 -1, 0 -1, 0 0))",
    })  # fmt: skip
    x, y = adversaries(np.asarray(frame.geometry, dtype=object), np.random.default_rng(6))
    along = np.linspace(0, 0.9, 2001)
    for _ in range(3):
        x, y = np.r_[x, along], np.r_[y, along / 3]
        along = np.nextafter(along, 1)
    assert_agrees(frame, x, y)


@pytest.mark.parametrize(
    ("cells", "check", "named"),
    [
        ({"a": TOY["a"], "": TOY["b"]}, "coverage.code_missing", ""),
        ({"a": TOY["a"], "x": "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"}, "coverage.invalid_polygon", "x"),
        ({"a": TOY["a"], "l": "LINESTRING (0 0, 1 1)"}, "coverage.no_polygon", "l"),
        ({"a": TOY["a"], "e": "POLYGON EMPTY"}, "coverage.no_polygon", "e"),
    ],
)
def test_cells_that_cannot_be_used_are_refused_by_name(cells, check, named):
    with pytest.raises(Refused) as refused:
        PlacementIndex(frame_of(cells))
    assert [(one.check, one.codes) for one in refused.value.findings] == [(check, (named,))]


def test_doubled_and_missing_codes_are_refused_together():
    frame = frame_of(TOY).assign(code=["a", "a", None, "d", "e"])
    with pytest.raises(Refused) as refused:
        PlacementIndex(frame)
    assert [one.check for one in refused.value.findings] == ["coverage.code_missing", "coverage.code_doubled"]


def test_an_absent_column_and_uneven_points_are_told():
    with pytest.raises(UsageError, match="no column 'id'.*code, geometry"):
        PlacementIndex(frame_of(TOY), code="id")
    with pytest.raises(UsageError, match="2 x but 1 y"):
        PlacementIndex(frame_of(TOY)).place([1, 2], [1])


@pytest.mark.parametrize("codes", [["10", "09", "11", "12", "08"], [10, 9, 11, 12, 8]])
def test_a_saved_index_places_as_before(tmp_path, codes):
    frame = frame_of(TOY).assign(code=codes)
    index = PlacementIndex(frame)
    index.save(tmp_path / "toy.index")
    again = PlacementIndex.load(tmp_path / "toy.index")
    x, y = adversaries(np.asarray(frame.geometry, dtype=object), np.random.default_rng(7))
    np.testing.assert_array_equal(again.place(x, y), index.place(x, y))
    np.testing.assert_array_equal(again.locate(x, y).on_border, index.locate(x, y).on_border)
    assert again.codes.dtype == index.codes.dtype
    assert [path.name for path in tmp_path.iterdir()] == ["toy.index"]


@pytest.mark.parametrize("built", [False, True])
def test_an_index_travels_to_another_process(built):
    index = PlacementIndex(frame_of(TOY))
    x, y = np.random.default_rng(5).integers(-2, 24, (2, 2_000)) / 2
    expected = (index.build() if built else index).locate(x, y)
    again = pickle.loads(pickle.dumps(index, protocol=5))
    assert again.nbytes == index.nbytes
    found = again.locate(x, y)
    np.testing.assert_array_equal(found.leaf, expected.leaf)
    np.testing.assert_array_equal(found.on_border, expected.on_border)


@pytest.fixture
def kept_in(tmp_path, monkeypatch):
    """Keep rasters however small they are."""
    monkeypatch.setattr("gridmap.index.placement.WORTH_KEEPING", 0)
    return tmp_path / "index"


def test_a_kept_raster_is_built_once(kept_in, monkeypatch):
    x, y = adversaries(np.asarray(frame_of(TOY).geometry, dtype=object), np.random.default_rng(9))
    first = PlacementIndex(frame_of(TOY), kept_in=kept_in).build().place(x, y)
    monkeypatch.setattr("gridmap.index.placement.build_raster", None)
    again = PlacementIndex(frame_of(TOY), kept_in=kept_in).build()
    np.testing.assert_array_equal(again.place(x, y), first)
    assert len(list(kept_in.iterdir())) == 1


def test_a_kept_raster_of_other_cells_is_not_used(kept_in):
    moved = {code: wkt.replace("4", "5") for code, wkt in TOY.items()}
    for cells in (TOY, moved):
        index = PlacementIndex(frame_of(cells), kept_in=kept_in).build()
        assert index.place([4.5], [3.5]).tolist() == ["b" if cells is TOY else "a"]


@pytest.mark.parametrize("damage", ["cut short", "a bit turned", "empty", "something else"])
def test_a_damaged_file_is_noticed_and_written_anew(kept_in, damage):
    PlacementIndex(frame_of(TOY), kept_in=kept_in).build()
    (file,) = kept_in.iterdir()
    whole = file.read_bytes()
    turned = bytearray(whole)
    turned[len(whole) // 2] ^= 1
    file.write_bytes({"cut short": whole[: len(whole) // 2], "a bit turned": bytes(turned), "empty": b"",
                      "something else": b"not an index"}[damage])  # fmt: skip
    with pytest.raises(UnreadableInput, match="damaged"):
        PlacementIndex.load(file)
    assert PlacementIndex(frame_of(TOY), kept_in=kept_in).build().place([0.5], [0.5]).tolist() == ["a"]
    assert [path.read_bytes() for path in kept_in.iterdir()] == [whole]


def test_only_the_rasters_used_last_are_kept(kept_in):
    for width in range(1, 9):
        PlacementIndex(frame_of({"a": f"POLYGON ((0 0, {width} 0, 0 1, 0 0))"}), kept_in=kept_in).build()
    assert len(list(kept_in.iterdir())) == 4


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(kept_in):
    kept_in.write_text("a file in its place")
    assert PlacementIndex(frame_of(TOY), kept_in=kept_in).build().place([0.5], [0.5]).tolist() == ["a"]


def test_threads_that_share_an_index_get_the_same_answer():
    from concurrent.futures import ThreadPoolExecutor

    frame = make_coverage(60, vertices=40)
    x, y = adversaries(np.asarray(frame.geometry, dtype=object), np.random.default_rng(8), most=3000)
    alone = PlacementIndex(frame).build().locate(x, y)
    index = PlacementIndex(frame)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: index.locate(x, y).leaf, range(8)))
    for leaf in answers:
        np.testing.assert_array_equal(leaf, alone.leaf)


# Squares of a small board, joined at random to cells: whole-number corners, so that points hit borders often.
boards = st.integers(2, 6).flatmap(
    lambda side: st.lists(st.integers(0, 4), min_size=side * side, max_size=side * side).map(
        lambda of: (side, of)
    )
)


def board_frame(side, owner, shear, scale):
    """Give square i of the board to cell owner[i], 4 being nobody; shear makes upright lines slant."""
    column, row = np.tile(np.arange(side), side), np.repeat(np.arange(side), side)
    squares, owner = shapely.box(column, row, column + 1, row + 1), np.array(owner)
    kept = [name for name in range(4) if (owner == name).any()]
    joined = [shapely.union_all(squares[owner == name]) for name in kept]
    bent = shapely.transform(joined, lambda xy: (xy + xy[:, ::-1] * [shear, 0]) * scale)
    return geopandas.GeoDataFrame({"code": [f"c{name}" for name in kept]}, geometry=list(bent))


@settings(max_examples=60, deadline=None)
@given(boards, st.sampled_from([0.0, 0.25, 1 / 3, -0.7]), st.sampled_from([1.0, 0.1, 1 / 3, 1e6]), st.data())
def test_any_board_of_joined_squares_agrees_with_the_oracle(board, shear, scale, data):
    frame = board_frame(*board, shear, scale)
    half = st.integers(-1, 2 * board[0] + 1).map(lambda n: n / 2)
    step = st.sampled_from([-1, 0, 1])
    near = data.draw(st.lists(st.tuples(half, half, step, step), max_size=60))
    near = np.array(near, dtype=float).reshape(-1, 4)
    xy = (near[:, :2] + near[:, 1::-1] * [shear, 0]) * scale
    xy = np.where(near[:, 2:] == 0, xy, np.nextafter(xy, xy + near[:, 2:]))
    if len(frame):
        assert_agrees(frame, *xy.T)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 40))
def test_any_triangulation_of_random_points_gives_every_inner_point_one_cell(seed, corners):
    chance = np.random.default_rng(seed)
    mesh = shapely.delaunay_triangles(shapely.multipoints(chance.random((corners, 2)))).geoms
    frame = geopandas.GeoDataFrame({"code": np.arange(len(mesh))}, geometry=list(mesh))
    assert_agrees(frame, *adversaries(np.array(mesh), chance, most=200))
