"""The wall goes round its scenes by the clock, fills any screen, and shows aggregates only."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import orjson
import pytest
from streamlit.testing.v1 import AppTest

from gridmap import maps
from gridmap.periods import Period
from gridmap.ui import data, facts, film, ground, shell, wall
from gridmap.ui import scene as scenes
from gridmap.ui.scene import Scene
from gridmap.ui.theme import DARK, Screen
from gridmap.ui.view import View, from_params
from tests.screens_city import CODES

APP = Path(__file__).parent.parent / "app.py"
#: Layers that would show single places.
OF_POINTS = {"ScatterplotLayer", "HeatmapLayer", "IconLayer", "PointCloudLayer", "GridLayer", "HexagonLayer"}

pytestmark = pytest.mark.usefixtures("on_the_city")


def on_screen(width: int = 1920, height: int = 1080, **view: object) -> Scene:
    now = data.database().now()
    seen = View(**{"period": "all", **view})  # type: ignore[arg-type]
    tree = data.tree(scenes.day_of(seen, now))
    made = scenes.scene_of(seen, tree=tree, now=now, colours=DARK, screen=Screen(width, height))
    return wall.scene_on_wall(made)


def run_wall(**params: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    app.switch_page("gridmap/pages/wall.py").run()
    assert not app.exception, app.exception[0].value
    return app


def test_two_walls_show_the_same_scene_at_the_same_moment() -> None:
    scene = on_screen(scenes=("heat", "late", "risk"), rotate=10)
    shown = [wall.shown_scene(scene, at_s=second) for second in range(0, 60, 5)]
    assert shown == [name for name in ("heat", "late", "risk") * 2 for _ in range(2)]


def test_a_wall_shows_the_last_days_of_communities_and_a_month_that_is_over_of_grids() -> None:
    today = data.now().date()
    live, inside = on_screen(), on_screen(at=CODES["A"])
    chosen = on_screen(period="custom", since=date(2023, 2, 14))
    assert (live.is_running, live.period.until) == (True, today + timedelta(days=1))
    assert facts.figures(live, ("petition.received",))["petition.received"].notna().any()
    assert inside.period.until == today.replace(day=1)
    assert (chosen.period.since, chosen.period.until) == (date(2023, 2, 1), date(2023, 3, 1))
    assert all(month.until <= live.period.since for month in facts.months_before(live))


def test_a_wall_without_a_round_stays_with_its_first_scene() -> None:
    scene = on_screen(scenes=("risk", "heat"), rotate=0)
    assert {wall.shown_scene(scene, at_s=second) for second in range(100)} == {"risk"}


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("1", 5), ("30", 30), ("99999", 20), ("-3", 20), ("x", 20)]
)
def test_a_scene_stays_between_five_seconds_and_an_hour_or_for_good(text: str, seconds: int) -> None:
    assert from_params({"rotate": [text]}).rotate == seconds


def test_letters_grow_with_the_wall_but_not_with_a_panorama() -> None:
    desk, wide, large = on_screen().screen, on_screen(5760, 1080).screen, on_screen(3840, 2160).screen
    assert large.scale == pytest.approx(2 * desk.scale)
    assert wide.scale == pytest.approx(desk.scale)


@pytest.mark.parametrize("name", ["heat", "late", "load", "coverage", "risk", "film"])
def test_no_scene_shows_a_single_place(name: str) -> None:
    app = run_wall(scenes=name, rotate="0", period="all")
    spec = orjson.loads(app.get("deck_gl_json_chart")[0].proto.json)
    assert {layer["@@type"] for layer in spec["layers"]} & OF_POINTS == set()
    assert spec.get("mapProvider") is None


def test_squares_with_few_petitions_are_left_out_of_the_heat_of_the_wall() -> None:
    scene = on_screen()
    every, n_every = ground.heat(scene.around, period=Period(), categories=(), dark=True)
    many, n_many = ground.heat(scene.around, period=Period(), categories=(), dark=True, bin_m=100, fewest=6)
    assert every is not None
    assert many is not None
    assert 0 < n_many < n_every


def test_a_wall_withholds_what_is_small_and_what_would_give_it_away() -> None:
    scene = on_screen(level="red_grid")
    counts = film._counts(scene)
    assert not scene.sees_small_cells
    assert counts.isna().any().any()
    assert counts.fillna(0).isin([0, *range(5, 100)]).all().all()
    steps = facts.trend_steps(scene)
    assert not steps[["received", "closed", "due", "on_time"]].isin(range(1, 5)).any().any()


def test_all_pictures_of_the_film_have_one_scale_and_add_up() -> None:
    scene = replace(on_screen(), sees_small_cells=True)
    steps = film.steps(scene)
    legends = {text_of(film.frame(scene, step).picture.legend) for step in steps}
    counts = film._counts(scene)
    assert len(steps) > 3
    assert len(legends) == 1
    assert film.frame(scene, steps[-1], summed=True).title.endswith(steps[-1])
    assert (
        counts.to_numpy().sum()
        == data.figures(
            ("petition.received",), level="community", period=scene.period, boundaries="then", categories=()
        )["petition.received"].sum()
    )


def test_a_scale_keeps_its_edges_when_cells_are_counted_anew() -> None:
    classes = maps.classify([1, 2, 3, 4, 5, 6, 7, 8])
    other = maps.recounted([1, 1, 1, float("nan")], classes)
    assert (other.edges, other.colours) == (classes.edges, classes.colours)
    assert (sum(other.counts), other.missing) == (3, 1)


def test_the_way_back_keeps_cell_and_days_and_leaves_the_round_behind() -> None:
    live = on_screen(scenes=("heat",), rotate=0)
    month = on_screen(scenes=("heat",), rotate=0, period="custom", since=date(2024, 6, 14))
    ways = [wall._overview(replace(scene, view=replace(scene.view, at="S"))) for scene in (live, month)]
    assert ways == ["/?at=S&period=30d", "/?at=S&period=custom&since=2024-06-01&until=2024-06-30"]


def test_a_wall_filters_by_no_category_and_draws_trends_of_months_that_are_over() -> None:
    scene = on_screen(categories=("noise",))
    assert scene.view.categories == ()
    assert [f"{month.since:%m}" for month in facts.months(scene)][-2:] == ["05", "06"]


@pytest.mark.parametrize("field", ["channel", "category"])
def test_what_is_known_of_channels_and_categories_by_month_is_no_more_than_was_received(
    field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for least in ("5", "1"):
        monkeypatch.setenv("GRIDMAP_SMALL_CELLS", least)
        scene = wall.scene_on_wall(on_screen())
        past = facts.shares_by_month(scene, field)
        assert {len(row) for row in past.values()} <= {len(facts.months(scene))}
        drawn = wall._kinds(scene, field)
        named = facts.shares(scene, field, shown=5)
        assert all(str(label) in drawn for label in named["label"])
        for step, month in enumerate(facts.months(scene)):
            rows = data.figures(("petition.received",), level="every", period=month, boundaries="then",
                                categories=(), sees_small_cells=False)  # fmt: skip
            own = rows.loc[rows["region_id"] == scene.cell.region_id, "petition.received"].sum()
            assert np.nansum([row[step] for row in past.values()]) <= own
    assert past or field == "channel"


def test_letters_are_as_large_as_a_screen_wants_before_anything_is_drawn() -> None:
    head = shell.html("zh").partition("</head>")[0]
    rules = re.findall(r"min-width:(\d+)px\) and \(min-height:(\d+)px\)\{html\{font-size:([\d.]+)px", head)
    sizes = {Screen(int(width), int(height)).scale * 16: float(size) for width, height, size in rules}
    assert sizes == {20.8: 20.8, 32.0: 32.0}


def text_of(legend: str) -> str:
    """Return a legend without its numbers of cells, which differ from picture to picture."""
    return "".join(part.partition("<b>")[0] for part in legend.split("</b>"))
