// Everything with the keyboard alone: a crosshair that the arrows move, Space for the mouse button, Enter to finish.
const STEP = 12; // dots

export class Keyboard {
  constructor(editor) {
    this.editor = editor;
    this.cursor = null;
  }

  /** Handle a key; return whether it meant something here. */
  press(event) {
    const { editor } = this, { key } = event;
    const command = event.ctrlKey || event.metaKey;
    if (command && key.toLowerCase() === "z") return editor.turn(event.shiftKey ? "redo" : "undo");
    if (command && key.toLowerCase() === "y") return editor.turn("redo");
    if (command || event.altKey) return false;
    if (key.startsWith("Arrow")) return this.walk(key, event.shiftKey ? 1 : STEP);
    const done = {
      " ": () => this.button(), Enter: () => this.enter(), Escape: () => editor.escape(),
      Backspace: () => editor.tool.back?.(), Delete: () => editor.tool.erase?.(this.cursor, editor.reach()),
      v: () => editor.use("shape"), s: () => editor.use("split"), t: () => editor.use("lasso"), m: () => editor.use("merge"),
      b: () => editor.use("asking"), n: () => this.step(1), p: () => this.step(-1), c: () => this.corner(1),
      x: () => this.corner(-1), e: () => this.border(), i: () => this.middle(), l: () => editor.nextColouring(),
      a: () => editor.side.focus(), f: () => editor.show(editor.selected), 0: () => editor.show(null), "+": () => editor.map.zoomIn(0.5),
      "=": () => editor.map.zoomIn(0.5), "-": () => editor.map.zoomOut(0.5), "?": () => editor.help(), "/": () => editor.find(),
    }[key.length === 1 ? key.toLowerCase() : key];
    if (!done) return false;
    done();
    return true;
  }

  /** Put the crosshair somewhere, and keep it in sight. */
  put(x, y, { quiet = false } = {}) {
    const { editor } = this;
    this.cursor = { x, y };
    editor.keep(x, y);
    if (editor.gesture) editor.tool.move(this.cursor, editor.reach(), true);
    else editor.tool.hover?.(this.cursor, editor.reach());
    if (!quiet) editor.tell(this.where());
    editor.redraw();
  }

  where() {
    const { editor } = this, { x, y } = this.cursor;
    const found = editor.tool.find?.(this.cursor, editor.reach());
    const code = editor.coverage.cellAt(x, y);
    const note = editor.gesture && editor.tool.note;
    return [found && editor.say(`on_${found.kind}`), code && editor.shortName(code), note].filter(Boolean).join(" · ");
  }

  walk(key, dots) {
    const { editor } = this, far = dots * editor.unit;
    const from = this.cursor ?? editor.centre();
    const [dx, dy] = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] }[key];
    this.put(from.x + dx, from.y + dy);
    return true;
  }

  button() {
    const { editor } = this;
    if (!this.cursor) return this.put(editor.centre().x, editor.centre().y);
    if (editor.gesture && editor.usingKey !== "lasso") return editor.letGo(this.cursor);
    if (editor.usingKey === "lasso") {
      editor.tool.press(this.cursor);
      return editor.tool.release(this.cursor, 0);
    }
    editor.down(this.cursor);
  }

  enter() {
    const { editor } = this;
    if (editor.gesture) return editor.letGo(this.cursor);
    if (editor.tool.enter?.()) return undefined;
    return this.button();
  }

  /** Select the next cell by code and go there. */
  step(by) {
    const { editor } = this, codes = [...editor.coverage.cells.keys()].sort();
    const at = codes.indexOf(editor.selected);
    const code = codes[(at + by + codes.length) % codes.length];
    if (editor.usingKey === "merge" && editor.selected) return this.neighbour(by);
    editor.select(code);
    const [x, y] = editor.coverage.cells.get(code).middle;
    this.put(x, y, { quiet: true });
  }

  /** With the tool for merging: go from neighbour to neighbour. */
  neighbour(by) {
    const { editor } = this, codes = editor.coverage.neighbours(editor.selected).sort();
    this.at = ((this.at ?? -1) + by + codes.length) % codes.length;
    const [x, y] = editor.coverage.cells.get(codes[this.at]).middle;
    this.put(x, y);
  }

  corner(by) {
    const { editor } = this, cell = editor.coverage.cells.get(editor.selected);
    if (!cell) return;
    const all = cell.rings.flatMap((ring) => Array.from({ length: ring.length / 2 }, (_, k) => [ring[2 * k], ring[2 * k + 1]]));
    const at = this.cursor ? all.findIndex(([x, y]) => x === this.cursor.x && y === this.cursor.y) : -1;
    this.put(...all[(at + by + all.length) % all.length]);
  }

  /** Go to the next border with a neighbour. */
  border() {
    const { editor } = this, cell = editor.coverage.cells.get(editor.selected);
    if (!cell) return;
    const codes = editor.coverage.neighbours(editor.selected).sort();
    this.side = ((this.side ?? -1) + 1) % codes.length;
    const places = [];
    cell.rings.forEach((ring, r) => cell.edges[r].forEach((edge, k) => {
      const j = (2 * k + 2) % ring.length;
      if (edge.other === codes[this.side])
        places.push([ring[2 * k] * 0.75 + ring[j] * 0.25, ring[2 * k + 1] * 0.75 + ring[j + 1] * 0.25,
          Math.hypot(ring[j] - ring[2 * k], ring[j + 1] - ring[2 * k + 1])]);
    }));
    places.sort((a, b) => b[2] - a[2]);
    this.put(places[0][0], places[0][1]);
  }

  /** Put a new corner into the border under the crosshair. */
  middle() {
    const { editor } = this;
    const on = this.cursor && editor.coverage.segmentNear(editor.selected, this.cursor.x, this.cursor.y, editor.reach());
    if (on) editor.send({ op: "insert_vertex", at: [Math.round(on.x), Math.round(on.y)] }, [on.x, on.y]);
  }
}
