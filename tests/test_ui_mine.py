"""My grid shows what the store knows of an area: cases, inspections, people, neighbours, peers."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from gridmap.access import personal
from gridmap.measures import stats
from gridmap.registers import PETITION_STATES
from gridmap.store import Database, shared_store
from gridmap.ui import data, exports, mine, search, written
from gridmap.ui import scene as scenes
from gridmap.ui.scene import Scene
from gridmap.ui.theme import LIGHT, Screen
from gridmap.ui.view import URGENCIES, View
from gridmap.ui.words import WORDS, say
from gridmap.watermarks import Watermark
from tests import screens_city
from tests.toy import CRS, at

APP = Path(__file__).parent.parent / "app.py"
CODES = screens_city.CODES

pytestmark = pytest.mark.usefixtures("on_the_city")


@pytest.fixture
def db(city: Path) -> Database:
    return shared_store(city)


def seen_at(letter: str) -> Scene:
    now, view = data.database().now(), View(at=CODES[letter], period="all")
    tree = data.tree(scenes.day_of(view, now))
    return scenes.scene_of(view, tree=tree, now=now, colours=LIGHT, screen=Screen())


def cases(db: Database, letter: str) -> pd.DataFrame:
    cell = seen_at(letter).cell
    return db.query(
        "screens/open_petitions", region_id=cell.region_id, level=cell.level, now=db.now(), categories=[]
    )


def run_mine(**params: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    app.switch_page("gridmap/pages/mine.py").run()
    assert not app.exception, app.exception[0].value
    return app


def html_of(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


@pytest.mark.parametrize("letter", ["S", "A", "P", "1"])
def test_the_cases_listed_are_those_the_measures_count(db: Database, letter: str) -> None:
    cell, listed = seen_at(letter).cell, cases(db, letter)
    rows = stats(db, ["petition.open", "petition.overdue"], level=cell.level, boundaries="now")
    own = rows[rows["region_id"] == cell.region_id].iloc[0]
    assert len(listed) == own["petition.open"]
    assert (listed["urgency"] == "overdue").sum() == own["petition.overdue"]


def test_the_most_urgent_case_comes_first_and_its_urgency_follows_from_the_time_left(db: Database) -> None:
    listed = cases(db, "S")
    assert listed["due_at"].is_monotonic_increasing
    limits = {"overdue": -1e9, "day": 0, "three_days": 24, "later": 72}
    for row in listed.to_dict("records"):
        left = row["due_at"] - db.now()
        assert left >= timedelta(hours=limits[row["urgency"]])
    assert set(listed["urgency"]) <= set(URGENCIES)


def test_a_case_tells_its_place_only_to_a_square_of_100_m(db: Database) -> None:
    listed = cases(db, "S").dropna(subset="x")
    assert set(listed["x"] % 100) == {50.0}
    assert set(listed["y"] % 100) == {50.0}


def test_buildings_are_due_one_interval_after_they_were_rated_or_inspected(db: Database) -> None:
    cell = seen_at("S").cell
    due = db.query(
        "screens/inspections_due", region_id=cell.region_id, level=cell.level, now=db.now(), within_days=7
    )
    assert len(due) == 12
    assert due["due_on"].is_monotonic_increasing
    assert set(pd.to_datetime(due["due_on"]).dt.strftime("%Y-%m-%d")) == {"2023-01-08", "2023-01-22"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_files_tell_stages_ratings_and_urgencies_in_words(db: Database, lang: str) -> None:
    assert {f"stage_{state}" for state in PETITION_STATES} <= set(WORDS)
    open_cases = written.petitions(cases(db, "S"), lang)
    assert set(open_cases[say("status", lang)]) <= {say(f"stage_{state}", lang) for state in PETITION_STATES}
    assert set(open_cases[say("urgency", lang)]) <= {say(urgency, lang) for urgency in URGENCIES}
    cell = seen_at("S").cell
    due = db.query(
        "screens/inspections_due", region_id=cell.region_id, level=cell.level, now=db.now(), within_days=7
    )
    titles = {rating: f"<{rating}>" for rating in due["rating"]}
    assert set(written.inspections(due, titles, lang)[say("rating", lang)]) == set(titles.values())
    assert say("visit_by", lang) in written.visits(listed("visits_due", "1"), lang)


def test_numbers_stay_whole_above_the_watermark(db: Database) -> None:
    cell = seen_at("S").cell
    due = db.query(
        "screens/inspections_due", region_id=cell.region_id, level=cell.level, now=db.now(), within_days=7
    )
    file = exports.csv(written.inspections(due, {}, "zh"), Watermark("somebody", db.now())).decode(
        "utf-8-sig"
    )
    first, *_, last = file.splitlines()[1:]
    assert first.rpartition(",")[2] == str(due["days_over"].iloc[0])
    assert "somebody" in last


def test_a_road_is_found_however_many_of_its_name_lie_elsewhere(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, x, y = seen_at("1"), *at(0.5, 0.5)
    names = pd.DataFrame(
        {"name": [f"路{n}" for n in range(30)], "x": [*[-9e5] * 29, x], "y": [*[-9e5] * 29, y]}
    )
    asked = data.ask
    monkeypatch.setattr(data, "ask", lambda name, **more: names.head(more["most"])
                        if name == "base_searched" else asked(name, **more))  # fmt: skip
    assert "路29" in search.results(inside, "路")


def test_a_telephone_number_never_leaves_the_store_whole(db: Database) -> None:
    people = db.query("screens/in_charge", codes=list(CODES.values()), on_day=db.now().date())
    assert set(personal.with_people(db, people)["phone"]) == {"199****0000"}
    assert "19900000000" not in html_of(run_mine(at=CODES["1"]))


def listed(name: str, letter: str) -> pd.DataFrame:
    cell = seen_at(letter).cell
    return data.ask(name, region_id=cell.region_id, level=cell.level, now=data.database().now())


def test_visits_due_are_the_priority_targets_not_seen_this_month() -> None:
    due = listed("visits_due", "1")
    assert list(due["target_no"]) == ["K2", "K1"]
    assert set(pd.to_datetime(due["due_on"]).dt.strftime("%Y-%m-%d")) == {"2024-07-31"}
    assert listed("visits_due", "B").empty


def test_topics_are_tracked_until_they_are_handled() -> None:
    assert list(listed("topics_tracked", "P")["topic_no"]) == ["T1"]
    assert list(listed("topics_tracked", "A")["topic_no"]) == ["T1", "T2"]


def test_peers_are_cells_of_the_same_level_in_communities_of_the_same_type() -> None:
    kind, alike = mine.peers_of(seen_at("1"))
    codes = {seen_at(letter).cell.region_id: letter for letter in "12345B"}
    assert (kind, {codes[region] for region in alike}) == ("converted", set("12345"))
    assert mine.peers_of(seen_at("A")) == ("converted", {seen_at("A").cell.region_id})


def test_who_has_no_peers_is_not_compared_with_oneself() -> None:
    alone, among = seen_at("A"), seen_at("1")
    assert list(mine._beside_peers(alone).columns) == ["label", "own"]
    assert list(mine._beside_peers(among).columns) == ["label", "own", "peers"]
    rows = {letter: html_of(run_mine(at=CODES[letter])) for letter in "A1"}
    assert ("1 / 1" in rows["A"], "/ 5" in rows["1"]) == (False, True)


def test_the_page_links_to_the_board_of_the_cell() -> None:
    body = html_of(run_mine(at=CODES["P"]))
    assert f"/api/board/{CODES['P']}.pdf?paper=a1&amp;lang=zh" in body


def test_neighbours_share_a_border() -> None:
    names = {letter: [cell.code for cell in mine.neighbours(seen_at(letter))] for letter in "14A"}
    assert names["1"] == sorted([CODES["2"], CODES["4"]])
    assert set(names["4"]) == {CODES["1"], CODES["2"], CODES["5"], CODES["B"]}
    assert CODES["B"] in names["A"]


def test_the_whole_store_has_no_neighbours() -> None:
    assert mine.neighbours(seen_at("S")) == []


@pytest.mark.parametrize(
    ("words", "kind", "code"),
    [("甲社区第2", "cell", "2"), (CODES["B"], "cell", "B"), ("N0001", "petition", None),
     ("R00", "rental_building", None), ("测试", "responsibility", "1")],
)  # fmt: skip
def test_what_goes_by_a_name_or_number_is_found(
    db: Database, words: str, kind: str, code: str | None
) -> None:
    people = list(data.people_named(words))
    found = db.query("screens/search", words=words, people=people, on_day=db.now().date(), most=6)
    found = found[found["kind"] == kind]
    assert len(found)
    if code:
        assert seen_at(code).cell.region_id in set(found["region_id"])


def test_a_lake_of_the_base_map_leads_to_the_cell_it_lies_in() -> None:
    found = search.results(seen_at("S"), "样例湖")
    assert "样例湖" in found
    assert f'data-gm-go="{CODES["S"]}-U01"' in found  # nobody's land is a cell too


def test_nothing_is_found_for_nothing(db: Database) -> None:
    assert db.query("screens/search", words="  ", people=[], on_day=db.now().date(), most=6).empty
    assert "没有找到" in search.results(seen_at("S"), "哪里都没有")


def test_a_point_of_the_device_leads_into_the_cell_it_lies_in() -> None:
    app = AppTest.from_function(go_there, kwargs={"point": lonlat(0.5, 5.5)}, default_timeout=60).run()
    assert not app.exception
    assert CODES["1"] in app.query_params["at"]


def go_there(point: tuple[float, float]) -> None:
    from gridmap.ui import search

    search.here(*point)


def lonlat(column: float, line: float) -> tuple[float, float]:
    import geopandas as gpd

    x, y = at(column, line)
    point = gpd.GeoSeries.from_xy([x], [y], crs=CRS).to_crs(4326).iloc[0]
    return float(point.x), float(point.y)


def test_the_page_filters_by_urgency_in_the_address() -> None:
    every, late = html_of(run_mine(at=CODES["S"])), html_of(run_mine(at=CODES["S"], urgency="overdue"))
    assert late.count("gm-case gm-overdue") <= every.count("gm-case gm-overdue")
    assert late.count("gm-case gm-later") == 0 < every.count("gm-case gm-later")


def test_the_page_speaks_both_languages() -> None:
    body = html_of(run_mine(at=CODES["1"], lang="en"))
    for word in ("Open petitions", "People in charge", "Red-grid lead", "Neighbours", "Median of peers"):
        assert word in body
