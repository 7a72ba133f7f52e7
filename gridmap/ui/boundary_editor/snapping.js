// Where a place is drawn to: a corner, a road, the gap between two buildings, a border; the nearest of the first
// kind that has one within reach.
import { boxOf, meets, nearestOn, unpacked, inside } from "./coverage.js";

const BUCKET = 100_000; // mm
const WIDEST_GAP = 40_000; // mm

/** Segments in buckets, so that those near a place are found at once. */
class Near {
  constructor(shapes, closed) {
    this.buckets = new Map();
    this.shapes = shapes;
    shapes.forEach((ring, k) => {
      for (let i = closed ? 0 : 2; i < ring.length; i += 2) {
        const j = (i - 2 + ring.length) % ring.length;
        const segment = [k, ring[j], ring[j + 1], ring[i], ring[i + 1]];
        this.over(boxOf([[ring[j], ring[j + 1], ring[i], ring[i + 1]]]), (held) => held.push(segment));
      }
    });
  }
  over([west, south, east, north], visit) {
    for (let a = Math.floor(west / BUCKET); a <= Math.floor(east / BUCKET); a++)
      for (let b = Math.floor(south / BUCKET); b <= Math.floor(north / BUCKET); b++) {
        const key = a * 100_000 + b;
        if (!this.buckets.has(key)) this.buckets.set(key, []);
        visit(this.buckets.get(key));
      }
  }
  /** The nearest place on a shape, within reach; `fits` may leave shapes out. */
  find(x, y, reach, fits = () => true) {
    let best = null;
    this.over([x - reach, y - reach, x + reach, y + reach], (held) => {
      for (const [k, ax, ay, bx, by] of held) {
        const on = nearestOn(ax, ay, bx, by, x, y);
        if (on.away <= (best?.away ?? reach) && fits(k, on)) best = { k, ...on };
      }
    });
    return best;
  }
}

export class Snapping {
  constructor(coverage) {
    this.coverage = coverage;
  }

  /** Take over what is on the ground, as it has travelled. */
  ground(found) {
    for (const shapes of Object.values(found)) {
      if (!shapes) continue;
      shapes.shapes = shapes.shapes.map((steps) => unpacked(steps).map((n) => n * 100));
      shapes.boxes = shapes.shapes.map((ring) => boxOf([ring]));
    }
    this.roads = found.road && new Near(found.road.shapes, false);
    this.roadNames = found.road?.names ?? [];
    this.buildings = found.building && new Near(found.building.shapes, true);
    return found;
  }

  /** Where a place is drawn to: { x, y, kind, name }; kind is empty when nothing is near. */
  at(x, y, reach, { corners = false, lines = false, except = null } = {}) {
    const found =
      (corners && this.corner(x, y, reach, except)) || this.road(x, y, reach) || this.gap(x, y, reach) ||
      (lines && this.border(x, y, reach));
    return found ? { ...found, x: Math.round(found.x), y: Math.round(found.y) } : { x: Math.round(x), y: Math.round(y), kind: "" };
  }

  nearby(x, y, reach) {
    const box = [x - reach, y - reach, x + reach, y + reach];
    return [...this.coverage.cells.values()].filter((cell) => meets(cell.box, box));
  }

  corner(x, y, reach, except) {
    let best = null;
    for (const cell of this.nearby(x, y, reach)) {
      const near = this.coverage.cornerNear(cell.code, x, y, best?.away ?? reach);
      if (near && !(except && except.x === near.x && except.y === near.y)) best = near;
    }
    return best && { x: best.x, y: best.y, kind: "corner" };
  }

  border(x, y, reach) {
    let best = null;
    for (const cell of this.nearby(x, y, reach)) {
      const near = this.coverage.segmentNear(cell.code, x, y, best?.away ?? reach);
      if (near) best = near;
    }
    return best && { x: best.x, y: best.y, kind: "border" };
  }

  road(x, y, reach) {
    const on = this.roads?.find(x, y, reach);
    return on && { x: on.x, y: on.y, kind: "road", name: this.roadNames[on.k] };
  }

  /** The middle between the two buildings that a place lies between. */
  gap(x, y, reach) {
    if (!this.buildings) return null;
    const one = this.buildings.find(x, y, WIDEST_GAP / 2);
    if (!one) return null;
    const within = inside([this.buildings.shapes[one.k]], x, y);
    const away = within ? [one.x - x, one.y - y] : [x - one.x, y - one.y];
    const other = this.buildings.find(one.x, one.y, WIDEST_GAP, (k, on) =>
      k !== one.k && (on.x - one.x) * away[0] + (on.y - one.y) * away[1] > 0);
    if (!other) return null;
    const px = (one.x + other.x) / 2, py = (one.y + other.y) / 2;
    return Math.hypot(px - x, py - y) <= reach ? { x: px, y: py, kind: "gap" } : null;
  }
}
