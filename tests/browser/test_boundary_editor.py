"""The boundary editor with mouse, finger and keys alone; the draft in the store is asked each time."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from gridmap import versions
from gridmap.editing import drafts
from gridmap.store import Database, open_store
from tests.browser.conftest import settle
from tests.screens_city import CODES, NAMES
from tests.toy import at

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
ONE, TWO, FOUR, FIVE = (CODES[letter] for letter in "1245")
EDITOR = "document.querySelector('[data-ready]').gmAtWork"
#: Where a place in metres lies on the screen.
ON_SCREEN = f"""([x, y]) => {{
  const editor = {EDITOR}, box = editor.stage.getBoundingClientRect();
  const at = [y * 1000 - editor.origin[1], x * 1000 - editor.origin[0]].map((mm) => mm / 1000);
  const point = editor.map.latLngToContainerPoint(at);
  return [point.x + box.left, point.y + box.top];
}}"""


@pytest.fixture
def drafted(visit: Visit) -> Callable[..., Page]:
    """Begin a draft through the form of the desk and open it."""

    def begin(name: str, **size: Any) -> Page:
        page = visit("/desk?period=all", **size)
        page.set_default_timeout(20_000)
        page.get_by_label("标题").fill(name)
        page.get_by_label("代号").fill(name)
        page.get_by_role("button", name="开始", exact=True).click()
        wait_ready(page)
        return page

    return begin


def wait_ready(page: Page) -> None:
    page.wait_for_selector("[data-ready]", state="attached")
    page.wait_for_selector("[data-ground]", state="attached")
    settle(page)


def ask(page: Page, script: str) -> Any:
    return page.evaluate(f"(() => {{ const editor = {EDITOR}; return {script}; }})()")


def screen(page: Page, column: float, line: float) -> tuple[float, float]:
    x, y = page.evaluate(ON_SCREEN, list(at(column, line)))
    return x, y


def click(page: Page, column: float, line: float) -> None:
    page.mouse.click(*screen(page, column, line))


def drag(page: Page, *places: tuple[float, float], hold: Callable[[], None] = lambda: None) -> None:
    """Press at the first place, go through the others, let go at the last; `hold` looks before letting go."""
    page.mouse.move(*screen(page, *places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*screen(page, *place), steps=4)
    hold()
    page.mouse.up()


def answered(page: Page, revision: int) -> None:
    page.wait_for_function(f"{EDITOR}.revision >= {revision} && !{EDITOR}.waiting")
    assert ask(page, "editor.root.dataset.refused || ''") == ""


def refused(page: Page) -> Locator:
    page.wait_for_function(f"{EDITOR}.callout && !{EDITOR}.waiting")
    return page.locator(".gm-ed-refused")


def in_store(store: Path, look: Callable[[Database], Any]) -> Any:
    """Look into a copy of the store's files as they lie on the disk beside the running server."""
    with TemporaryDirectory() as folder:
        copy = shutil.copytree(store, Path(folder) / "store")
        database = open_store(copy)
        try:
            return look(database)
        finally:
            database.close()


def steps(store: Path, draft: str) -> list[str]:
    return [step.said.split()[0] for step in in_store(store, lambda db: drafts.steps(db, draft))]


def test_every_operation_by_mouse_reaches_the_draft(drafted: Callable[..., Page], store: Path) -> None:
    page = drafted("by mouse")
    click(page, 1, 5)
    assert ask(page, "editor.selected") == ONE

    lifted: list[str] = []
    drag(page, (2, 4), (2.3, 4.3), hold=lambda: lifted.extend(ask(page, "[...editor.lifted.keys()].sort()")))
    answered(page, 1)
    assert lifted == [ONE, TWO]
    drag(page, (1.3, 3), (1.3, 3.3))  # the whole border: its end on the outer border stays
    answered(page, 2)
    page.keyboard.press("Control+z")
    answered(page, 3)
    page.keyboard.press("Control+y")
    answered(page, 4)

    click(page, 4.5, 4.5)
    page.keyboard.press("s")
    for place in ((2.9, 4.4), (4.5, 4.6)):
        click(page, *place)
    page.mouse.dblclick(*screen(page, 6.1, 4.4))
    answered(page, 5)
    ring = [(3 + 0.5 * math.cos(k * math.pi / 6), 2 + 0.5 * math.sin(k * math.pi / 6)) for k in range(13)]
    page.keyboard.press("v")
    click(page, 4.5, 2)
    assert ask(page, "editor.selected") == FIVE
    page.keyboard.press("t")
    drag(page, *ring)
    answered(page, 6)

    page.keyboard.press("v")
    click(page, 1, 5)
    page.keyboard.press("m")
    click(page, 1.5, 2.5)
    answered(page, 7)
    assert ask(page, f"editor.coverage.cells.has('{TWO}')") is False
    assert steps(store, "by mouse") == [
        "move_vertex",
        "move_edge",
        "undo",
        "redo",
        "split",
        "transfer",
        "merge",
    ]


def test_a_refused_edit_is_explained_where_it_happened_and_nothing_moves(
    drafted: Callable[..., Page], store: Path
) -> None:
    page = drafted("refused")
    click(page, 4.5, 4.5)
    before = ask(page, f"JSON.stringify(editor.coverage.cells.get('{FOUR}').rings)")
    drag(page, (6, 6), (5.7, 5.7))
    said = refused(page)
    box, (x, y) = said.bounding_box(), screen(page, 5.85, 5.85)
    assert said.get_attribute("data-reason") in ("outline", "locked_border")
    assert box
    assert math.dist((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), (x, y)) < 200
    assert ask(page, f"JSON.stringify(editor.coverage.cells.get('{FOUR}').rings)") == before
    assert ask(page, "editor.lifted.size") == 0
    assert steps(store, "refused") == []


def cursor(page: Page) -> tuple[float, float]:
    """Return where the crosshair is, in squares."""
    x, y = ask(
        page, "[editor.keyboard.cursor.x + editor.origin[0], editor.keyboard.cursor.y + editor.origin[1]]"
    )
    west, south = at(0, 0)
    return (x / 1000 - west) / 100, (y / 1000 - south) / 100


def walk(page: Page, column: float, line: float) -> None:
    """Walk the crosshair with the arrows to within a few dots of a place."""
    near = ask(page, "8 * editor.unit") / 100_000
    for axis, goal in enumerate((column, line)):
        less, more = (("ArrowLeft", "ArrowRight"), ("ArrowDown", "ArrowUp"))[axis]
        while abs(away := goal - cursor(page)[axis]) > near:
            page.keyboard.press(more if away > 0 else less)


def tread(page: Page, *places: tuple[float, float]) -> None:
    """Set a point with the keys at every place, and finish."""
    for place in places:
        walk(page, *place)
        page.keyboard.press("Space")
    page.keyboard.press("Enter")


def test_keys_alone_do_everything(drafted: Callable[..., Page], store: Path) -> None:
    page = drafted("by keys")
    press = page.keyboard.press
    page.locator(".gm-ed-map").focus()
    while ask(page, "editor.selected") != ONE:
        press("n")
    press("c")
    while cursor(page) != (2, 4):
        press("c")
    for key in ("Space", "ArrowUp", "ArrowUp", "ArrowUp", "Enter"):
        press(key)
    answered(page, 1)
    press("s")
    tread(page, (-0.1, 5.2), (3.1, 5.2))
    answered(page, 2)
    for key in ("Escape", "m", "n"):
        press(key)
    other = ask(page, "editor.tool.other")
    press("Space")
    answered(page, 3)
    assert ask(page, f"editor.coverage.cells.has('{other}')") is False
    press("Control+z")
    answered(page, 4)
    press("t")
    tread(page, (2.8, 4.9), (3.4, 4.9), (3.4, 4.6), (2.8, 4.6))
    answered(page, 5)
    assert steps(store, "by keys") == ["move_vertex", "split", "merge", "undo", "transfer"]


def test_a_finger_edits_and_the_view_is_kept(drafted: Callable[..., Page], store: Path) -> None:
    page = drafted("by touch")
    ask(page, f"void editor.show('{ONE}', false)")
    click(page, 1, 5)
    finger = page.context.new_cdp_session(page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [dict(zip("xy", screen(page, *place), strict=True)) for place in places]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (2.03, 3.97))  # a finger is less exact than a mouse
    for step in range(1, 6):
        touch("touchMove", (2.03 + 0.05 * step, 3.97 + 0.05 * step))
    touch("touchEnd")
    answered(page, 1)

    view = "[editor.map.getZoom(), editor.map.getCenter().lat, editor.map.getCenter().lng, editor.selected]"
    before = ask(page, view)
    page.get_by_text("步骤", exact=True).click()
    settle(page)
    assert ask(page, view) == before
    page.reload()
    wait_ready(page)
    assert ask(page, view)[:3] == pytest.approx(before[:3], abs=1)  # the map stands on whole dots
    assert ask(page, view)[3] == before[3]
    assert steps(store, "by touch") == ["move_vertex"]


def test_two_planners_see_each_other_and_are_told_of_a_conflict(
    drafted: Callable[..., Page], visit: Visit
) -> None:
    first = drafted("together")
    second = visit("/desk?draft=together&period=all")
    wait_ready(second)
    ask(second, "clearInterval(editor.clock)")
    for page, corner in ((first, (2.3, 4.3)), (second, (1.7, 3.7))):
        click(page, 1, 5)
        drag(page, (2, 4), corner)
        if page is first:
            answered(page, 1)
    assert refused(second).get_attribute("data-reason") == "stale_base"
    assert ask(second, "editor.revision") == 1
    shown = "JSON.stringify(editor.coverage.cells.get(editor.selected).rings)"
    assert ask(second, shown) == ask(first, shown)
    second.keyboard.press("Control+z")
    answered(second, 2)
    answered(first, 2)  # it looks for itself every few seconds


def test_a_draft_is_checked_and_published_from_the_desk(drafted: Callable[..., Page], store: Path) -> None:
    page = drafted("to publish")
    click(page, 4.5, 2)
    page.locator("[data-do=rename]").click()
    page.locator(".gm-ed-form input[name=name]").fill("甲社区东片")
    page.keyboard.press("Enter")
    answered(page, 1)
    page.get_by_text("校验与发布").click()
    page.get_by_label("批准人").fill("陈主任")
    page.get_by_label("批准文号").fill("2024-17")
    page.get_by_role("button", name="校验（不发布）").click()
    page.wait_for_selector(".gm-check[data-check=certificate][data-verdict=pass]")
    page.get_by_text("我已核对校验结果").click()
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_text("已发布为版本").wait_for()
    last = in_store(store, lambda db: versions.versions(db).iloc[-1])
    assert (last["draft"], last["approved_by"], last["document"]) == ("to publish", "陈主任", "2024-17")
    assert NAMES["5"] != "甲社区东片"


def test_the_editor_snaps_to_the_roads_that_have_travelled(drafted: Callable[..., Page]) -> None:
    page = drafted("snapping")
    x, y = ask(
        page, f"[{at(7, 3.02)[0]} * 1000 - editor.origin[0], {at(7, 3.02)[1]} * 1000 - editor.origin[1]]"
    )
    found = ask(page, f"editor.snapping.at({x}, {y}, 5000)")
    assert (found["kind"], found["name"]) == ("road", "样例路")
