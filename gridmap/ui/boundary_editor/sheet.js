// What is drawn: a sheet with everything that rests, and one above it with what moves. Both are canvases that
// the map carries along; a drag redraws only the upper one.
import { L } from "./map.js";
import { meets } from "./coverage.js";

const DASH = { 6: [7, 4], 7: [] };
const WIDTH = [1, 1.8, 2.6, 3.2];
const SQUARE = 250_000; // mm
const BESIDE = 12; // dots around a box that is drawn again: the lines of its border

/** A canvas of the map. `paint(pen)` is called whenever it has to be drawn. */
export const Sheet = L.Renderer.extend({
  initialize(paint, options) {
    L.Renderer.prototype.initialize.call(this, { padding: 0.15, ...options });
    this._paint = paint;
  },
  _initContainer() {
    this._container = document.createElement("canvas");
    this._ctx = this._container.getContext("2d");
  },
  _destroyContainer() {
    this._container.remove();
  },
  _updatePaths() {},
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const { min } = this._bounds, size = this._bounds.getSize(), canvas = this._container;
    const dots = window.devicePixelRatio > 1 ? 2 : 1;
    if (canvas.width !== size.x * dots || canvas.height !== size.y * dots) {
      canvas.width = size.x * dots;
      canvas.height = size.y * dots;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
    }
    L.DomUtil.setPosition(canvas, min);
    this._dots = dots;
    this.draw();
  },
  /** Draw now: everything, or only what lies in a box. */
  draw(within = null) {
    if (!this._map || !this._bounds) return;
    const map = this._map, scale = map.getZoomScale(map.getZoom(), 0) / 1000, ctx = this._ctx;
    const zero = map.latLngToLayerPoint([0, 0]).subtract(this._bounds.min);
    const pen = new Pen(ctx, scale, zero, this._bounds.getSize(), this._dots);
    ctx.setTransform(this._dots, 0, 0, this._dots, 0, 0);
    const [left, top, wide, tall] = within ? pen.only(within) : [0, 0, pen.size.x, pen.size.y];
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, wide, tall);
    if (within) ctx.clip();
    ctx.clearRect(left, top, wide, tall);
    this._paint(pen);
    ctx.restore();
  },
});

class Pen {
  constructor(ctx, scale, zero, size, dots) {
    Object.assign(this, { ctx, scale, zero, size, dots });
    this.view = this.seen(0, 0, size.x, size.y);
  }
  /** What a rectangle of dots shows, in millimetres. */
  seen(left, top, wide, tall) {
    const { zero, scale } = this;
    return [(left - zero.x) / scale, (zero.y - top - tall) / scale, (left + wide - zero.x) / scale, (zero.y - top) / scale];
  }
  /** Draw only what a box and the width of a line around it show; return that in whole dots. */
  only([west, south, east, north]) {
    const least = (n, most) => Math.max(0, Math.min(Math.floor(n) - BESIDE, most)), { size } = this;
    const left = least(this.x(west), size.x), top = least(this.y(north), size.y);
    const right = least(Math.ceil(this.x(east)) + 2 * BESIDE, size.x), foot = least(Math.ceil(this.y(south)) + 2 * BESIDE, size.y);
    this.view = this.seen(left, top, right - left, foot - top);
    return [left, top, right - left, foot - top];
  }
  get letters() {
    return (this.family ??= getComputedStyle(this.ctx.canvas).fontFamily);
  }
  x(x) {
    return x * this.scale + this.zero.x;
  }
  y(y) {
    return this.zero.y - y * this.scale;
  }
  /** Lay rings (closed) or lines into the current path. */
  trace(rings, { closed = true } = {}) {
    const { ctx } = this;
    for (const ring of rings) {
      ctx.moveTo(this.x(ring[0]), this.y(ring[1]));
      for (let i = 2; i < ring.length; i += 2) ctx.lineTo(this.x(ring[i]), this.y(ring[i + 1]));
      if (closed) ctx.closePath();
    }
  }
  area(rings, fill, { stroke = null, width = 1 } = {}) {
    this.ctx.beginPath();
    this.trace(rings);
    if (fill) {
      this.ctx.fillStyle = fill;
      this.ctx.fill("evenodd");
    }
    if (stroke) this.stroke(stroke, width);
  }
  line(corners, colour, width, dash = []) {
    this.ctx.beginPath();
    this.trace([corners], { closed: false });
    this.stroke(colour, width, dash);
  }
  stroke(colour, width, dash = []) {
    const { ctx } = this;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.lineJoin = ctx.lineCap = "round";
    ctx.setLineDash(dash);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  dot(x, y, radius, fill, stroke, width = 2) {
    const { ctx } = this;
    ctx.beginPath();
    ctx.arc(this.x(x), this.y(y), radius, 0, 7);
    ctx.fillStyle = fill;
    ctx.fill();
    if (stroke) this.stroke(stroke, width);
  }
  square(x, y, half, fill, stroke, width = 2) {
    this.ctx.beginPath();
    this.ctx.rect(this.x(x) - half, this.y(y) - half, 2 * half, 2 * half);
    this.ctx.fillStyle = fill;
    this.ctx.fill();
    if (stroke) this.stroke(stroke, width);
  }
  text(lines, x, y, { colour, halo, size }) {
    const { ctx } = this;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    lines.forEach(([text, bold], k) => {
      ctx.font = `${bold ? 650 : 400} ${size}px ${this.letters}`;
      const py = this.y(y) + (k - (lines.length - 1) / 2) * size * 1.25;
      ctx.lineJoin = "round";
      ctx.strokeStyle = halo;
      ctx.lineWidth = size / 4;
      ctx.strokeText(text, this.x(x), py);
      ctx.fillStyle = colour;
      ctx.fillText(text, this.x(x), py);
    });
  }
}

/** Draw the borders of some cells by what they divide; each is drawn once. `skip` are cells drawn elsewhere. */
export function borders(pen, cells, colours, unit, { skip = new Set(), only = null } = {}) {
  const paths = new Map();
  for (const cell of cells)
    cell.rings.forEach((ring, r) => {
      for (let i = 0; i < ring.length; i += 2) {
        const edge = cell.edges[r]?.[i / 2];
        if (!edge || (edge.other && edge.other < cell.code && (!only || only.has(edge.other)))) continue;
        if (edge.other && skip.has(edge.other)) continue;
        const j = (i + 2) % ring.length;
        let path = paths.get(edge.weight);
        if (!path) paths.set(edge.weight, (path = new Path2D()));
        path.moveTo(pen.x(ring[i]), pen.y(ring[i + 1]));
        path.lineTo(pen.x(ring[j]), pen.y(ring[j + 1]));
      }
    });
  const { ctx } = pen;
  ctx.lineJoin = ctx.lineCap = "round";
  for (const weight of [...paths.keys()].sort()) {
    const plain = weight % 4;
    ctx.lineWidth = (WIDTH[plain] + 2) * unit;
    ctx.strokeStyle = colours.halo + (plain ? "cc" : "88");
    ctx.stroke(paths.get(weight));
  }
  for (const weight of [...paths.keys()].sort()) {
    const plain = weight % 4;
    ctx.lineWidth = WIDTH[plain] * unit;
    ctx.strokeStyle = colours.outline + ["88", "bb", "ee", "ff"][plain];
    ctx.setLineDash((DASH[weight] ?? []).map((n) => n * unit));
    ctx.stroke(paths.get(weight));
    ctx.setLineDash([]);
  }
}

/** Draw what is on the ground: water and green below the cells, roads and buildings above their colours. */
export function groundBelow(pen, ground, colours) {
  for (const kind of ["industry", "green", "water"]) shapes(pen, ground?.[kind], colours[kind]);
}

export function groundAbove(pen, ground, colours, unit) {
  const metre = pen.scale * 1000;
  if (ground?.building && metre > 0.28) shapes(pen, ground.building, colours.building, colours.road_edge);
  if (!ground?.road) return;
  for (const edge of [true, false])
    for (const rank of [4, 3, 2, 1]) {
      const wide = Math.max({ 1: 30, 2: 20, 3: 10, 4: 5 }[rank] * metre, rank < 3 ? 1.5 * unit : 0.6 * unit);
      if (rank === 4 && metre < 0.12) continue;
      onGround(pen, ground.road, rank, (path) => {
        pen.ctx.lineWidth = (edge ? wide + 1.4 * unit : wide) / pen.scale;
        pen.ctx.strokeStyle = edge ? colours.road_edge : colours.road;
        pen.ctx.stroke(path);
      }, { closed: false });
    }
}

function shapes(pen, found, fill, stroke = null) {
  if (!found) return;
  onGround(pen, found, 0, (path) => {
    pen.ctx.fillStyle = fill;
    pen.ctx.fill(path);
    if (!stroke) return;
    pen.ctx.strokeStyle = stroke;
    pen.ctx.lineWidth = 0.7 / pen.scale;
    pen.ctx.stroke(path);
  });
}

/** Draw what lies in view, square by square. */
function onGround(pen, found, rank, draw, { closed = true } = {}) {
  const { ctx, scale, zero } = pen;
  ctx.save();
  ctx.transform(scale, 0, 0, -scale, zero.x, zero.y);
  ctx.lineJoin = ctx.lineCap = "round";
  for (const square of (found.squares ??= squares(found, closed)).get(rank) ?? []) if (meets(square.box, pen.view)) draw(square.path);
  ctx.restore();
}

/** Lay shapes into paths once, by rank and square, so that drawing them again costs no script for their corners. */
function squares({ shapes: all, boxes, ranks }, closed) {
  const found = new Map();
  all.forEach((ring, k) => {
    const rank = closed ? 0 : Math.min(ranks[k], 4), box = boxes[k];
    const key = `${rank} ${Math.floor(box[0] / SQUARE)} ${Math.floor(box[1] / SQUARE)}`;
    let square = found.get(key);
    if (!square) found.set(key, (square = { rank, box: box.slice(), path: new Path2D() }));
    [square.box[0], square.box[1]] = [Math.min(square.box[0], box[0]), Math.min(square.box[1], box[1])];
    [square.box[2], square.box[3]] = [Math.max(square.box[2], box[2]), Math.max(square.box[3], box[3])];
    square.path.moveTo(ring[0], ring[1]);
    for (let i = 2; i < ring.length; i += 2) square.path.lineTo(ring[i], ring[i + 1]);
    if (closed) square.path.closePath();
  });
  const ranked = new Map();
  for (const square of found.values()) ranked.set(square.rank, [...(ranked.get(square.rank) ?? []), square]);
  return ranked;
}
