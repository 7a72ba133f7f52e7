"""The scripts of the boundary editor, run by Node without a browser: what is dragged, and what it counts."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
import shapely

from gridmap.ui import editor

#: Two cells beside each other, 200 m wide, and one of another community above them.
BEGIN = """
import { Coverage, areaOf, areaShared, inside } from "SCRIPTS/coverage.js";
import { Following, Loads } from "SCRIPTS/loads.js";
import { Snapping } from "SCRIPTS/snapping.js";
import { Lasso, Shape, Split } from "SCRIPTS/tools.js";
const M = 100000;
const steps = (corners) => corners.flatMap(([x, y], k) => {
  const [before, below] = k ? corners[k - 1] : [0, 0];
  return [(x - before) * M, (y - below) * M];
});
const coverage = new Coverage({ locked: ["community"], unlocked: [],
  regions: { A: ["A", "red_grid", "P", "base"], B: ["B", "red_grid", "P", "base"],
             C: ["C", "red_grid", "Q", "base"], P: ["P", "community", "", "base"],
             Q: ["Q", "community", "", "base"] },
  cells: { A: [steps([[0, 0], [2, 0], [2, 1], [2, 2], [0, 2]])],
           B: [steps([[2, 0], [4, 0], [4, 2], [2, 2], [2, 1]])],
           C: [steps([[0, 2], [2, 2], [4, 2], [4, 4], [0, 4]])] } });
const spots = Array.from({ length: 40 }, (_, k) => [(k % 8) * 0.5 + 0.23, Math.floor(k / 8) * 0.4 + 0.11]);
const points = { x: spots.map(([x]) => x * 1000), y: spots.map(([, y]) => y * 1000),
  people: spots.map((_, k) => k + 1) };
const loads = new Loads({ names: ["people"], loads: {}, today: {}, areas: {}, breaks: { people: [1] },
  band: [1, 2], points });
for (const [code, cell] of coverage.cells) loads.now.set(code, loads.sumIn(cell.rings));
const sent = [], told = [], said = [];
const desk = { coverage, loads, snapping: new Snapping(coverage), selected: "A", unit: 100,
  lifted: new Map(), send: (operation) => sent.push(operation),
  lift(cells) { this.lifted = cells; }, drop() { this.lifted = new Map(); },
  live: (after) => told.push(Object.fromEntries(after)), calm() {}, select() {}, refuse() {},
  tell: (text) => said.push(text), shortName: (code) => code,
  say: (name, values) => (values ? { name, ...values } : name) };
const at = (x, y) => ({ x: x * M, y: y * M });
"""


def run(script: str) -> Any:
    """Run a script after BEGIN; return what it leaves in `out`."""
    begin = BEGIN.replace("SCRIPTS", editor.SCRIPTS.as_uri())
    whole = f"{begin}\nlet out;\n{script}\nconsole.log(JSON.stringify(out));"
    told = subprocess.run(["node", "--input-type=module", "--no-warnings"], input=whole, capture_output=True,
                          text=True, check=True)  # fmt: skip
    return json.loads(told.stdout)


def test_borders_know_what_they_divide() -> None:
    edges = run("out = coverage.cells.get('A').edges[0].map(({ other, weight }) => [other, weight]);")
    assert edges == [[None, 7], ["B", 0], ["B", 0], ["C", 6], [None, 7]]


def test_a_dragged_corner_moves_in_every_cell_that_has_it() -> None:
    sent, shared = run("""
      const shape = new Shape(desk);
      shape.press(at(2, 1), 900); shape.move(at(1.8, 1.1), 900, true);
      const here = (ring) => ring.some((n, i) => n === 180000 && ring[i + 1] === 110000);
      const has = (code) => desk.lifted.get(code).some(here);
      const shared = [has("A"), has("B")];
      shape.release(); out = [sent, shared];
    """)  # fmt: skip
    assert sent == [{"op": "move_vertex", "at": [200000, 100000], "to": [180000, 110000]}]
    assert shared == [True, True]


def test_a_dragged_border_leaves_its_ends_on_fixed_borders() -> None:
    assert run("""
      const shape = new Shape(desk);
      shape.press(at(2, 1.3), 900); shape.move(at(2.2, 1.3), 900, true); shape.release(); out = sent;
    """) == [{"op": "move_vertex", "at": [200000, 100000], "to": [220000, 100000]}]  # fmt: skip


@pytest.mark.parametrize("goal", ["at(1.4, 1.1)", "at(2.9, 0.7)", "at(2, 1.9)"])
def test_totals_of_both_sides_while_dragging_are_those_of_a_fresh_count(goal: str) -> None:
    live, fresh = run(f"""
      const shape = new Shape(desk);
      shape.press(at(2, 1), 900);
      for (const goal of [at(1.7, 1.2), at(2.5, 0.6), {goal}]) shape.move(goal, 900, true);
      const fresh = {{}};
      for (const [code, rings] of desk.lifted)
        fresh[code] = {{ sums: loads.sumIn(rings), area: areaOf(rings) }};
      out = [told.at(-1), fresh];
    """)
    assert live == fresh
    assert sum(side["area"] for side in live.values()) == 80_000


def test_the_two_sides_of_a_cut_are_the_whole() -> None:
    sides, operation = run("""
      const split = new Split(desk);
      for (const [x, y] of [[0, 1.05], [1, 1.2], [2, 1.2]]) split.tap(at(x, y), 900);
      out = [told.at(-1), (split.enter(), sent[0])];
    """)  # fmt: skip
    assert sides["1"]["area"] + sides["2"]["area"] == pytest.approx(40_000)
    assert (operation["op"], operation["code"]) == ("split", "A")
    assert operation["line"][0][0] < 0
    assert operation["line"][-1][0] > 200_000


def test_a_lasso_takes_from_the_neighbour_that_holds_most_of_it() -> None:
    (operation,) = run("""
      const lasso = new Lasso(desk);
      lasso.press(at(1.8, 0.5));
      for (const [x, y] of [[2.5, 0.4], [2.6, 0.9], [1.8, 0.9], [1.7, 0.7]]) lasso.move(at(x, y));
      lasso.release(at(1.8, 0.5), 900); out = sent;
    """)  # fmt: skip
    assert (operation["op"], operation["giver"], operation["receiver"]) == ("transfer", "B", "A")


def test_a_lasso_says_how_much_land_and_how_many_households_it_takes() -> None:
    said, taken = run("""
      loads.names = ["households"];
      loads.points.households = loads.points.people;
      const lasso = new Lasso(desk);
      lasso.press(at(1.5, 0.5));
      for (const [x, y] of [[3, 0.5], [3, 1.5], [1.5, 1.5]]) lasso.move(at(x, y));
      const land = [200000, 50000, 300000, 50000, 300000, 150000, 200000, 150000];
      out = [said.at(-1), loads.sumIn([land])[0]];
    """)
    assert taken > 0
    assert said == {"name": "takes", "from": "B", "area": "10,000", "households": str(taken)}


def test_land_that_two_areas_share_is_that_of_shapely() -> None:
    one = shapely.Polygon([(0, 0), (90, 10), (80, 70), (40, 30), (10, 80)])
    other = shapely.Polygon([(20, -10), (70, 5), (95, 60), (30, 75)], [[(50, 20), (60, 20), (60, 40)]])

    def flat(ring: shapely.LinearRing) -> list[float]:
        return [n * 1000 for corner in ring.coords[:-1] for n in corner]

    rings = [[flat(ring) for ring in (land.exterior, *land.interiors)] for land in (one, other)]
    found = run(f"out = areaShared({rings[0]}, {rings[1]});")
    assert found == pytest.approx(one.intersection(other).area, rel=0.005)


def test_a_place_between_two_buildings_is_drawn_to_the_middle_of_the_gap() -> None:
    found = run("""
      const box = (w, s, e, n) => [w, s, e - w, 0, 0, n - s, w - e, 0];
      const snapping = new Snapping({ cells: new Map() });
      snapping.ground({ building: { shapes: [box(0, 0, 100, 100), box(160, 0, 260, 100)] } });
      out = [snapping.at(12000, 5000, 3000), snapping.at(-9000, 5000, 3000)];
    """)
    assert (found[0]["kind"], found[0]["x"]) == ("gap", 13000)
    assert found[1]["kind"] == ""
