// The cells as the browser knows them: rings of whole millimetres from an origin, and which cells meet where.
// A ring is flat, x then y, without its first corner again at the end; shells run counter-clockwise.
const WIDE = 2 ** 26;

export const keyOf = (x, y) => x * WIDE + y;

/** Turn a flat list of steps into places. */
export function unpacked(steps) {
  const ring = new Array(steps.length);
  let x = 0, y = 0;
  for (let i = 0; i < steps.length; i += 2) {
    ring[i] = x += steps[i];
    ring[i + 1] = y += steps[i + 1];
  }
  return ring;
}

export function boxOf(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings)
    for (let i = 0; i < ring.length; i += 2) {
      if (ring[i] < box[0]) box[0] = ring[i];
      if (ring[i] > box[2]) box[2] = ring[i];
      if (ring[i + 1] < box[1]) box[1] = ring[i + 1];
      if (ring[i + 1] > box[3]) box[3] = ring[i + 1];
    }
  return box;
}

export const meets = (a, b) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];

/** Whether a place lies inside some rings, holes left out. */
export function inside(rings, x, y) {
  let within = false;
  for (const ring of rings)
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2)
      if (ring[i + 1] > y !== ring[j + 1] > y &&
          x < ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i])
        within = !within;
  return within;
}

/** The area of some rings in square metres. */
export function areaOf(rings) {
  let twice = 0;
  for (const ring of rings)
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2)
      twice += (ring[j] - ring[0]) * (ring[i + 1] - ring[1]) - (ring[i] - ring[0]) * (ring[j + 1] - ring[1]);
  return Math.abs(twice) / 2e6;
}

/** Where a level line crosses some rings, from west to east. */
function crossings(rings, y) {
  const hits = [];
  for (const ring of rings)
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2)
      if (ring[i + 1] > y !== ring[j + 1] > y)
        hits.push(((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]);
  return hits.sort((a, b) => a - b);
}

/** About the area that two sets of rings have in common, in square metres: summed over level strips. */
export function areaShared(one, other, strips = 200) {
  const [, low, , high] = boxOf(one), tall = (high - low) / strips;
  let long = 0;
  for (let n = 0; n < strips; n++) {
    const y = low + (n + 0.5) * tall, a = crossings(one, y), b = crossings(other, y);
    for (let i = 0; i + 1 < a.length; i += 2)
      for (let j = 0; j + 1 < b.length; j += 2)
        long += Math.max(0, Math.min(a[i + 1], b[j + 1]) - Math.max(a[i], b[j]));
  }
  return (long * tall) / 1e6;
}

/** The place on a segment nearest to a place, and how far away it is. */
export function nearestOn(ax, ay, bx, by, x, y) {
  const dx = bx - ax, dy = by - ay, square = dx * dx + dy * dy;
  const t = square ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square)) : 0;
  const px = ax + t * dx, py = ay + t * dy;
  return { x: px, y: py, t, away: Math.hypot(px - x, py - y) };
}

/** A place well inside some rings, for a label: the middle of the widest of a few level lines. */
function middleOf(rings, box) {
  let best = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 0];
  for (const share of [0.5, 0.42, 0.58, 0.34, 0.66]) {
    const y = box[1] + share * (box[3] - box[1]) + 0.5, hits = crossings(rings, y);
    for (let k = 0; k + 1 < hits.length; k += 2)
      if (hits[k + 1] - hits[k] > best[2] * 1.15) best = [(hits[k] + hits[k + 1]) / 2, y, hits[k + 1] - hits[k]];
  }
  return best;
}

export class Coverage {
  constructor(whole) {
    this.cells = new Map();
    this.regions = new Map();
    this.at = new Map();
    this.locked = new Set(whole.locked);
    this.unlocked = new Set(whole.unlocked);
    this.take(whole);
  }

  /** Take over cells and regions that are new, different or gone (null); return the cells around them. */
  take({ cells, regions, unlocked }) {
    const loose = unlocked && unlocked.join() !== [...this.unlocked].sort().join();
    if (unlocked) this.unlocked = new Set(unlocked);
    for (const [code, said] of Object.entries(regions ?? {})) {
      if (said) this.regions.set(code, { code, name: said[0], level: said[1], parent: said[2], kind: said[3] });
      else this.regions.delete(code);
    }
    for (const [code, rings] of Object.entries(cells ?? {})) {
      this.remove(code);
      if (rings) this.put(code, rings.map(unpacked));
    }
    this.lines = new Map();
    const moved = loose || Object.keys(regions ?? {}).length;
    const around = moved ? [...this.cells.keys()] : this.around(Object.keys(cells ?? {}));
    for (const code of around) this.border(this.cells.get(code));
  }

  put(code, rings) {
    const box = boxOf(rings);
    const cell = { code, rings, box, area: areaOf(rings), middle: middleOf(rings, box), edges: [] };
    this.cells.set(code, cell);
    for (const ring of rings)
      for (let i = 0; i < ring.length; i += 2) {
        const key = keyOf(ring[i], ring[i + 1]), held = this.at.get(key);
        if (!held) this.at.set(key, [code]);
        else if (!held.includes(code)) held.push(code);
      }
    return cell;
  }

  remove(code) {
    const cell = this.cells.get(code);
    if (!cell) return;
    for (const ring of cell.rings)
      for (let i = 0; i < ring.length; i += 2) {
        const key = keyOf(ring[i], ring[i + 1]);
        const left = (this.at.get(key) ?? []).filter((other) => other !== code);
        if (left.length) this.at.set(key, left);
        else this.at.delete(key);
      }
    this.cells.delete(code);
  }

  /** Cells and those that share a corner with them. */
  around(codes) {
    const found = new Set();
    for (const code of codes)
      for (const ring of this.cells.get(code)?.rings ?? [])
        for (let i = 0; i < ring.length; i += 2)
          for (const other of this.codesAt(ring[i], ring[i + 1])) found.add(other);
    return found;
  }

  codesAt(x, y) {
    return this.at.get(keyOf(x, y)) ?? [];
  }

  /** The cell across the segment that begins at corner i of a ring; null on the outer border. */
  across(cell, ring, i) {
    const j = (i + 2) % ring.length;
    const ends = this.codesAt(ring[j], ring[j + 1]);
    const both = this.codesAt(ring[i], ring[i + 1]).filter((code) => code !== cell.code && ends.includes(code));
    if (both.length < 2) return both[0] ?? null;
    return both.find((code) => this.has(code, ring[j], ring[j + 1], ring[i], ring[i + 1])) ?? null;
  }

  has(code, ax, ay, bx, by) {
    return this.cells.get(code).rings.some((ring) => {
      for (let i = 0; i < ring.length; i += 2) {
        const j = (i + 2) % ring.length;
        if (ring[i] === ax && ring[i + 1] === ay && ring[j] === bx && ring[j + 1] === by) return true;
      }
      return false;
    });
  }

  /** A region and those above it, the nearest first. */
  lineOf(code) {
    let line = this.lines.get(code);
    if (!line) {
      line = [];
      for (let at = this.regions.get(code); at && !line.includes(at); at = this.regions.get(at.parent)) line.push(at);
      this.lines.set(code, line);
    }
    return line;
  }

  fixedBy(code) {
    const free = (region) => this.unlocked.has(region.level) || this.unlocked.has(region.code);
    return this.lineOf(code).filter((region) => this.locked.has(region.level) && !free(region)).map((r) => r.code).join();
  }

  parentAbove(code) {
    return this.lineOf(code).filter((region) => this.locked.has(region.level)).map((r) => r.code).join();
  }

  /** Note of every segment of a cell what it divides: weight 0 cells, 1 parents, 2 communities, 3 outer; +4 fixed. */
  border(cell) {
    if (!cell) return;
    const parent = this.regions.get(cell.code)?.parent;
    cell.edges = cell.rings.map((ring) => {
      const edges = new Array(ring.length / 2);
      for (let i = 0; i < ring.length; i += 2) {
        const other = this.across(cell, ring, i);
        edges[i / 2] = { other, weight: this.weight(cell.code, parent, other) };
      }
      return edges;
    });
  }

  weight(code, parent, other) {
    if (other === null) return 7;
    if (this.fixedBy(code) !== this.fixedBy(other)) return 6;
    if (this.parentAbove(code) !== this.parentAbove(other)) return 2;
    return this.regions.get(other)?.parent === parent ? 0 : 1;
  }

  cellAt(x, y) {
    for (const cell of this.cells.values())
      if (x >= cell.box[0] && x <= cell.box[2] && y >= cell.box[1] && y <= cell.box[3] && inside(cell.rings, x, y))
        return cell.code;
    return null;
  }

  neighbours(code) {
    const found = new Set();
    for (const ring of this.cells.get(code)?.edges ?? []) for (const edge of ring) if (edge.other) found.add(edge.other);
    return [...found];
  }

  /** The corner of a cell nearest to a place, within reach. */
  cornerNear(code, x, y, reach) {
    let best = null;
    this.cells.get(code)?.rings.forEach((ring, r) => {
      for (let i = 0; i < ring.length; i += 2) {
        const away = Math.hypot(ring[i] - x, ring[i + 1] - y);
        if (away <= (best?.away ?? reach)) best = { r, i, x: ring[i], y: ring[i + 1], away };
      }
    });
    return best;
  }

  /** The segment of a cell nearest to a place, within reach. */
  segmentNear(code, x, y, reach) {
    let best = null;
    this.cells.get(code)?.rings.forEach((ring, r) => {
      for (let i = 0; i < ring.length; i += 2) {
        const j = (i + 2) % ring.length;
        const on = nearestOn(ring[i], ring[i + 1], ring[j], ring[j + 1], x, y);
        if (on.away <= (best?.away ?? reach)) best = { r, i, ...on };
      }
    });
    return best;
  }

  /** Whether a corner may not move: it lies on the outer border or on one that is locked. */
  isFixed(x, y) {
    return this.codesAt(x, y).some((code) => {
      const cell = this.cells.get(code);
      return cell.rings.some((ring, r) => {
        for (let i = 0; i < ring.length; i += 2) {
          const j = (i + 2) % ring.length;
          const touches = (ring[i] === x && ring[i + 1] === y) || (ring[j] === x && ring[j + 1] === y);
          if (touches && cell.edges[r][i / 2]?.weight > 3) return true;
        }
        return false;
      });
    });
  }

  /** The corners of the whole border between two cells that runs through a segment, from junction to junction. */
  stretch(code, r, i) {
    const cell = this.cells.get(code), ring = cell.rings[r], edges = cell.edges[r], other = edges[i / 2].other;
    const n = ring.length;
    let first = i, last = (i + 2) % n;
    while (first !== last && edges[((first - 2 + n) % n) / 2].other === other) first = (first - 2 + n) % n;
    while (last !== first && edges[last / 2].other === other) last = (last + 2) % n;
    const corners = [];
    for (let k = first; ; k = (k + 2) % n) {
      corners.push([ring[k], ring[k + 1]]);
      if (k === last && corners.length > 1) break;
    }
    return { other, corners, closed: first === last };
  }
}
