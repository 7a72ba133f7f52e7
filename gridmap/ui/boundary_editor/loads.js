// What lies in the cells: exact sums as the server counted them, and sums from small squares while a border moves.
import { areaOf, boxOf, inside } from "./coverage.js";

const BUCKET = 200_000; // mm

export class Loads {
  constructor({ names, loads, today, areas, points, breaks, band }) {
    Object.assign(this, { names, today, areas, breaks, band });
    this.now = new Map(Object.entries(loads));
    this.points = { ...points, x: points.x.map((n) => n * 100), y: points.y.map((n) => n * 100) };
    this.buckets = new Map();
    this.points.x.forEach((x, k) => {
      const key = this.bucket(x, this.points.y[k]);
      if (!this.buckets.has(key)) this.buckets.set(key, []);
      this.buckets.get(key).push(k);
    });
  }

  bucket(x, y) {
    return Math.floor(x / BUCKET) * 100_000 + Math.floor(y / BUCKET);
  }

  take(loads, cells) {
    for (const [code, rings] of Object.entries(cells ?? {})) if (!rings) this.now.delete(code);
    for (const [code, sums] of Object.entries(loads ?? {})) this.now.set(code, sums);
  }

  /** The squares in a box. */
  within([west, south, east, north]) {
    const found = [];
    for (let a = Math.floor(west / BUCKET); a <= Math.floor(east / BUCKET); a++)
      for (let b = Math.floor(south / BUCKET); b <= Math.floor(north / BUCKET); b++)
        for (const k of this.buckets.get(a * 100_000 + b) ?? []) found.push(k);
    return found.filter((k) => {
      const x = this.points.x[k], y = this.points.y[k];
      return x >= west && x <= east && y >= south && y <= north;
    });
  }

  /** Sums of what lies in some rings. */
  sumIn(rings) {
    return this.sumOf(this.within(boxOf(rings)).filter((k) => inside(rings, this.points.x[k], this.points.y[k])));
  }

  sumOf(found) {
    return this.names.map((name) => found.reduce((sum, k) => sum + this.points[name][k], 0));
  }

  /** Figures of a cell as they are: sums and area. */
  figures(code, cell) {
    const sums = this.now.get(code);
    return { sums: sums ?? this.names.map(() => 0), area: cell?.area ?? 0 };
  }

  /** Upper edges of the classes of a load; those of households are the band, and half as much again. */
  edges(name) {
    return name === "households" ? [this.band[0] - 1, this.band[1], this.band[1] * 1.5] : this.breaks[name];
  }

  /** Class of a cell for its colour: 0 and up. */
  classOf(name, code) {
    const value = this.now.get(code)?.[this.names.indexOf(name)];
    if (value === undefined) return null;
    const edges = this.edges(name);
    let at = 0;
    while (at < edges.length && value > edges[at]) at++;
    return at;
  }
}

/** Follow the figures of some cells while corners of them move; only what the corners sweep over is counted anew. */
export class Following {
  constructor(loads, lifted) {
    this.loads = loads;
    this.before = new Map();
    for (const [code, rings] of lifted)
      this.before.set(code, { rings: rings.map((ring) => ring.slice()), ...loads.figures(code, { area: areaOf(rings) }) });
  }

  /** Figures of every cell now. `swept` is a box around all that has moved. */
  now(lifted, swept) {
    const figures = new Map();
    for (const [code, was] of this.before)
      figures.set(code, { sums: was.sums.slice(), area: areaOf(lifted.get(code)) });
    const { points, names } = this.loads;
    const owner = (x, y, of) => {
      for (const [code, rings] of of) if (inside(rings, x, y)) return code;
      return null;
    };
    const were = [...this.before].map(([code, was]) => [code, was.rings]);
    for (const k of this.loads.within(swept)) {
      const x = points.x[k], y = points.y[k], from = owner(x, y, were), to = owner(x, y, lifted);
      if (from === to) continue;
      names.forEach((name, n) => {
        if (from) figures.get(from).sums[n] -= points[name][k];
        if (to) figures.get(to).sums[n] += points[name][k];
      });
    }
    return figures;
  }
}
