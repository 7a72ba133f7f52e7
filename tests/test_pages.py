"""The pages run from the entry script to the last card, on the small city of screens_city."""

import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from gridmap.measures import measures, stats
from gridmap.store import Database, shared_store
from gridmap.ui import data, kpis
from gridmap.ui.words import say
from tests import screens_city

APP = Path(__file__).parent.parent / "app.py"
A, B, BLOCK, GRID = (screens_city.CODES[letter] for letter in "ABP1")

pytestmark = pytest.mark.usefixtures("on_the_city")


@pytest.fixture
def db(city: Path) -> Database:
    return shared_store(city)


def page(name: str = "", **params: str) -> AppTest:
    """Run the app on a page with a view in the address."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    if name:
        app.switch_page(f"gridmap/pages/{name}.py").run()
    assert not app.exception, app.exception[0].value
    return app


def address(app: AppTest) -> dict[str, str]:
    """Return the parameters of the address, each as one text."""
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def html_of(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def deck_of(app: AppTest) -> dict[str, Any]:
    return orjson.loads(app.get("deck_gl_json_chart")[0].proto.json)


def cells_of(app: AppTest) -> list[dict[str, Any]]:
    layers = [layer for layer in deck_of(app)["layers"] if layer["id"].startswith("cells-")]
    return [feature["properties"] for feature in layers[0]["data"]["features"]]


@pytest.mark.parametrize("name", ["", "cells", "health"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_says_that_the_data_are_synthetic(name: str, lang: str) -> None:
    assert say("synthetic", lang) in html_of(page(name, lang=lang))


def test_the_key_figures_are_the_measures(db: Database) -> None:
    body = html_of(page(period="all"))
    row = stats(db, kpis.KEYS, level="street").iloc[0]
    assert [
        key for key in kpis.KEYS if f'data-measure="{key}" data-value="{float(row[key])!r}"' not in body
    ] == []


def test_every_key_figure_is_defined_on_hover(db: Database) -> None:
    body = html_of(page(period="all"))
    row = stats(db, ["petition.on_time_close_rate"], level="street").iloc[0]
    parts = f"{row['petition.on_time_close_rate.n']:,.0f} / {row['petition.on_time_close_rate.of']:,.0f}"
    assert body.count('role="tooltip"') == len(kpis.KEYS)
    assert parts in body
    assert "按期结案数 ÷ 应结案数" in body


def test_the_top_is_the_only_street_and_shows_its_communities() -> None:
    assert {cell["code"] for cell in cells_of(page())} == {A, B, "440309001-U01"}


def test_a_cell_in_the_address_shows_what_is_inside_it() -> None:
    assert {cell["code"] for cell in cells_of(page(at=BLOCK))} == {f"44030900100100{n}" for n in "123"}


def test_a_lowest_cell_is_shown_among_its_neighbours() -> None:
    assert {cell["code"] for cell in cells_of(page(at=GRID))} == {f"44030900100100{n}" for n in "123"}


def test_the_list_leads_down_and_the_breadcrumbs_lead_up() -> None:
    app = page()
    app.selectbox(key="gm_go").select(A).run()
    assert address(app)["at"] == A
    app.selectbox(key="gm_go").select(BLOCK).run()
    assert address(app)["at"] == BLOCK
    crumbs = [button for button in app.button if str(button.key).startswith("gm_crumb_")]
    assert [button.label for button in crumbs] == ["样例街道", "甲社区"]
    crumbs[0].click().run()
    assert address(app)["at"] == screens_city.CODES["S"]


def test_one_click_reconciles_both_boundary_views_of_the_measure(db: Database) -> None:
    app = page(at=A, measure="petition.on_time_close_rate", period="all")
    assert say("in_no_cell", "zh") not in html_of(app)
    app.button(key="gm_reconcile").click().run()
    assert not app.exception
    assert say("nothing_moved", "zh") in html_of(app)
    assert say("in_no_cell", "zh") in html_of(app)
    assert say("versus_last_year", "zh") not in html_of(app), "all time has no year before"


@pytest.mark.parametrize("key", ["building.by_rating", "land.coverage", "petition.close_rate"])
def test_every_measure_is_reconciled_one_click_away_and_compared_where_it_has_one_value(
    db: Database, key: str
) -> None:
    app = page(at=A, period="30d")
    app.session_state["gm_reconcile_measure"] = key  # a choice in a dialog draws the dialog alone
    app.button(key="gm_reconcile").click().run()
    assert not app.exception
    assert len(app.selectbox(key="gm_reconcile_measure").options) == len(measures())
    drawn = html_of(app)
    assert say("everything", "zh") in drawn
    compared = [say(name, "zh") in drawn for name in ("versus_previous", "versus_last_year")]
    assert compared == [key != "building.by_rating"] * 2


def test_one_click_shows_moves_between_ratings_risk_and_overdue_inspections(db: Database) -> None:
    app = page(at=A, period="all")
    app.button(key="gm_ratings_open").click().run()
    assert not app.exception
    drawn = html_of(app)
    assert all(say(name, "zh") in drawn for name in ("rating_flows", "risk_by_cell", "overdue_inspections"))
    assert "R00" in drawn  # banned, and never inspected


def test_the_ranking_lists_the_cells_on_the_map_with_the_figures_of_the_measure(db: Database) -> None:
    body = html_of(page(period="all", at=A, measure="petition.received"))
    rows = stats(db, ["petition.received"], level="block")
    inside = rows[rows["parent_id"] == parent_of(db, BLOCK)]
    assert len(inside) == 3
    for row in inside.to_dict("records"):
        assert f'data-gm-go="{row["code"]}" data-value="{row["petition.received"]!r}"' in body


def test_the_map_carries_no_base_map_of_others() -> None:
    spec = deck_of(page())
    assert spec.get("mapProvider") is None
    assert "http" not in orjson.dumps(spec).decode()


def test_heat_is_a_picture_under_cells_that_can_still_be_clicked() -> None:
    spec = deck_of(page(show="heat"))
    kinds = [layer["@@type"] for layer in spec["layers"]]
    assert "BitmapLayer" in kinds
    assert kinds.index("BitmapLayer") < max(at for at, kind in enumerate(kinds) if kind == "GeoJsonLayer")
    assert [layer["pickable"] for layer in spec["layers"] if layer["id"].startswith("cells-")] == [True]


def test_the_coverage_map_shows_leaves_of_every_level_and_their_share_of_the_land() -> None:
    app = page(show="coverage")
    assert len(cells_of(app)) == 8
    body = html_of(app)
    assert say("expired", "zh") in body
    assert "55.6 %" in body  # grid 1 and community B: 8 + 32 of 72 squares


def test_the_search_box_stands_on_the_overview_and_leads_to_cells() -> None:
    app = page()
    app.text_input(key="gm_search").input("第2红色").run()
    assert f'data-gm-go="{screens_city.CODES["2"]}"' in html_of(app)


def test_categories_filter_the_figures(db: Database) -> None:
    body = html_of(page(period="all", categories="交通运输"))
    row = stats(db, ["petition.received"], level="street", categories=["交通运输"]).iloc[0]
    assert f'data-measure="petition.received" data-value="{float(row["petition.received"])!r}"' in body


def test_a_filter_changes_the_address() -> None:
    app = page()
    app.button_group(key="gm_period").set_value("90d").run()
    assert address(app)["period"] == "90d"


def test_an_address_that_makes_no_sense_shows_the_usual_view() -> None:
    app = page(at="nowhere", show="x", measure="y", period="z", level="moon", boundaries="later")
    assert {cell["code"] for cell in cells_of(app)} == {A, B, "440309001-U01"}


def test_the_language_switch_leaves_no_chinese_word_of_ours() -> None:
    app = page()
    app.button(key="gm_language").click().run()
    assert address(app)["lang"] == "en"
    body = html_of(app)
    assert "Petitions received" in body
    assert "受理诉求" not in body


def test_the_table_has_the_measures_asked_for(db: Database) -> None:
    app = page("cells", period="all", level="red_grid", columns="petition.received")
    table = app.dataframe[0].value
    rows = stats(db, ["petition.received"], level="red_grid")
    assert table.set_index("code")["petition.received"].to_dict() == dict(
        zip(rows["code"], rows["petition.received"], strict=True)
    )


def test_data_health_counts_what_was_set_aside_and_shows_no_content() -> None:
    body = html_of(page("health"))
    assert say("rows_set_aside", "zh") in body
    assert "日期无法识别" in body
    assert "不详" not in body
    assert "坐标为 0,0，且未注明地名" in body
    assert "无主土地" in body


def test_the_version_of_the_store_is_looked_at_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    look = data._version_now

    def looked() -> str:
        looks.append(time.monotonic())
        return look()

    monkeypatch.setattr(data, "_version_now", looked)
    began = time.monotonic()
    page()
    assert 1 <= len(looks) <= 1 + time.monotonic() - began


def test_an_empty_store_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gridmap.loading.founding import found

    found(tmp_path / "new", crs="EPSG:4547")
    monkeypatch.setenv("GRIDMAP_STORE", str(tmp_path / "new"))
    assert "gridmap demo" in html_of(page())


def test_a_missing_store_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_STORE", str(tmp_path / "none"))
    assert "gridmap init" in html_of(page())


def parent_of(db: Database, code: str) -> int:
    rows = stats(db, ["petition.received"], level="block")
    return int(rows.set_index("code").loc[code, "parent_id"])
