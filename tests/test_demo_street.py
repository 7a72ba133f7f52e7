"""The demo street as files: what was promised of it, read back by other libraries."""

import json
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from gridmap.demo import read_manifest, write_city
from gridmap.demo.facts import facts
from gridmap.errors import UsageError
from gridmap.registers import register_named

STEPS = ("received", "accepted", "filed", "dispatched", "signed", "disposed", "closed")
PARENT_LEVEL = {"community": "street", "block": "community", "red_grid": "block"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo")
    write_city(path)
    return path


@pytest.fixture(scope="module")
def manifest(folder):
    return read_manifest(folder)


@pytest.fixture(scope="module")
def layers(folder, manifest):
    return {(entry.level, entry.effective): gpd.read_parquet(folder / entry.path)
            for entry in manifest.files if entry.register == "regions"}  # fmt: skip


@pytest.fixture(scope="module")
def first(layers):
    return {level: frame for (level, effective), frame in layers.items() if effective == "1900-01-01"}


@pytest.fixture(scope="module")
def petitions(folder):
    return pd.read_parquet(folder / "petitions.parquet")


@pytest.fixture(scope="module")
def base(folder):
    return gpd.read_parquet(folder / "base.parquet")


def state_on(layers, level, day):
    """Return a level as it is on a day: later layers replace whole communities."""
    chosen = [frame for (of, effective), frame in sorted(layers.items()) if of == level and effective <= day]
    state = chosen[0]
    for frame in chosen[1:]:
        redrawn = set(frame.code.str[:12])
        state = pd.concat([state[~state.code.str[:12].isin(redrawn)], frame], ignore_index=True)
    return state


def segments(polygons):
    """Return the set of directed boundary segments in whole millimetres, and how many there are."""
    points, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.orient_polygons(np.array(polygons))), return_index=True
    )
    whole = np.round(points * 1000).astype(np.int64)
    pairs = np.hstack([whole[:-1], whole[1:]])[ring[1:] == ring[:-1]]
    return {tuple(pair) for pair in pairs.tolist()}, len(pairs)


def outer(directed):
    return {(a, b, c, d) for a, b, c, d in directed if (c, d, a, b) not in directed}


def test_every_level_tiles_its_parent_or_leaves_land_out_along_the_very_same_vertices(first):
    for level, above in PARENT_LEVEL.items():
        for code, children in first[level].groupby("parent"):
            parent = first[above].set_index("code").geometry[code]
            inside, count = segments(children.geometry)
            assert len(inside) == count, f"{level} below {code}: a border is used twice in one direction"
            ring, _ = segments([parent])
            left_out = shapely.difference(parent, shapely.coverage_union_all(children.geometry.array))
            missing = parent.area - children.area.sum()
            assert left_out.area == pytest.approx(missing, abs=1e-3)
            if missing < 1e-3:
                assert outer(inside) == ring
            stray = np.array([edge for edge in outer(inside) if edge not in ring])
            if len(stray):
                middles = shapely.points((stray[:, :2] + stray[:, 2:]) / 2000)
                assert shapely.distance(middles, parent.boundary).min() > 0.001


@pytest.mark.parametrize("level", ["street", "community", "block", "red_grid"])
def test_all_polygons_are_valid_single_and_on_the_millimetre_lattice(layers, level):
    for (of, _), frame in layers.items():
        if of == level:
            points = shapely.get_coordinates(frame.geometry.array)
            assert set(frame.geom_type) == {"Polygon"}
            assert frame.is_valid.all()
            assert shapely.coverage_is_valid(frame.geometry.array)
            assert np.array_equal(np.round(points * 1000) / 1000, points)
            assert frame.crs.to_epsg() == 4547


def test_three_communities_have_20_blocks_and_68_red_grids_before_and_after_the_changes(layers):
    divided = set(facts("names")["street"]["divided"])
    community = layers["community", "1900-01-01"].set_index("code").name
    for day in ("2023-11-01", "2024-12-31", "2026-10-31"):
        blocks, grids = state_on(layers, "block", day), state_on(layers, "red_grid", day)
        assert (len(blocks), len(grids)) == (20, 68)
        assert set(community[blocks.parent]) == divided
        assert set(grids.parent) == set(blocks.code)
        assert grids.code.is_unique
        assert set(grids.code.str.len()) == {15}


def test_there_are_ten_communities_and_three_of_them_are_divided(first):
    assert sorted(first["community"].name) == sorted(facts("names")["street"]["communities"])
    assert set(first["community"].code.str.len()) == {12}
    assert set(first["community"].parent) == set(first["street"].code)


def test_the_street_has_the_area_and_the_people_of_guanlan(first, folder):
    assert first["street"].area.sum() / 1e6 == pytest.approx(34.6, rel=0.01)
    assert pd.read_parquet(folder / "population.parquet").people.sum() == pytest.approx(343_000, rel=0.01)


def test_one_day_a_red_grid_is_split_and_two_are_merged(layers):
    before, after = state_on(layers, "red_grid", "2024-06-30"), state_on(layers, "red_grid", "2024-07-01")
    gone, new = before[~before.code.isin(after.code)], after[~after.code.isin(before.code)]
    assert (len(gone), len(new)) == (3, 3)
    assert gone.area.sum() == pytest.approx(new.area.sum(), abs=1e-3)
    halves = [gone.within(cell.buffer(0.001)).sum() for cell in new.geometry]
    parts = [new.within(cell.buffer(0.001)).sum() for cell in gone.geometry]
    assert sorted(halves) == [0, 0, 2]
    assert sorted(parts) == [0, 0, 2]


def test_another_day_land_moves_between_two_blocks_of_one_community(layers):
    before, after = state_on(layers, "red_grid", "2025-03-31"), state_on(layers, "red_grid", "2025-04-01")
    for column in ("code", "parent"):
        gained = after.area.groupby(after[column]).sum() - before.area.groupby(before[column]).sum()
        moved = gained[gained.abs() > 1e-3]
        assert len(moved) == 2
        assert moved.sum() == pytest.approx(0, abs=1e-3)
        assert moved.index.str[:12].nunique() == 1


def test_land_is_left_without_community_without_block_and_without_red_grid(first):
    street, community = first["street"].area.sum(), first["community"].area
    assert street - community.sum() > 100_000
    area = first["community"].set_index("code").area
    in_blocks = first["block"].groupby("parent").geometry.agg(lambda shapes: shapes.area.sum())
    assert (area[in_blocks.index] - in_blocks > 10_000).any()
    block_area = first["block"].set_index("code").area
    in_grids = first["red_grid"].groupby("parent").geometry.agg(lambda shapes: shapes.area.sum())
    assert (block_area[in_grids.index] - in_grids > 5_000).sum() >= 3


def test_no_footprint_is_cut_by_a_border(layers, base):
    footprints = base[base.kind == "building"].geometry.array
    borders = np.concatenate([shapely.boundary(frame.geometry.array) for frame in layers.values()])
    cut, _ = shapely.STRtree(borders).query(footprints, predicate="intersects")
    assert len(footprints) > 10_000
    assert len(cut) == 0


def test_no_two_footprints_touch_and_all_lie_in_the_street(first, base):
    footprints = base[base.kind == "building"].geometry.array
    one, other = shapely.STRtree(footprints).query(footprints, predicate="intersects")
    assert np.array_equal(one, other)
    assert shapely.covers(first["street"].geometry.array[0], footprints).all()


def test_the_base_map_has_roads_water_greenery_and_names(base):
    assert {"road", "water", "green", "industry", "building", "label"} == set(base.kind)
    named = set(base[base.kind == "road"].name.dropna())
    assert {"观澜大道", "环观南路", "梅观高速"} <= named
    assert "观澜河" in set(base[base.kind == "water"].name.dropna())


@pytest.mark.parametrize("column", ["category", "channel", "kind"])
def test_petitions_are_mixed_by_the_weights_of_the_facts(petitions, column):
    weights = pd.Series(facts("petitions")[column], dtype=float)
    weights.index = [name.format(place="观澜") for name in weights.index]
    shares = petitions[column].value_counts(normalize=True)
    assert set(shares.index) == set(weights.index)
    assert (shares - weights / weights.sum()).abs().max() < 0.006


def test_there_are_three_years_of_petitions_up_to_the_fixed_now(petitions, manifest):
    now = pd.Timestamp(manifest.as_of)
    stamps = petitions.filter(like="_at").drop(columns="due_at")
    assert len(petitions) >= 120_000
    assert petitions.petition_no.is_unique
    assert petitions.received_at.min() < pd.Timestamp("2023-11-03")
    assert stamps.max().max() <= now


def test_stamps_follow_one_another_except_in_a_few_impossible_rows(petitions):
    order = [f"{step}_at" for step in STEPS]
    wrong = petitions.closed_at < petitions.received_at
    assert 5 <= wrong.sum() <= 200
    for earlier, later in pairwise(order):
        assert not ((petitions[earlier] > petitions[later]) & ~wrong).any()


def test_states_agree_with_the_stamps(petitions):
    closed = petitions.status == "closed"
    assert petitions.closed_at.notna().equals(closed)
    assert petitions.closed_on_time.notna().equals(closed)
    at_work = petitions.status.isin(["signed", "processing", "extended", "reopened"])
    assert petitions[at_work].signed_at.notna().all()
    assert petitions[petitions.status == "received"].accepted_at.isna().all()
    on_time = petitions.closed_at <= petitions.due_at
    assert (on_time[closed] == petitions.closed_on_time[closed]).all()


def test_about_nine_in_a_hundred_are_late_and_some_are_open_and_overdue(petitions, manifest):
    late = 1 - petitions.closed_on_time.dropna().mean()
    still_open = petitions[petitions.closed_at.isna() & petitions.due_at.notna()]
    overdue = still_open.due_at < pd.Timestamp(manifest.as_of)
    assert 0.08 < late < 0.11
    assert overdue.sum() > 100
    assert (~overdue).sum() > 100


def test_merged_and_split_petitions_point_to_others(petitions):
    by_number = petitions.set_index("petition_no")
    merged, parts = petitions.dropna(subset="merged_into"), petitions.dropna(subset="split_from")
    assert len(merged) > 1000
    assert len(parts) > 300
    assert set(merged.status) == {"merged"}
    assert (by_number.received_at[merged.merged_into].to_numpy() <= merged.received_at.to_numpy()).all()
    assert not by_number.status[merged.merged_into].isin(["merged", "split"]).any()
    assert set(by_number.status[parts.split_from]) == {"split"}
    assert {"rejected", "void"} <= set(petitions.status)


def test_coordinates_are_missing_zero_swapped_or_far_away_as_often_as_promised(petitions, first):
    west, south, east, north = first["street"].to_crs(4326).total_bounds
    inside = petitions.x.between(west, east) & petitions.y.between(south, north)
    missing = petitions.x.isna()
    zero = (petitions.x == 0) & (petitions.y == 0)
    swapped = petitions.y.between(113, 115)
    far = ~inside & ~missing & ~zero & ~swapped
    assert missing.equals(petitions.y.isna())
    assert (zero | swapped | far).mean() == pytest.approx(0.010, abs=0.002)
    assert min(zero.sum(), swapped.sum(), far.sum()) > 200
    named = missing & petitions.region_name.notna()
    by_code = missing & petitions.region_name.isna() & petitions.building_code.notna()
    lost = missing & petitions.region_name.isna() & petitions.building_code.isna()
    assert named.mean() == pytest.approx(0.030, abs=0.004)
    assert 200 < by_code.sum() < 2000
    assert 50 < lost.sum() < 500
    assert (petitions[named].parent_name == "观澜街道").all()


def test_rain_brings_floods_and_summer_brings_noise(petitions):
    month = petitions.received_at.dt.month
    rainy = petitions.subcategory.isin(["道路积水", "道路破损"])
    noisy = petitions.subcategory == "商业噪声"
    assert (rainy & month.between(5, 9)).sum() > 1.5 * (rainy & ~month.between(5, 9)).sum()
    assert (noisy & month.isin([6, 7, 8])).sum() > 1.3 * (noisy & month.isin([12, 1, 2])).sum()


def test_a_building_site_keeps_people_awake_for_some_months(petitions):
    noise = petitions[(petitions.subcategory == "施工噪声") & petitions.x.between(113.9, 114.2)]
    cell = noise.x.round(3).astype(str) + "," + noise.y.round(3).astype(str)
    during = noise.received_at.between("2025-03-01", "2025-10-15")
    top = cell[during].value_counts()
    assert top.iloc[0] > 10 * cell[~during].value_counts().get(top.index[0], 0.5)


def test_rated_buildings_are_rated_one_level_at_a_time_with_a_reason(folder):
    ratings = pd.read_parquet(folder / "ratings.parquet").sort_values(["building_no", "valid_from"])
    buildings = pd.read_parquet(folder / "buildings.parquet")
    rank = ratings.level.map(
        {entry["level"]: entry["rank"] for entry in facts("rentals")["scheme"][0]["level"]}
    )
    same = ratings.building_no == ratings.building_no.shift()
    step = rank.diff()[same]
    assert set(step.unique()) == {-1, 1}
    assert (step > 0).sum() > 500
    assert (step < 0).sum() > 500
    assert (ratings.valid_from[same] == ratings.valid_to.shift()[same]).all()
    assert ratings.reason.notna().all()
    assert set(ratings.building_no) < set(buildings.building_no)
    assert not ratings.duplicated(["building_no", "valid_from"]).any()


def test_most_rated_buildings_are_inspected_in_rhythm_and_some_are_not(folder, manifest):
    days = {entry["level"]: entry["interval_days"] for entry in facts("rentals")["scheme"][0]["level"]}
    rated = pd.read_parquet(folder / "ratings.parquet").query("valid_to.isna()").set_index("building_no")
    last = pd.read_parquet(folder / "inspections.parquet").groupby("building_no").inspected_at.max()
    age = (pd.Timestamp(manifest.as_of) - last.reindex(rated.index)).dt.total_seconds() / 86400
    in_rhythm = (age <= rated.level.map(days)).mean()
    assert 0.80 < in_rhythm < 0.95


def test_building_codes_have_19_digits_and_some_buildings_have_none(folder):
    code = pd.read_parquet(folder / "buildings.parquet").building_code
    assert code.dropna().str.fullmatch(r"440309006\d{10}").all()
    assert code.dropna().is_unique
    assert 0.02 < code.isna().mean() < 0.2


def test_some_red_grids_have_nobody_in_charge_and_some_terms_are_over(folder, layers, manifest):
    duty = pd.read_parquet(folder / "responsibilities.parquet")
    today = pd.Timestamp(manifest.as_of).date()
    held = set(duty[duty.valid_to.isna() | (duty.valid_to > today)].region_code)
    grids = set(state_on(layers, "red_grid", "2026-10-31").code)
    known = grids | set(layers["block", "1900-01-01"].code) | set(layers["community", "1900-01-01"].code)
    assert 3 <= len(grids - held) <= 15
    assert (duty.valid_to < today).sum() >= 5
    buildings = set(pd.read_parquet(folder / "buildings.parquet").building_no)
    assert set(duty.region_code) <= known | buildings | set(layers["street", "1900-01-01"].code)
    managed = duty[duty.role == "building_manager"]
    assert 0.7 < managed.region_code.nunique() / len(buildings) < 0.9
    assert managed.person_no.nunique() < managed.region_code.nunique()
    assert duty.phone.str.fullmatch(r"1990000\d{4}").all()
    assert set(duty.role) <= set(register_named("responsibilities").fields[1].values)


def test_every_file_says_that_it_is_synthetic(folder, manifest):
    assert manifest.synthetic
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["synthetic"] is True
    for entry in manifest.files:
        file = pq.ParquetFile(folder / entry.path)
        assert b"Synthetic" in file.schema_arrow.metadata[b"synthetic"]
        assert file.metadata.num_rows == entry.rows


def test_register_files_have_the_columns_of_their_register(folder, manifest):
    for entry in manifest.files:
        if entry.register not in ("regions", "base"):
            expected = [field.name for field in register_named(entry.register).all_fields]
            assert pq.read_schema(folder / entry.path).names == expected


def test_the_same_seed_gives_the_same_files_byte_for_byte(folder, manifest, tmp_path):
    write_city(tmp_path)
    for name in [entry.path for entry in manifest.files] + ["manifest.json"]:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_an_unknown_scale_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match="street, district, city"):
        write_city(tmp_path, scale="village")


# ---- the flow log, the councils, the visits -----------------------------------------------------


def test_every_petition_leaves_a_log_that_begins_with_its_receipt(folder, petitions):
    log = pd.read_parquet(folder / "events.parquet")
    assert log.event_no.is_unique
    assert set(log.petition_no) == set(petitions.petition_no)
    assert set(log.event) <= set(register_named("events").fields[2].values)
    begin = log[log.event == "received"].set_index("petition_no").happened_at
    assert begin.index.is_unique
    assert (begin == petitions.set_index("petition_no").received_at.reindex(begin.index)).all()
    assert log.happened_at.max() <= pd.Timestamp("2026-10-31 18:00")


def test_the_log_has_what_flow_logs_have(folder, petitions):
    log = pd.read_parquet(folder / "events.parquet")
    count = log.event.value_counts()
    bounced = log[log.event == "returned"].petition_no.nunique() / count["signed"]
    assert bounced == pytest.approx(0.06, abs=0.005)
    assert log[log.event == "dispatched"].unit.notna().mean() > 0.98
    score = log.score.dropna()
    assert set(score) == {1, 2, 3, 4, 5}
    assert (score >= 3).mean() == pytest.approx(0.92, abs=0.01)
    assert (log[log.event == "extended"].until.notna()).all()
    assert {"suspended", "resumed", "rework", "escalated", "merged", "split", "rejected", "void"} <= set(
        count.index
    )


def test_the_twenty_blocks_meet_and_handle_topics_as_guanlan_reported(folder):
    meetings = pd.read_parquet(folder / "meetings.parquet")
    topics = pd.read_parquet(folder / "topics.parquet")
    assert (len(meetings), meetings.region_code.nunique(), len(topics)) == (145, 20, 272)
    assert topics.status.value_counts().to_dict() == {"handled": 231, "tracking": 41}
    assert set(topics.meeting_no) <= set(meetings.meeting_no)
    assert (topics.handled_on.notna() == (topics.status == "handled")).all()
    assert set(topics.category) == set(facts("petitions")["topics"])


def test_every_community_has_a_service_centre_on_its_land(folder, first):
    facilities = pq.read_table(folder / "facilities.parquet").to_pandas()
    centres = facilities[facilities["kind"] == "service_center"]
    places = gpd.GeoSeries.from_xy(centres["x"], centres["y"], crs="EPSG:4326").to_crs("EPSG:4547")
    communities = first["community"]
    _, of = shapely.STRtree(communities.geometry.values).query(places.values, predicate="within")
    assert sorted(communities["name"].iloc[of] + "党群服务中心") == sorted(centres["name"])
    assert len(centres) == 10


def test_visits_go_to_targets_that_are_listed(folder):
    targets = pd.read_parquet(folder / "targets.parquet").set_index("target_no")
    visits = pd.read_parquet(folder / "visits.parquet")
    assert targets.index.is_unique
    assert visits.visit_no.is_unique
    assert targets.region_code.nunique() == 68
    listed_from = targets.valid_from.reindex(visits.target_no).to_numpy()
    assert (visits.visited_on.to_numpy() >= listed_from).all()


def test_the_duty_list_names_every_class_of_the_petitions(folder, petitions):
    duties = pd.read_parquet(folder / "duties.parquet")
    assert duties.item_code.is_unique
    assert duties.notna().all().all()
    classes = petitions[["category", "subcategory"]].drop_duplicates()
    assert set(map(tuple, classes.to_numpy())) == set(zip(duties.major, duties.minor, strict=True))
    assert duties.limit_unit.nunique() == 3
