"""Figures, rankings, trees and charts are worked out without a screen."""

import io
import json
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gridmap import maps
from gridmap.measures import measure_named
from gridmap.ui import charts, kpis, layout, markup, rank, theme
from gridmap.ui.exports import csv, excel, geojson
from gridmap.ui.scene import Scene, scene_of
from gridmap.ui.tree import EVERYTHING, CellTree
from gridmap.ui.view import View

#   S          street
#   A B        communities
#   P . .      block in A; B is not divided
#   1 2        red grids in P
TREE = CellTree(
    pd.DataFrame(
        [
            (1, "street", "S", "街道", None, "base"),
            (2, "community", "SA", "甲社区", 1, "base"),
            (3, "community", "SB", "乙社区", 1, "base"),
            (4, "block", "SAP", "甲一街区", 2, "base"),
            (5, "red_grid", "SAP1", "甲社区第1红色网格", 4, "base"),
            (6, "red_grid", "SAP2", "甲社区第2红色网格", 4, "base"),
        ],
        columns=["region_id", "level", "code", "name", "parent_id", "kind"],
    )
)
NOW = datetime(2026, 10, 31, 18)


def scene(**view: Any) -> Scene:
    return scene_of(View(**view), tree=TREE, now=NOW, colours=theme.LIGHT, screen=theme.Screen())


def figures(values: dict[int, float | None], key: str, of: float = np.nan) -> pd.DataFrame:
    rows = TREE.cells[TREE.cells["region_id"].isin(values)]
    value = rows["region_id"].map(values)
    return rows.assign(**{key: value, f"{key}.n": value, f"{key}.of": of})


def test_a_path_leads_from_the_top_to_the_cell() -> None:
    assert [cell.code for cell in TREE.path(TREE.at("SAP2"))] == ["S", "SA", "SAP", "SAP2"]


def test_a_cell_is_within_all_cells_above_it() -> None:
    for code in ("S", "SA", "SAP"):
        assert [cell.code for cell in TREE.within(TREE.at(code), "red_grid")] == ["SAP1", "SAP2"]
    assert TREE.within(TREE.at("SB"), "red_grid") == []


def test_several_tops_make_the_whole_store_the_top() -> None:
    two = CellTree(pd.concat([TREE.cells, TREE.cells.head(1).assign(region_id=9, code="T")]))
    assert two.top == EVERYTHING
    assert [cell.code for cell in two.children(two.top)] == ["S", "T"]
    assert [cell.code for cell in two.path(two.at("SA"))] == ["", "S", "SA"]


def test_an_empty_store_has_only_everything() -> None:
    empty = CellTree(TREE.cells.head(0))
    assert empty.top == empty.at("S") == EVERYTHING
    assert empty.children(EVERYTHING) == []


@pytest.mark.parametrize(
    ("at", "level", "around", "drawn"),
    [
        ("", "", "S", "community"),
        ("", "red_grid", "S", "red_grid"),
        ("SA", "", "SA", "block"),
        ("SA", "street", "SA", "block"),
        ("SAP1", "", "SAP", "red_grid"),
        ("SB", "", "S", "community"),
    ],
)
def test_the_level_drawn_is_the_next_one_down_unless_chosen(
    at: str, level: str, around: str, drawn: str
) -> None:
    found = scene(at=at, level=level)
    assert (found.around.code, found.level) == (around, drawn)


def test_a_past_period_is_drawn_in_its_own_boundaries_unless_restated() -> None:
    past = {
        "period": "custom",
        "since": NOW.date().replace(year=2024),
        "until": NOW.date().replace(year=2025),
    }
    assert scene(**past).day == past["until"]
    assert scene(**past, boundaries="now").day == NOW.date()


def test_the_highest_value_has_the_first_rank_and_equal_values_share_one() -> None:
    rows = figures({4: 1, 5: 7, 6: 7}, "petition.received")
    ranked = rank.ranked(rows, measure_named("petition.received"), fewest=5)
    assert list(zip(ranked["code"], ranked["rank"], strict=True)) == [("SAP1", 1), ("SAP2", 1), ("SAP", 3)]


def test_rates_of_too_few_cases_are_not_ranked() -> None:
    rows = figures({5: 0.5, 6: 1.0}, "petition.close_rate").assign(**{"petition.close_rate.of": [10, 2]})
    ranked = rank.ranked(rows, measure_named("petition.close_rate"), fewest=5)
    assert ranked["code"].tolist() == ["SAP1", "SAP2"]
    assert ranked["rank"].isna().tolist() == [False, True]


def test_cells_that_are_no_more_stay_in_the_list_of_their_parent() -> None:
    rows = figures({5: 3, 6: 4}, "petition.received")
    gone = rows.head(1).assign(region_id=99, code="SAP0", name="旧网格")
    elsewhere = gone.assign(region_id=98, parent_id=77)
    found = rank.cells_in(scene(at="SAP"), pd.concat([rows, gone, elsewhere]))
    assert found["code"].tolist() == ["SAP1", "SAP2", "SAP0"]
    assert found["retired"].tolist() == [False, False, True]


def test_shares_of_a_count_add_up_to_the_whole() -> None:
    rows = rank.ranked(
        figures({5: 3, 6: 1}, "petition.received"), measure_named("petition.received"), fewest=5
    )
    classes = maps.classify(rows["petition.received"])
    written = rank.rank_rows(
        rows.assign(retired=False), measure_named("petition.received"), classes, scene(at="SAP")
    )
    assert [row.detail for row in written] == ["75.0 %", "25.0 %"]


def test_a_change_for_the_worse_is_told_apart_from_one_for_the_better() -> None:
    now, before = row(overdue=12.0, close_rate=0.9), row(overdue=10.0, close_rate=0.8)
    cards = {card.key: card for card in kpis.cards(now, before, preset="30d", lang="zh")}
    assert (cards["petition.overdue"].change, cards["petition.overdue"].mood) == ("较上期 +20.0 %", "bad")
    assert (cards["petition.close_rate"].change, cards["petition.close_rate"].mood) == (
        "较上期 +10.0 个百分点",
        "good",
    )


def test_nothing_to_compare_with_is_said() -> None:
    (card,) = [
        card
        for card in kpis.cards(row(open=3.0), None, preset="all", lang="en")
        if card.key == "petition.open"
    ]
    assert card.change == "no earlier period"


def test_land_is_written_in_square_kilometres() -> None:
    measure = measure_named("land.coverage")
    assert kpis.parts({"land.coverage.n": 2e6, "land.coverage.of": 3.5e6}, measure) == "2.00 / 3.50 km²"


def test_a_median_says_of_how_many_not_a_fraction_of_itself() -> None:
    key = "petition.median_handling_days"
    now = {key: 3.6, f"{key}.n": 3971.0, f"{key}.of": 3971.0}
    assert kpis.parts(now, measure_named(key)) == "n = 3,971"
    (card,) = kpis.cards(now, None, preset="30d", lang="zh", keys=(key,))
    assert ("样本", "n = 3,971") in card.help


def test_names_from_files_are_text_and_never_markup() -> None:
    bad = markup.Rank("1", '"><script>', "<b>甲</b>", "1", "1.0", "", None, "red")
    drawn = markup.ranking([bad], heads=["<i>"], empty="")
    assert "<script>" not in drawn
    assert "<b>" not in drawn
    assert "<i>" not in drawn


def test_bars_filter_by_what_they_show_and_the_rest_steps_back() -> None:
    drawn = markup.filter_bars(
        [("<甲>", "<甲>", 4.0), ("乙", "乙", 2.0), ("", "其他", 1.0)], chosen=["乙"], rest="faint"
    )
    assert "<甲>" not in drawn
    assert drawn.count("data-gm-filter") == 2
    assert 'data-gm-filter="乙" role="button" tabindex="0" aria-pressed="true"' in drawn
    assert drawn.count("gm-fbar faint") == 2
    assert "width:50.0%" in drawn


def test_what_is_empty_says_so() -> None:
    assert "nothing" in markup.ranking([], heads=[], empty="nothing")
    assert "nothing" in markup.table(["a"], [], empty="nothing")


def test_charts_are_plain_json() -> None:
    steps = pd.DataFrame({"label": ["2026-10"], "received": [3], "closed": [2], "due": [0], "on_time": [0]})
    parts = pd.DataFrame({"label": ["a"], "n": [2.0], "colour": ["#123456"]})
    options = [
        charts.trend(steps, lang="zh", colours=theme.DARK, screen=theme.Screen()),
        charts.shares(parts, colours=theme.LIGHT, screen=theme.Screen(), middle="2"),
    ]
    assert json.loads(json.dumps(options, allow_nan=False)) == options


def test_parts_stand_with_their_number_and_their_months() -> None:
    drawn = markup.kinds([("<b>", "1,475", (1.0, float("nan"), 2.0)), ("rest", "9", ())])
    assert "&lt;b&gt;" in drawn
    assert ["height:50%" in drawn, "height:0%" in drawn, "height:100%" in drawn] == [True] * 3
    assert drawn.count("gm-spark") == 1


def test_a_step_with_nothing_due_has_no_rate() -> None:
    steps = pd.DataFrame(
        {"label": ["a", "b"], "received": [3, 3], "closed": [2, 2], "due": [0, 4], "on_time": [0, 3]}
    )
    option = charts.trend(steps, lang="zh", colours=theme.LIGHT, screen=theme.Screen())
    assert option["series"][2]["data"] == [None, 75.0]


def test_a_wall_is_drawn_twice_as_large() -> None:
    assert (theme.Screen(3840, 2160).scale, theme.Screen(1920, 1080).scale) == (2.0, 1.0)
    desk, wall = layout.overview(theme.Screen(1920, 1080)), layout.overview(theme.Screen(3840, 2160))
    assert wall.map_px == 2 * desk.map_px


def test_exported_tables_open_in_a_spreadsheet_and_run_nothing_there() -> None:
    text = csv(pd.DataFrame({"name": ["甲", "=cmd()"], "n": [1, 2]}))
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.decode("utf-8-sig").splitlines() == ["name,n", "甲,1", "'=cmd(),2"]


def test_a_workbook_holds_the_same_rows() -> None:
    frame = pd.DataFrame({"名称": ["甲", "=cmd()"], "n": [1, 2]})
    read = pd.read_excel(io.BytesIO(excel(frame)))
    assert read["名称"].tolist() == ["甲", "'=cmd()"]
    assert read["n"].tolist() == [1, 2]


def test_places_go_out_in_degrees_and_rows_without_one_stay() -> None:
    frame = pd.DataFrame({"name": ["甲", "乙"], "at": [pd.Timestamp("2026-01-02 03:04"), pd.NaT]})
    x, y = pd.Series([506163.967, np.nan]), pd.Series([2513531.049, np.nan])
    first, second = json.loads(geojson(frame, x, y, crs="EPSG:4547"))["features"]
    assert first["geometry"]["coordinates"] == pytest.approx([114.06, 22.72], abs=1e-7)
    assert first["properties"] == {"name": "甲", "at": "2026-01-02T03:04:00"}
    assert (second["geometry"], second["properties"]["at"]) == (None, None)


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_letters_stand_out_from_what_is_behind_them(colours: theme.Palette) -> None:
    on_card = [(letters, colours.card) for letters in (colours.text, colours.soft, colours.bad, colours.good)]
    pairs = [*on_card, (colours.notice_text, colours.notice), (colours.soft, colours.page)]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


def row(**values: float) -> dict[str, float]:
    return {f"petition.{name}": value for name, value in values.items()}


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1.4.3."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = np.array(maps.rgba(colour)[:3]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
