"""The boundary editor with mouse, finger and keys alone; the draft in the store is asked each time."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import shapely
from playwright.sync_api import Browser, Locator, Page

from gridmap import plan_files, versions
from gridmap.coverage import Coverage
from gridmap.editing import drafts
from gridmap.editing.session import Drafting
from gridmap.store import Database, open_store
from tests.browser.conftest import settle, visiting
from tests.screens_city import CODES, NAMES
from tests.toy import at

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
ONE, TWO, THREE, FOUR, FIVE, UNDIVIDED, BLOCK = (CODES[letter] for letter in "12345BQ")
NOBODYS = f"{CODES['A']}-U01"
EDITOR = "document.querySelector('[data-ready]').gmAtWork"
#: Where a place in metres lies on the screen.
ON_SCREEN = f"""([x, y]) => {{
  const editor = {EDITOR}, box = editor.stage.getBoundingClientRect();
  const at = [y * 1000 - editor.origin[1], x * 1000 - editor.origin[0]].map((mm) => mm / 1000);
  const point = editor.map.latLngToContainerPoint(at);
  return [point.x + box.left, point.y + box.top];
}}"""


@pytest.fixture(scope="module")
def window(site: str, browser: Browser) -> Iterator[Page]:
    """Give one page for all tests here: what a browser keeps need not travel again."""
    with visiting(site, browser) as opened:
        yield opened("/desk?period=all")


@pytest.fixture
def drafted(window: Page, site: str) -> Callable[[str], Page]:
    """Open a draft that was begun in the store."""

    def begin(name: str) -> Page:
        window.set_default_timeout(20_000)
        window.goto(f"{site}/desk?draft={name}&period=all")
        wait_ready(window)
        return window

    return begin


def wait_ready(page: Page) -> None:
    page.wait_for_selector("[data-ready]", state="attached")
    page.wait_for_selector("[data-ground]", state="attached")


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


def drawn(store: Path, draft: str) -> Coverage:
    """Return the map of a draft as its steps in the store make it."""
    return in_store(store, lambda db: Drafting.open(db, draft).coverage)  # type: ignore[no-any-return]


def test_every_operation_by_mouse_reaches_the_draft(drafted: Callable[[str], Page], store: Path) -> None:
    page = drafted("by mouse")
    click(page, 1, 5)
    assert ask(page, "editor.selected") == ONE

    lifted: list[str] = []
    drag(page, (2, 4), (2.3, 4.3), hold=lambda: lifted.extend(ask(page, "[...editor.lifted.keys()].sort()")))
    answered(page, 1)
    assert lifted == [ONE, TWO]
    said: list[str] = []
    words = "editor.said.textContent"
    drag(page, (1.3, 3), (1.3, 3.3), hold=lambda: said.append(ask(page, words)))  # the whole border
    assert said == ["端点在锁定界或外边界上，保持不动"]
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
    drag(page, *ring, hold=lambda: said.append(ask(page, words)))
    assert re.fullmatch(r"约 [\d,]+ m²、0 户，取自第.红色网格", said[-1])
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


#: What is asked for in forms, on one draft: each of another cell.
FORMS = ("recode", "reparent", "release", "create", "divide", "unlock")


def test_what_is_asked_for_in_forms_and_a_border_between_communities(
    drafted: Callable[[str], Page], store: Path
) -> None:
    page = drafted("by forms")
    wanted: tuple[tuple[tuple[float, float], dict[str, str]], ...] = (
        ((4.5, 2), {"new_code": f"{CODES['A']}015"}), ((1.5, 0.5), {"parent": BLOCK}), ((1.5, 2.5), {}),
        ((1.5, 2.5), {"name": "新格"}), ((8, 3), {"level": "red_grid"}), ((4.5, 4.5), {}),
    )  # fmt: skip
    for revision, (name, (place, fields)) in enumerate(zip(FORMS, wanted, strict=True), start=1):
        click(page, *place)
        page.locator(f"[data-do={name}]").click()
        for field, value in fields.items():
            asked = page.locator(f".gm-ed-form [name={field}]")
            asked.select_option(value) if field in ("parent", "level") else asked.fill(value)
        page.locator(".gm-ed-go").click()
        answered(page, revision)
    drag(page, (6, 3), (6.3, 3.2))  # a corner of both communities
    answered(page, 7)
    drag(page, (4.5, 3), (4.6, 3.5))  # the middle of a side
    answered(page, 8)
    page.mouse.click(*screen(page, 4.6, 3.5), button="right")
    answered(page, 9)

    coverage = drawn(store, "by forms")
    assert steps(store, "by forms") == [*FORMS, "move_vertex", "insert_vertex", "remove_vertex"]
    assert FIVE not in coverage
    assert f"{CODES['A']}015" in coverage
    assert coverage.region(THREE).parent == BLOCK
    assert TWO not in coverage
    assert coverage.region(f"{CODES['A']}006").name == "新格"  # no code is proposed a second time
    assert coverage.children[UNDIVIDED] == (f"{UNDIVIDED}001",)
    assert coverage.land(FOUR).area * coverage.step**2 == pytest.approx(90_500, abs=60)


def test_a_refused_edit_is_explained_where_it_happened_and_nothing_moves(
    drafted: Callable[[str], Page], store: Path
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


def test_the_editor_snaps_to_the_roads_that_have_travelled(drafted: Callable[[str], Page]) -> None:
    page = drafted("refused")
    x, y = ask(
        page, f"[{at(7, 3.02)[0]} * 1000 - editor.origin[0], {at(7, 3.02)[1]} * 1000 - editor.origin[1]]"
    )
    found = ask(page, f"editor.snapping.at({x}, {y}, 5000)")
    assert (found["kind"], found["name"]) == ("road", "样例路")


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


def test_keys_alone_do_everything(drafted: Callable[[str], Page], store: Path) -> None:
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


def test_forms_and_corners_with_keys_alone(drafted: Callable[[str], Page], store: Path) -> None:
    page = drafted("forms by keys")
    press, told = page.keyboard.press, lambda: ask(page, "editor.said.textContent")
    page.locator(".gm-ed-map").focus()
    cells = (FIVE, THREE, TWO, NOBODYS, UNDIVIDED, FOUR)
    typed = {
        "recode": ("Control+a", f"{CODES['A']}015"),
        "create": ("Tab", "新格"),
        "divide": ("ArrowDown", ""),
    }
    for revision, (name, code) in enumerate(zip(FORMS, cells, strict=True), start=1):
        while ask(page, "editor.selected") != code:
            press("n")
        press("a")
        while page.evaluate("document.activeElement.dataset.do") != name:
            press("ArrowRight")
        press("Enter")
        key, text = typed.get(name, ("Shift", ""))
        press(key)
        page.keyboard.type(text)
        press("Enter")
        answered(page, revision)
    while cursor(page) != (6, 3):
        press("c")
    for key in ("Space", "ArrowRight", "ArrowRight", "Enter"):
        press(key)
    answered(page, 7)
    press("e")
    before = told()
    press("i")
    answered(page, 8)
    press("Delete")
    answered(page, 9)
    assert before.startswith("边界")
    assert steps(store, "forms by keys") == [*FORMS, "move_vertex", "insert_vertex", "remove_vertex"]
    coverage = drawn(store, "forms by keys")
    assert coverage.region(f"{CODES['A']}B03").name == "新格"
    assert coverage.region(f"{UNDIVIDED}001").level == "red_grid"
    assert coverage.land(FOUR).area * coverage.step**2 > 90_000 + 1_000


def test_a_finger_edits_and_the_view_is_kept(drafted: Callable[[str], Page], store: Path) -> None:
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
    drafted: Callable[[str], Page], visit: Visit
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


def test_a_draft_is_begun_checked_published_and_taken_back_from_the_desk(visit: Visit, store: Path) -> None:
    page = visit("/desk?period=all")
    page.get_by_label("标题").fill("to publish")
    page.get_by_label("代号").fill("to publish")
    page.get_by_role("button", name="开始", exact=True).click()
    wait_ready(page)
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

    page.get_by_role("button", name="规划台").first.click()
    page.get_by_role("button", name="校验（不撤回）").click()
    page.wait_for_selector(".st-key-gm_card_restore .gm-check[data-check=certificate][data-verdict=pass]")
    assert len(in_store(store, versions.versions)) == last["cs"]
    page.locator(".st-key-gm_restore_sure label").click()
    page.get_by_role("button", name="撤回", exact=True).click()
    page.get_by_text("已发布为版本").wait_for()
    back = in_store(store, versions.versions).iloc[-1]
    assert (back["kind"], back["reverts"]) == ("restore", last["cs"])


def test_a_file_drawn_elsewhere_is_listed_and_a_part_of_it_accepted(
    visit: Visit, store: Path, tmp_path: Path
) -> None:
    cells = plan_files.level_of(in_store(store, lambda db: versions.state_named(db, "today")), "red_grid")
    land = cells.set_index("code").geometry
    piece = shapely.box(*at(1, 3), *at(2, 4))
    moved = {ONE: land[ONE].difference(piece), TWO: land[TWO].union(piece)}
    cells["geometry"] = [moved.get(code, own) for code, own in land.items()]
    cells.loc[cells["code"] == FIVE, "name"] = "改了名的网格"
    cells[cells["kind"] == "base"].to_file(tmp_path / "drawn.gpkg", driver="GPKG")

    page = visit("/desk?draft=drawn&period=all&panel=draw")
    wait_ready(page)
    page.locator("input[type=file]").set_input_files(tmp_path / "drawn.gpkg")
    page.get_by_label("上级列（可不填）").fill("parent")
    page.get_by_role("button", name="与草案比较").click()
    page.get_by_text("3 个网格有差别").wait_for()
    page.get_by_text("改了名的网格（共 1 格）").click()
    page.get_by_role("button", name="接受所选 2 格").click()
    page.get_by_text("已并入草案").wait_for()
    answered(page, 1)
    coverage = drawn(store, "drawn")
    assert coverage.land(TWO).area > 1.1 * land[TWO].area / coverage.step**2
    assert coverage.region(FIVE).name == NAMES["5"]
