// The tools: what a press, a drag and a tap do. Places are in millimetres; reach is how far a finger or the mouse
// may be off. A tool that has something to say to the server hands an operation to the editor.
import { areaOf, areaShared, boxOf, inside, nearestOn } from "./coverage.js";
import { Following } from "./loads.js";

const LEAST_DRAG = 2; // dots
const OVERSHOOT = 500; // mm that a cut goes beyond the border it ends on
const SAMPLES = 14;

const widened = (box, x, y) => {
  box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y);
  box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
};

/** Bends that a hand did not mean are left out (Douglas and Peucker's rule). */
function simplified(points, tolerance) {
  if (points.length < 3) return points;
  const [a, b] = [points[0], points.at(-1)];
  let far = 0, at = 0;
  points.forEach((p, i) => {
    const { away } = nearestOn(a.x, a.y, b.x, b.y, p.x, p.y);
    if (away > far) [far, at] = [away, i];
  });
  if (far <= tolerance) return [a, b];
  return [...simplified(points.slice(0, at + 1), tolerance).slice(0, -1), ...simplified(points.slice(at), tolerance)];
}

/** Drags corners, new corners and whole shared borders of the selected cell; a tap selects. */
export class Shape {
  constructor(editor) {
    this.editor = editor;
  }

  /** What lies under a place: a corner, the middle of a segment, a border; null elsewhere. */
  find({ x, y }, reach) {
    const { coverage, selected } = this.editor;
    if (!selected) return null;
    const corner = coverage.cornerNear(selected, x, y, reach);
    if (corner) return { kind: "corner", ...corner };
    const on = coverage.segmentNear(selected, x, y, reach * 0.8);
    if (!on) return null;
    const cell = coverage.cells.get(selected), ring = cell.rings[on.r], j = (on.i + 2) % ring.length;
    const long = Math.hypot(ring[j] - ring[on.i], ring[j + 1] - ring[on.i + 1]);
    const middle = Math.abs(on.t - 0.5) * long < reach && long > 3.2 * reach;
    return { kind: middle ? "middle" : "border", ...on, weight: cell.edges[on.r][on.i / 2].weight };
  }

  hover(place, reach) {
    const found = this.find(place, reach);
    this.over = found;
    if (!found) return "";
    return found.kind === "corner" ? (this.editor.coverage.isFixed(found.x, found.y) ? "not-allowed" : "move")
      : found.weight > 3 ? "not-allowed" : found.kind === "middle" ? "copy" : "grab";
  }

  press(place, reach) {
    const found = this.find(place, reach);
    this.note = "";
    if (!found) return false;
    const { coverage, selected } = this.editor;
    this.mark = null;
    this.began = { x: place.x, y: place.y };
    if (found.kind === "corner") {
      this.mark = { x: found.x, y: found.y };
      return this.lift([[found.x, found.y]], found);
    }
    if (found.kind === "middle") return this.insert(found);
    const stretch = coverage.stretch(selected, found.r, found.i);
    const ends = stretch.closed ? [] : [stretch.corners[0], stretch.corners.at(-1)];
    const inner = stretch.corners.filter((corner) => !ends.includes(corner));
    const loose = [...inner, ...ends.filter(([x, y]) => !coverage.isFixed(x, y))];
    const fixed = found.weight > 3;
    if (!fixed && loose.length < stretch.corners.length - stretch.closed) this.note = this.editor.say(loose.length ? "ends_stay" : "ends_all_stay");
    return loose.length && !fixed ? this.lift(loose, found) : this.insert(found);
  }

  /** Begin to move some corners by where a place goes: all cells that have one follow. */
  lift(corners, anchor) {
    const { coverage } = this.editor;
    const codes = new Set(corners.flatMap(([x, y]) => coverage.codesAt(x, y)));
    this.begin(codes, corners, anchor);
    return true;
  }

  /** Begin to draw a new corner out of a segment. */
  insert(found) {
    const { coverage, selected } = this.editor;
    const cell = coverage.cells.get(selected), ring = cell.rings[found.r], j = (found.i + 2) % ring.length;
    const other = cell.edges[found.r][found.i / 2].other;
    const at = [Math.round(found.x), Math.round(found.y)];
    const ends = [[ring[found.i], ring[found.i + 1]], [ring[j], ring[j + 1]]];
    this.begin(new Set([selected, ...(other ? [other] : [])]), [], { x: at[0], y: at[1] }, { at, ends });
    return true;
  }

  begin(codes, corners, anchor, fresh = null) {
    const { editor } = this, { coverage } = editor;
    const lifted = new Map([...codes].map((code) => [code, coverage.cells.get(code).rings.map((r) => r.slice())]));
    const following = new Following(editor.loads, lifted);
    if (fresh)
      for (const rings of lifted.values())
        for (const ring of rings) {
          for (let i = 0; i < ring.length; i += 2) {
            const j = (i + 2) % ring.length, here = [ring[i], ring[i + 1]].join(), next = [ring[j], ring[j + 1]].join();
            const [a, b] = fresh.ends.map((end) => end.join());
            if ((here === a && next === b) || (here === b && next === a)) {
              ring.splice(i + 2, 0, ...fresh.at);
              break;
            }
          }
        }
    const moving = (fresh ? [fresh.at] : corners).map(([x, y]) => ({ x, y, to: [x, y], held: [] }));
    const swept = [Infinity, Infinity, -Infinity, -Infinity];
    for (const rings of lifted.values())
      for (const ring of rings)
        for (let i = 0; i < ring.length; i += 2) {
          const corner = moving.find((m) => m.x === ring[i] && m.y === ring[i + 1]);
          if (!corner) continue;
          corner.held.push([ring, i]);
          const h = (i - 2 + ring.length) % ring.length, j = (i + 2) % ring.length;
          for (const k of [h, i, j]) widened(swept, ring[k], ring[k + 1]);
        }
    this.drag = { anchor: { x: anchor.x, y: anchor.y }, moving, swept, following, fresh, moved: false };
    editor.lift(lifted);
  }

  move(place, reach, free) {
    const { drag, editor } = this;
    if (!drag) return;
    const [first] = drag.moving;
    const except = drag.moving.length === 1 ? { x: first.x, y: first.y } : null;
    const goal = free ? { x: Math.round(place.x), y: Math.round(place.y), kind: "" } : editor.snapping.at(place.x, place.y, reach * 0.8, { except });
    const dx = Math.round(goal.x - drag.anchor.x), dy = Math.round(goal.y - drag.anchor.y);
    const swept = drag.swept.slice();
    for (const corner of drag.moving) {
      corner.to = [corner.x + dx, corner.y + dy];
      for (const [ring, i] of corner.held) [ring[i], ring[i + 1]] = corner.to;
      widened(swept, ...corner.to);
    }
    drag.moved ||= Math.hypot(place.x - this.began.x, place.y - this.began.y) > LEAST_DRAG * editor.unit;
    editor.snap = goal.kind ? goal : null;
    editor.live(drag.following.now(editor.lifted, swept), drag.following.before);
  }

  release() {
    const { drag, editor } = this;
    if (!drag) return;
    this.drag = null;
    editor.snap = null;
    if (!drag.moved) return editor.drop();
    const at = drag.moving.map((m) => [m.x, m.y]), to = drag.moving.map((m) => m.to);
    if (drag.fresh) editor.send({ op: "insert_vertex", at: at[0], to: to[0] }, to[0]);
    else if (at.length === 1) editor.send({ op: "move_vertex", at: at[0], to: to[0] }, to[0]);
    else editor.send({ op: "move_edge", corners: at, places: to }, to[Math.floor(to.length / 2)]);
  }

  tap(place) {
    this.mark = null;
    this.editor.select(this.editor.coverage.cellAt(place.x, place.y));
  }

  /** Take out the corner at a place, else the one that was touched last. */
  erase(place, reach) {
    const { coverage, selected } = this.editor;
    const corner = (place && coverage.cornerNear(selected, place.x, place.y, reach)) ?? this.mark;
    if (corner) this.editor.send({ op: "remove_vertex", at: [corner.x, corner.y] }, [corner.x, corner.y]);
    this.mark = null;
  }

  cancel() {
    if (!this.drag) return false;
    this.drag = null;
    this.editor.snap = null;
    this.editor.drop();
    return true;
  }
}

/** Draws a line across a cell, corner by corner. */
export class Split {
  constructor(editor) {
    this.editor = editor;
    this.points = [];
  }

  hover(place, reach, free) {
    const found = this.at(place, reach, free);
    this.next = found;
    this.editor.snap = found.kind ? found : null;
    this.tell();
    return "crosshair";
  }

  at(place, reach, free) {
    return free ? { x: Math.round(place.x), y: Math.round(place.y), kind: "" }
      : this.editor.snapping.at(place.x, place.y, reach, { corners: true, lines: true });
  }

  press() {
    return false;
  }

  tap(place, reach, free) {
    this.points.push(this.at(place, reach, free));
    this.tell();
  }

  /** The cell to cut: the selected one where the line runs through it, else the one it runs through most. */
  target(points) {
    const counts = new Map();
    for (let i = 1; i < points.length; i++)
      for (const t of [0.25, 0.5, 0.75]) {
        const code = this.editor.coverage.cellAt(
          points[i - 1].x + t * (points[i].x - points[i - 1].x), points[i - 1].y + t * (points[i].y - points[i - 1].y));
        if (code) counts.set(code, (counts.get(code) ?? 0) + 1);
      }
    if (counts.has(this.editor.selected)) return this.editor.selected;
    return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  }

  /** The line with its ends a little beyond the border they were drawn to. */
  line() {
    const points = this.points.map(({ x, y }) => [x, y]);
    for (const [end, next] of [[0, 1], [points.length - 1, points.length - 2]]) {
      if (this.points[end].kind !== "border") continue;
      const [x, y] = points[end], [nx, ny] = points[next], long = Math.hypot(x - nx, y - ny) || 1;
      points[end] = [Math.round(x + ((x - nx) / long) * OVERSHOOT), Math.round(y + ((y - ny) / long) * OVERSHOOT)];
    }
    return points;
  }

  tell() {
    const points = this.next && this.points.length ? [...this.points, this.next] : this.points;
    const code = points.length > 1 ? this.target(points) : null;
    const side = code && cut(this.editor.coverage.cells.get(code), points);
    if (!side) return this.editor.calm();
    const { loads } = this.editor, whole = loads.figures(code, this.editor.coverage.cells.get(code));
    const one = loads.sumIn(side), area = Math.min(areaOf(side), whole.area);
    const figures = new Map([["1", { sums: one, area }],
      ["2", { sums: whole.sums.map((n, k) => Math.max(0, n - one[k])), area: whole.area - area }]]);
    this.editor.live(figures, null);
  }

  enter() {
    if (this.points.length < 2) return false;
    const code = this.target(this.points), line = this.line();
    const middle = this.points[Math.floor(this.points.length / 2)];
    this.editor.send({ op: "split", code: code ?? this.editor.selected ?? "", line }, [middle.x, middle.y]);
    return true;
  }

  /** After the answer: begin anew; after a refusal the line stays, to be mended. */
  done(refused) {
    if (!refused) this.points = [];
  }

  back() {
    this.points.pop();
    this.tell();
  }

  cancel() {
    const had = this.points.length > 0;
    this.points = [];
    this.next = this.editor.snap = null;
    this.editor.calm();
    return had;
  }

  paint(pen, colours, unit) {
    const points = this.points.length && this.next ? [...this.points, this.next] : this.points;
    const flat = points.flatMap(({ x, y }) => [x, y]);
    if (flat.length > 2) {
      pen.line(flat, colours.halo, 6 * unit);
      pen.line(flat, colours.accent, 2.6 * unit, [9 * unit, 5 * unit]);
    }
    for (const { x, y } of this.points) pen.dot(x, y, 5 * unit, colours.card, colours.accent, 2.4 * unit);
  }
}

/** One side of a cell without holes that a line cuts through once, as its rings; null where it does not. */
function cut(cell, points) {
  if (cell.rings.length > 1) return null;
  const [ring] = cell.rings, hits = [];
  for (let s = 1; s < points.length; s++) {
    const p = points[s - 1], q = points[s];
    for (let i = 0; i < ring.length; i += 2) {
      const j = (i + 2) % ring.length;
      const rx = q.x - p.x, ry = q.y - p.y, sx = ring[j] - ring[i], sy = ring[j + 1] - ring[i + 1];
      const cross = rx * sy - ry * sx;
      if (!cross) continue;
      const t = ((ring[i] - p.x) * sy - (ring[i + 1] - p.y) * sx) / cross;
      const u = ((ring[i] - p.x) * ry - (ring[i + 1] - p.y) * rx) / cross;
      if (t >= -1e-4 && t <= 1 + 1e-4 && u >= 0 && u < 1) hits.push({ at: s + t, i, u, x: p.x + t * rx, y: p.y + t * ry });
    }
  }
  hits.sort((a, b) => a.at - b.at);
  const distinct = hits.filter((h, k) => !k || Math.hypot(h.x - hits[k - 1].x, h.y - hits[k - 1].y) > 2);
  if (distinct.length !== 2) return null;
  const [a, b] = distinct;
  const between = points.slice(Math.ceil(a.at), Math.floor(b.at) + 1).flatMap(({ x, y }) => [x, y]);
  const side = [a.x, a.y, ...between, b.x, b.y];
  for (let k = (b.i + 2) % ring.length; ; k = (k + 2) % ring.length) {
    side.push(ring[k], ring[k + 1]);
    if (k === a.i || side.length > 4 * ring.length) break;
  }
  return [side];
}

/** Takes the land inside a drawn area over from a neighbour into the selected cell. */
export class Lasso {
  constructor(editor) {
    this.editor = editor;
    this.points = [];
  }

  hover(place) {
    this.next = this.points.length && !this.drawing ? place : null;
    return "crosshair";
  }

  press(place) {
    if (!this.points.length) this.start = place;
    this.drawing = true;
    this.fresh = !this.points.length;
    if (this.fresh) this.points = [{ x: Math.round(place.x), y: Math.round(place.y) }];
    this.stroke = 0;
    return true;
  }

  move(place) {
    const last = this.points.at(-1);
    if (!this.drawing || Math.hypot(place.x - last.x, place.y - last.y) < 4 * this.editor.unit) return;
    this.points.push({ x: Math.round(place.x), y: Math.round(place.y) });
    this.stroke += 1;
    this.tell();
  }

  release(place, reach) {
    this.drawing = false;
    if (this.stroke > 3) return this.enter();
    if (!this.fresh || this.stroke) this.points.push(this.editor.snapping.at(place.x, place.y, reach, { corners: true }));
    this.tell();
  }

  tap() {}

  receiver() {
    return this.editor.selected ?? this.editor.coverage.cellAt(this.start.x, this.start.y);
  }

  /** The neighbour that holds most of the land inside. */
  giver() {
    const ring = this.points.flatMap(({ x, y }) => [x, y]), [west, south, east, north] = boxOf([ring]);
    const counts = new Map(), receiver = this.receiver();
    for (let a = 0; a < SAMPLES; a++)
      for (let b = 0; b < SAMPLES; b++) {
        const x = west + ((a + 0.5) / SAMPLES) * (east - west), y = south + ((b + 0.5) / SAMPLES) * (north - south);
        const code = inside([ring], x, y) ? this.editor.coverage.cellAt(x, y) : null;
        if (code && code !== receiver) counts.set(code, (counts.get(code) ?? 0) + 1);
      }
    return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  }

  tell() {
    if (this.points.length < 3) return this.editor.calm();
    const { coverage, loads } = this.editor, giver = this.giver(), receiver = this.receiver();
    if (!giver || !receiver) return this.editor.calm();
    const ring = this.points.flatMap(({ x, y }) => [x, y]), land = coverage.cells.get(giver).rings, { points } = loads;
    const taken = loads.sumOf(loads.within(boxOf([ring])).filter(
      (k) => inside([ring], points.x[k], points.y[k]) && inside(land, points.x[k], points.y[k])));
    const area = areaShared([ring], land);
    const before = new Map([receiver, giver].map((code) => [code, loads.figures(code, coverage.cells.get(code))]));
    const after = new Map([[receiver, 1], [giver, -1]].map(([code, sign]) => [code, {
      sums: before.get(code).sums.map((n, k) => n + sign * taken[k]), area: before.get(code).area + sign * area }]));
    this.editor.live(after, before);
    const figure = (value) => Math.round(value).toLocaleString("en-US");
    this.editor.tell(this.editor.say("takes", { area: figure(area), from: this.editor.shortName(giver),
      households: figure(taken[loads.names.indexOf("households")] ?? 0) }));
  }

  enter() {
    const points = simplified(this.points, 2 * this.editor.unit);
    if (points.length < 3) return false;
    const receiver = this.receiver(), giver = this.giver(), at = points[Math.floor(points.length / 2)];
    if (!receiver || !giver) {
      this.points = [];
      this.editor.refuse({ text: this.editor.say(receiver ? "no_giver" : "choose_receiver") }, [at.x, at.y]);
      return true;
    }
    const polygon = points.map(({ x, y }) => [x, y]);
    this.editor.send({ op: "transfer", giver, receiver, polygon }, [at.x, at.y]);
    return true;
  }

  done() {
    this.points = [];
  }

  back() {
    this.points.pop();
    this.tell();
  }

  cancel() {
    const had = this.points.length > 0;
    this.points = [];
    this.drawing = false;
    this.next = null;
    this.editor.calm();
    return had;
  }

  paint(pen, colours, unit) {
    if (!this.points.length) return;
    const flat = [...this.points, ...(this.next ? [this.next] : [])].flatMap(({ x, y }) => [x, y]);
    pen.area([flat], `${colours.accent}33`, { stroke: colours.halo, width: 5 * unit });
    pen.line([...flat, flat[0], flat[1]], colours.accent, 2.4 * unit, [6 * unit, 4 * unit]);
  }
}

/** Makes one cell of the selected one and the neighbour that is tapped. */
export class Merge {
  constructor(editor) {
    this.editor = editor;
  }

  hover(place) {
    const { coverage, selected, loads } = this.editor;
    const code = coverage.cellAt(place.x, place.y);
    this.other = code && code !== selected ? code : null;
    if (!selected || !this.other) {
      this.editor.calm();
      return "pointer";
    }
    const both = [selected, this.other].map((one) => loads.figures(one, coverage.cells.get(one)));
    const sum = { sums: both[0].sums.map((n, k) => n + both[1].sums[k]), area: both[0].area + both[1].area };
    this.editor.live(new Map([[selected, sum]]), new Map([[selected, both[0]]]));
    return "pointer";
  }

  press() {
    return false;
  }

  tap(place) {
    const { coverage, selected } = this.editor, code = coverage.cellAt(place.x, place.y);
    if (!selected || code === selected || !code) return this.editor.select(code === selected ? null : code);
    this.editor.send({ op: "merge", codes: [selected, code], into: selected }, [Math.round(place.x), Math.round(place.y)]);
  }

  done() {
    this.other = null;
  }

  cancel() {
    const had = Boolean(this.other);
    this.other = null;
    this.editor.calm();
    return had;
  }

  paint(pen, colours, unit) {
    const cell = this.other && this.editor.coverage.cells.get(this.other);
    if (cell) pen.area(cell.rings, `${colours.highlight}55`, { stroke: colours.highlight, width: 2.4 * unit });
  }
}

/** Asks who changed the border that is tapped. */
export class Asking {
  constructor(editor) {
    this.editor = editor;
  }

  near(place, reach) {
    const on = this.editor.snapping.border(place.x, place.y, reach);
    if (!on) return null;
    const codes = this.editor.snapping.nearby(on.x, on.y, reach)
      .filter((cell) => this.editor.coverage.segmentNear(cell.code, on.x, on.y, 5)).map((cell) => cell.code);
    return codes.length > 1 ? { ...on, codes: codes.slice(0, 2) } : null;
  }

  hover(place, reach) {
    this.over = this.near(place, reach);
    this.editor.snap = this.over;
    return this.over ? "help" : "";
  }

  press() {
    return false;
  }

  tap(place, reach) {
    const found = this.near(place, reach);
    if (found) this.editor.ask(found.codes);
  }

  cancel() {
    this.editor.snap = null;
    return false;
  }
}
