"""Measure the boundary editor in a real browser: on a made-up street of 600 cells, or on a store.

Says the bytes that travel, the script time of every frame and pointer event while something is held, and
how long an operation takes from letting go of the mouse until its answer is drawn: close up and with
the whole map in view, drag upon drag, and with a pause in which the page counts what the draft does.

    scripts/editor_speed.py [CELLS | STORE]
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import geopandas as gpd
import numpy as np
import pandas as pd
from playwright.sync_api import Page
from screens import browser, opened, served

from gridmap import polygons
from gridmap.bench.edits import made_up_map
from gridmap.coverage import Coverage
from gridmap.editing.session import Drafting
from gridmap.loading.founding import found
from gridmap.loading.records import load_records
from gridmap.loading.regions import Drawing, load_regions
from gridmap.registers import register_named
from gridmap.store import open_store

DRAFT, LEVELS, BUILDINGS, DRAGS = "speed", ("street", "community", "block", "red_grid"), 20_000, 30
#: What an event or a frame may take.
LONGEST_MS = 16
#: How one works: zoom of the map (None: all of it), and the pause after every answer in milliseconds.
PACES = {"close up": (-0.4, 0), "close up, with pauses": (-0.4, 1200), "whole map, with pauses": (None, 1200)}
EDITOR = "document.querySelector('[data-ready]').gmAtWork"
#: Corners that may be moved, with the cell to select and where they lie on the screen.
CORNERS = f"""(() => {{
  const e = {EDITOR}, found = [];
  for (const cell of e.coverage.cells.values())
    for (const ring of cell.rings)
      for (let i = 0; i < ring.length; i += 22)
        if (!e.coverage.isFixed(ring[i], ring[i + 1])) found.push([cell.code, ring[i], ring[i + 1]]);
  return found;
}})()"""
GO = f"""([code, x, y, zoom]) => {{
  const e = {EDITOR}, box = e.stage.getBoundingClientRect();
  e.select(code);
  if (zoom === null) e.show(null, false);
  else e.map.setView([y / 1000, x / 1000], zoom, {{ animate: false }});
  const at = e.map.latLngToContainerPoint([y / 1000, x / 1000]);
  return [at.x + box.left, at.y + box.top];
}}"""


def main(asked: str) -> None:
    """Open a draft, drag corners, and say the times.

    Parameters
    ----------
    asked : how many cells the made-up street has, or the folder of a store, of which a copy is measured
    """
    with TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        if asked.isdigit():
            build(store, int(asked))
        else:
            shutil.copytree(asked, store)
            begin(store)
        with served(store) as site, browser() as chromium:
            page = opened(chromium, 1920, 1080, "light")
            sizes: dict[str, list[int]] = {}
            page.on("response", lambda answer: note(sizes, answer.url, answer.headers))
            page.goto(f"{site}/desk?draft={DRAFT}&period=all")
            page.wait_for_selector("[data-ground]", state="attached")
            page.wait_for_timeout(2000)
            print(f"{page.evaluate(f'{EDITOR}.coverage.cells.size')} cells")
            for pace, (zoom, pause) in PACES.items():
                report(page, pace, zoom, pause)
            for name, weighed in sizes.items():
                print(f"{name}: median {median(weighed):,.0f} bytes")


def begin(store: Path) -> None:
    """Begin the draft that is measured."""
    database = open_store(store)
    Drafting.begin(database, DRAFT)
    database.close()


def build(store: Path, cells: int) -> None:
    """Make a store with a street of so many cells, people in it, and a draft."""
    coverage = made_up_map(cells)
    found(store, crs=coverage.crs, title="speed")
    database = open_store(store)
    for level in LEVELS:
        path = store.parent / f"{level}.gpkg"
        drawn(coverage, level).to_file(path, driver="GPKG")
        above = None if level == LEVELS[0] else "parent"
        load_regions(database, path, Drawing(level, "code", "name", above))
    path = store.parent / "population.csv"
    people(coverage).to_csv(path, index=False)
    load_records(database, path, register_named("population"), crs=coverage.crs, silent=True)
    database.close()
    begin(store)


def drawn(coverage: Coverage, level: str) -> gpd.GeoDataFrame:
    """Return the regions of a level with their land."""
    codes = [code for code, region in coverage.regions.items() if region.level == level]
    land = polygons.from_lattice(polygons.as_array(map(coverage.land_of, codes)), step=coverage.step)
    parents = [coverage.region(code).parent for code in codes]
    said = {"code": codes, "name": codes, "parent": parents}
    return gpd.GeoDataFrame(said, geometry=land, crs=coverage.crs)


def people(coverage: Coverage) -> pd.DataFrame:
    """Scatter buildings with people over the map."""
    chance = np.random.default_rng(7)
    low, high = coverage.bounds[:, :2].min(axis=0), coverage.bounds[:, 2:].max(axis=0)
    x, y = (chance.uniform(low[axis], high[axis], BUILDINGS) * coverage.step for axis in (0, 1))
    living = chance.integers(1, 60, BUILDINGS)
    return pd.DataFrame({"population_no": [f"P{n}" for n in range(BUILDINGS)], "people": living,
                         "households": living // 3 + 1, "x": x, "y": y})  # fmt: skip


def note(sizes: dict[str, list[int]], url: str, headers: dict[str, str]) -> None:
    """Keep how much an answer to the editor weighed."""
    if "/api/drafts/" in url and "content-length" in headers:
        sizes.setdefault(Path(urlsplit(url).path).name, []).append(int(headers["content-length"]))


def report(page: Page, pace: str, zoom: float | None, pause: int) -> None:
    """Drag corners and say what it took."""
    lasted, moves, refused = [], [], 0
    corners = page.evaluate(CORNERS)
    for corner in corners[:: max(len(corners) // DRAGS, 1)][:DRAGS]:
        x, y = page.evaluate(GO, [*corner, zoom])
        page.mouse.move(x, y)
        page.wait_for_timeout(pause)
        page.evaluate(f"{EDITOR}.times.length = 0")
        page.mouse.down()
        page.mouse.move(x + 6, y + 4, steps=20)
        page.mouse.up()
        page.wait_for_function(f"!{EDITOR}.waiting && {EDITOR}.lasted", polling=20)
        moves += page.evaluate(f"{EDITOR}.times")
        lasted.append(page.evaluate(f"{EDITOR}.lasted"))
        refused += bool(page.evaluate(f"{EDITOR}.root.dataset.refused"))
    print(f"{pace}: {len(lasted)} drags, {refused} of them refused; load {os.getloadavg()[0]:.1f}")
    long = sum(took > LONGEST_MS for took in moves)
    print(f"  script per event and frame: {said(moves)}; {long} of {len(moves)} above {LONGEST_MS} ms")
    print(f"  answer on the screen: {said(lasted)}")


def said(took_ms: list[float]) -> str:
    """Write median, 95th percentile and maximum of some times."""
    return f"median {median(took_ms):.1f} ms, p95 {p95(took_ms):.1f} ms, max {max(took_ms):.1f} ms"


def p95(values: list[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "600")
