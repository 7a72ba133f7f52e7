"""The routes beside the pages: figures, cells, tiles, faults in words; what a page brings along."""

import re
import time
from itertools import product
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from gridmap import server
from gridmap.access import OWNER, Scope, acting
from gridmap.measures import measures, stats
from gridmap.regions import map_of
from gridmap.store import Database, shared_store
from gridmap.ui import (
    base_tiles,
    data,
    facts,
    first,
    kpis,
    mine,
    panels,
    shell,
    theme,
    tiles,
    wall,
    warming,
)
from gridmap.web import framework, opening
from tests import screens_city
from tests.toy import at

_VALUES = re.compile(r'data-measure="([^"]+)" data-value="([^"]*)"')
A, BLOCK = screens_city.CODES["A"], screens_city.CODES["P"]


@pytest.fixture
def db(city: Path) -> Database:
    return shared_store(city)


@pytest.fixture
def client(on_the_city: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(opening, "SOON_S", 60.0)  # nothing has been asked for ahead
    return TestClient(Starlette(routes=server.routes()))


def features(client: TestClient, path: str, **params: str) -> list[dict[str, Any]]:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["features"])


def test_health_is_told(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"


def test_all_measures_are_listed(client: TestClient) -> None:
    assert [entry["key"] for entry in client.get("/api/measures").json()] == [
        entry.key for entry in measures()
    ]


def test_stats_over_http_are_the_stats(client: TestClient, db: Database) -> None:
    params = {
        "key": ["petition.received", "petition.close_rate"],
        "level": "community",
        "until": "2024-01-01",
    }
    rows = client.get("/api/stats", params=params).json()
    assert [row["code"] for row in rows] == stats(db, ["petition.received"], level="community")[
        "code"
    ].tolist()
    assert [row["petition.received.of"] for row in rows] == [None] * len(rows)


def test_a_measure_is_compared_with_a_year_earlier_over_http(client: TestClient) -> None:
    asked = "key=petition.received&level=community&since=2024-05-01&until=2024-06-01"
    rows = client.get(f"/api/compare?{asked}&against=previous").json()
    assert {"petition.received", "petition.received.before", "petition.received.change"} <= set(rows[0])
    assert client.get(f"/api/compare?{asked}&against=never").status_code == 400


def test_both_views_are_reconciled_over_http(client: TestClient) -> None:
    found = client.get("/api/reconcile?level=community&key=petition.on_time_close_rate").json()
    assert found["of"] == "petition"
    assert found["records"] > 0
    assert found["moved"] == sum(move["records"] for move in found["moves"])
    cells = {cell["code"]: cell for cell in found["cells"]}
    assert cells["*"]["of_then"] == cells["*"]["of_now"]


def test_holes_of_duty_hot_issues_and_faults_are_told_over_http(client: TestClient) -> None:
    holes = client.get("/api/duty?level=red_grid").json()
    assert {hole["duty"] for hole in holes} >= {"expired", "no_person"}
    assert client.get("/api/duty?level=nonsense").status_code == 400
    assert isinstance(client.get("/api/hot?level=community").json(), list)
    assert "fallback_point" in {row["check"] for row in client.get("/api/quality").json()}


def test_all_figures_of_an_area_come_at_once(client: TestClient) -> None:
    rows = client.get("/api/stats?within=440309001001&key=petition.received").json()
    assert {row["view"] for row in rows} == {"then", "now"}
    assert {row["level"] for row in rows} == {"community", "block", "red_grid"}


def test_small_cells_are_withheld_over_http_on_request(client: TestClient) -> None:
    asked = "/api/stats?key=petition.received&level=red_grid&small_cells=withheld"
    assert client.get(f"{asked}&since=2024-06-25").status_code == 400  # two such periods can be subtracted
    rows = client.get(f"{asked}&since=2024-06-01&until=2024-07-01").json()
    assert all(
        row["petition.received"] is None or row["petition.received"] not in range(1, 5) for row in rows
    )


def test_regions_over_http_are_the_polygons_to_the_millimetre(client: TestClient, db: Database) -> None:
    import geopandas as gpd

    found = gpd.GeoDataFrame.from_features(features(client, "/api/regions/red_grid.geojson"), crs=4326)
    back, whole = found.to_crs(4547), map_of(db, level="red_grid")
    assert found["code"].tolist() == whole["code"].tolist()
    assert shapely.hausdorff_distance(back.geometry.values, whole.geometry.values).max() < 0.001


def test_regions_within_a_cell(client: TestClient) -> None:
    codes = [cell["properties"]["code"] for cell in features(client, "/api/regions/block.geojson", within=A)]
    assert len(codes) == 3
    assert all(code.startswith(A) for code in codes)


def test_the_cells_of_a_view_come_painted(client: TestClient) -> None:
    cells = features(client, "/api/cells.geojson", at=BLOCK, show="measure")
    assert {len(cell["properties"]["fill"]) for cell in cells} == {4}
    assert {cell["properties"]["code"][:-1] for cell in cells} == {"44030900100100"}


def test_tiles_of_the_base_map_hold_roads_water_buildings_and_each_name_once(
    client: TestClient, tmp_path: Path
) -> None:
    found = base_features(client, tmp_path, z=14)
    assert sorted(found["area"]["kind"].unique()) == ["building", "green", "water"]
    assert set(found["line"]["kind"]) == {"road"}
    assert sorted(found["name"]["name"]) == ["样例湖", "样例路"]
    drawn = found["line"].to_crs(4547).geometry.union_all()
    assert drawn.hausdorff_distance(shapely.LineString([at(0, 3), at(12, 3)])) < 2  # a dot of z14 is 1.2 m


def test_far_away_the_base_map_leaves_out_what_would_be_a_dot(client: TestClient, tmp_path: Path) -> None:
    assert set(base_features(client, tmp_path, z=11)["area"]["kind"]) == {"green", "water"}
    assert client.get("/tiles/base/3/6/3.mvt").content == b""


def test_the_tiles_made_ahead_are_whole_zooms_from_afar_and_hold_the_land(client: TestClient) -> None:
    with acting(OWNER):
        ahead = list(base_tiles.ahead())
    assert {z for z, _, _ in ahead} == set(range(base_tiles.LEAST_ZOOM, max(z for z, _, _ in ahead) + 1))
    assert (14, *tile_of(114.0638, 22.7177, 14)) in ahead
    assert len(set(ahead)) == len(ahead)


def test_a_tile_of_the_base_map_is_kept_by_the_browser_until_there_is_another_map(client: TestClient) -> None:
    x, y = tile_of(114.0638, 22.7177, 14)
    named = client.get(f"/tiles/base/14/{x}/{y}.mvt?v={base_version()}")
    assert "immutable" in named.headers["cache-control"]
    assert client.get(f"/tiles/base/14/{x}/{y}.mvt").headers["cache-control"] == "no-cache"


def test_a_tile_holds_the_cells_it_shows_and_is_empty_elsewhere(client: TestClient) -> None:
    z, x, y = 14, *tile_of(114.0638, 22.7177, 14)
    tile = client.get(f"/tiles/red_grid/{z}/{x}/{y}.mvt")
    assert tile.headers["content-type"].startswith("application/vnd.mapbox-vector-tile")
    assert "甲社区第1红色网格".encode() in tile.content
    assert client.get(f"/tiles/red_grid/{z}/0/0.mvt").content == b""
    assert client.get("/tiles/red_grid/3/0/0.mvt").content == b""


def test_tiles_of_a_zoom_cover_the_world_once() -> None:
    west, south, _, _ = tiles.box_of(1, 0, 1)
    _, _, east, north = tiles.box_of(1, 1, 0)
    assert (west, south, east, north) == tiles.box_of(0, 0, 0)


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/api/stats?key=petition.recieved", "petition.received"),
        ("/api/stats?level=moon", "street"),
        ("/api/stats?since=yesterday", "yesterday"),
        ("/api/regions/moon.geojson", "moon"),
        ("/api/regions/block.geojson?within=nowhere", "nowhere"),
        ("/tiles/moon/1/0/0.mvt", "moon"),
        ("/tiles/base/10/2000/0.mvt", "2000"),
        ("/tiles/block/1/7/0.mvt", "1/7/0"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(client: TestClient, path: str, word: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert word in answer.json()["error"]


def test_without_a_store_the_api_says_so(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDMAP_STORE", str(tmp_path / "none"))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "gridmap init" in answer.json()["error"]


def test_the_settings_keep_everything_on_the_machine() -> None:
    settings = framework.config(port=1, address="0.0.0.0")
    assert settings["browser.gatherUsageStats"] is False
    assert settings["browser.serverAddress"] == "localhost"
    assert settings["runner.postScriptGC"] is False
    assert [
        face["url"] for face in settings["theme.fontFaces"] if not face["url"].startswith("/assets/")
    ] == []


def test_every_setting_is_one_that_the_framework_knows() -> None:
    from streamlit import config

    known = set(config._config_options_template)
    assert set(framework.config(port=1, address="127.0.0.1")) - known == set()


def base_features(client: TestClient, folder: Path, *, z: int) -> dict[str, gpd.GeoDataFrame]:
    """Return what the tiles over the city hold, by layer, as GDAL reads them."""
    city = gpd.GeoSeries([shapely.box(*at(0, 0), *at(12, 6))], crs=4547)
    west, south, east, north = city.to_crs(4326).total_bounds
    (left, top), (right, bottom) = tile_of(west, north, z), tile_of(east, south, z)
    layers: dict[str, list[gpd.GeoDataFrame]] = {}
    for x, y in product(range(left, right + 1), range(top, bottom + 1)):
        file = folder / str(z) / str(x) / f"{y}.mvt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(client.get(f"/tiles/base/{z}/{x}/{y}.mvt").content)
        for layer, _ in pyogrio.list_layers(file):
            layers.setdefault(layer, []).append(pyogrio.read_dataframe(file, layer=layer))
    return {layer: pd.concat(parts, ignore_index=True) for layer, parts in layers.items()}


def base_version() -> str:
    with acting(OWNER):
        return base_tiles.base_map().version


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Return column and row of the tile that holds a point (the usual slippy-map formula)."""
    from math import asinh, pi, radians, tan

    side = 2**z
    return int((lon + 180) / 360 * side), int((1 - asinh(tan(radians(lat))) / pi) / 2 * side)


def test_every_page_begins_with_our_shell(client: TestClient) -> None:
    for path in shell.paths():
        page = client.get(path).text
        assert "BACKEND_BASE_URL" in page
        assert '<html lang="zh-CN">' in page
        assert "modulepreload" in page.partition("DeckGlJsonChart")[0].rpartition("\n")[2]


@pytest.mark.parametrize(("page", "keys"), [("", kpis.KEYS), ("mine", mine.KEYS)])
def test_a_page_brings_the_figures_that_it_will_show(
    client: TestClient, page: str, keys: tuple[str, ...]
) -> None:
    brought = _VALUES.findall(client.get(f"/{page}").text)
    with acting(OWNER):
        shown = _VALUES.findall(panels.strip(facts.scene_at({}), keys))
    assert len(shown) == len(keys)
    assert brought == shown


def test_the_wall_brings_its_strip_without_small_cells(client: TestClient) -> None:
    brought = _VALUES.findall(client.get("/wall").text)
    with acting(OWNER):
        assert brought == _VALUES.findall(wall.strip(wall.scene_on_wall(facts.scene_at({}))))


def test_what_it_brings_stands_before_the_place_where_the_page_draws(client: TestClient) -> None:
    page = client.get("/").text
    assert page.index('id="gm-first"') < page.index('id="root"')
    assert page.count("<template") == page.count("</template>") == 1


@pytest.mark.parametrize(
    "address", ["/?at=0000", "/cells?lang=en&level=block", "/health", "/wall?theme=dark", "/desk", "/audit"]
)
def test_every_view_of_an_address_has_first_figures(client: TestClient, address: str) -> None:
    assert 'id="gm-first"' in client.get(address).text


def test_what_somebody_may_not_open_is_not_brought_along(on_the_city: Path) -> None:
    with acting(Scope("li", "viewer", None)):
        brought = [page for page in shell.PAGES if first.figures(page, {}, screen=theme.Screen())]
    assert brought == ["overview", "wall", "cells"]


def test_a_page_does_not_wait_for_figures_that_take_long(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "SOON_S", 0.05)
    monkeypatch.setattr(first, "figures", lambda *_, **__: time.sleep(0.4) or "figures too late")
    page = client.get("/").text
    assert "figures too late" not in page
    assert 'id="root"' in page


def test_figures_that_fail_leave_the_page_whole(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> str:
        raise ValueError("a fault")

    monkeypatch.setattr(data, "now", broken)
    page = client.get("/")
    assert page.status_code == 200
    assert "gm-first" not in page.text.partition("</head>")[2]


def test_the_start_page_goes_by_the_bare_address(client: TestClient) -> None:
    answer = client.get("/overview?at=1&lang=en", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "http://testserver/?at=1&lang=en")


def test_an_address_that_leads_nowhere_is_said_in_our_words(on_the_city: Path) -> None:
    client = TestClient(Starlette(routes=server.routes(), middleware=[Middleware(opening.Lost)]))
    lost = client.get("/nosuch")
    assert (lost.status_code, "没有这个页面" in lost.text) == (404, True)
    assert [client.get(path).status_code for path in ("/", "/mine", "/healthz", "/signin")] == [200] * 4


def test_the_start_page_is_asked_for_before_anybody_opens_it(
    city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDMAP_STORE", str(city))
    asked: list[object] = []
    compute = data.measures.stats

    def counted(*given: Any, **more: Any) -> pd.DataFrame:
        asked.append(given)
        return compute(*given, **more)

    monkeypatch.setattr(data.measures, "stats", counted)
    data.forget()
    warming.warm()
    first = len(asked)
    warming.warm()
    assert first > 0
    assert len(asked) == first


def test_a_store_that_is_not_there_is_left_to_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDMAP_STORE", str(tmp_path / "none"))
    warming.warm()
