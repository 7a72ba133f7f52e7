// The boundary editor. The server holds the draft; here it is drawn, and what a person does becomes an operation,
// sent with the revision it was made on. The answer says which cells have changed, or why it was refused. The page
// around the map hears of it when the hand rests.
import { L } from "./map.js";
import { Coverage, boxOf, meets } from "./coverage.js";
import { Keyboard } from "./keyboard.js";
import { Loads } from "./loads.js";
import { Sheet, borders, groundAbove, groundBelow } from "./sheet.js";
import { Side, icon, node } from "./side.js";
import { Snapping } from "./snapping.js";
import { Asking, Lasso, Merge, Shape, Split } from "./tools.js";

const TOOLS = { shape: Shape, split: Split, lasso: Lasso, merge: Merge, asking: Asking };
const REACH = { mouse: 9, pen: 14, touch: 22 };
const TAP = 5; // dots a finger may slip
const BAND = { light: ["#7fb8e6", "#dfe3cf", "#f7c58b", "#e8873a"], dark: ["#3577a8", "#4a574c", "#8a6237", "#b8692c"] };
const OPAQUE = 0.5;
const LOOK_MS = 4000;
const SAID_MS = 3500;
const LOST_MS = 20000;
const REST_MS = 600; // a hand that rests so long may wait for the figures beside the map

const get = async (address, more = {}) => {
  const answer = await fetch(address, more);
  if (!answer.ok) throw Object.assign(new Error((await answer.json().catch(() => ({}))).error ?? answer.status), { status: answer.status });
  return answer.json();
};

/** Put a style sheet into the page, once; the map cannot be measured before. */
const styled = (href) => new Promise((done) => {
  if (document.querySelector(`link[href="${href}"]`)) return done();
  document.head.append(node("link", { rel: "stylesheet", href, onload: done, onerror: done }));
  return undefined;
});

/** How wide a text is, in heights of its letters: a Latin letter or digit takes about half of a Chinese one. */
const wide = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 1 : 0.56), 0);

/** The box around some boxes. */
const around = (boxes) => boxOf(boxes.map(([w, s, e, n]) => [w, s, e, n]));

/** Begin an editor in an element; it lasts as long as the element does. */
export async function mount(root) {
  await Promise.all(["../leaflet.css", "./editor.css"].map((name) => styled(new URL(name, import.meta.url).href)));
  return new Editor(root);
}

class Editor {
  constructor(root) {
    this.root = root;
    this.draft = null;
    this.lifted = new Map();
    root.gmAtWork = this;
    this.times = [];
    this.waiting = null;
  }

  /** Hear what the page says: another draft, other colours, another height. */
  async told(component) {
    this.component = component;
    const { data } = component;
    this.data = data;
    if (data.draft !== this.draft || data.lang !== this.lang || data.map !== this.address) await this.begin();
    if (!this.map || data !== this.data) return;
    if (this.height !== data.height) this.resize(data.height);
    if (data.revision > this.revision) this.lookAround();
    if (this.look !== JSON.stringify(data.colours)) {
      this.colour(data.colours);
      this.redraw(true);
    }
  }

  leave() {
    clearInterval(this.clock);
    clearTimeout(this.resting);
    this.watching?.disconnect();
    this.map?.remove();
    this.root.replaceChildren();
    this.root.gmEditor = null;
  }

  // ---- beginning ---------------------------------------------------------------------------------------------------

  async begin() {
    const { data } = this;
    Object.assign(this, { draft: data.draft, lang: data.lang, address: data.map, waiting: null, away: null });
    const told = await get(data.map).catch((fault) => this.root.replaceChildren(node("p", { role: "alert" }, fault.message)));
    if (!told || this.address !== data.map) return;
    this.words = told.words;
    this.levels = told.levels;
    this.origin = told.origin;
    this.colouring = localStorage.getItem("gm-editor-load") ?? "households";
    if (!told.names.includes(this.colouring)) this.colouring = told.names[0];
    this.take(told);
    this.colour(this.data.colours); // the page may have spoken again meanwhile
    this.build();
    this.redraw(true);
    get(data.ground).then((found) => {
      this.ground = this.snapping.ground(found);
      this.rest.draw();
      this.root.dataset.ground = "ready";
    });
    clearInterval(this.clock);
    this.clock = setInterval(() => this.lookAround(), LOOK_MS);
    this.root.dataset.ready = told.revision;
  }

  /** Take over the whole map. */
  take(told) {
    this.coverage = new Coverage(told);
    this.loads = new Loads(told);
    this.snapping = Object.assign(new Snapping(this.coverage), this.snapping && { roads: this.snapping.roads,
      roadNames: this.snapping.roadNames, buildings: this.snapping.buildings });
    this.stand(told);
  }

  stand({ revision, undo, redo, edits, status }) {
    Object.assign(this, { revision, can: { undo, redo }, edits, status });
  }

  say(name, values = {}) {
    return (this.words[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  }

  build() {
    this.watching?.disconnect();
    this.map?.remove();
    const button = (name, act, { tool = false, key = "" } = {}) => node("button", {
      type: "button", class: "gm-ed-tool", [tool ? "data-tool" : "data-act"]: name, title: `${this.say(`tool_${name}`)}${key ? `  (${key})` : ""}`,
      "aria-label": this.say(`tool_${name}`), onclick: () => (act(), this.focus()),
    }, icon(name), node("span", {}, this.say(`tool_${name}`)));
    this.stage = node("div", { class: "gm-ed-map", tabindex: "0", role: "application", "aria-label": this.say("map_label") });
    this.bar = node("div", { class: "gm-ed-bar", role: "toolbar", "aria-label": this.say("tools") },
      ...Object.keys(TOOLS).map((name) => button(name, () => this.use(name), { tool: true, key: { shape: "V", split: "S", lasso: "T", merge: "M", asking: "B" }[name] })),
      node("hr"), button("undo", () => this.turn("undo"), { key: "Ctrl+Z" }), button("redo", () => this.turn("redo"), { key: "Ctrl+Y" }),
      node("hr"), button("whole", () => this.show(null), { key: "0" }), button("help", () => this.help(), { key: "?" }));
    this.finish = node("div", { class: "gm-ed-finish", hidden: true },
      button("done", () => this.tool.enter?.()), button("back", () => this.tool.back?.()), button("cancel", () => this.escape()));
    this.chooser = node("select", { "aria-label": this.say("colour_by"), onchange: () => this.colourBy(this.chooser.value) },
      ...this.loads.names.map((name) => node("option", { value: name }, this.say(`load_${name}`))));
    this.keys = node("div", { class: "gm-ed-keys" });
    this.legend = node("div", { class: "gm-ed-legend" }, this.chooser, this.keys);
    this.panel = node("div", { class: "gm-ed-side" });
    this.balance = node("div", { class: "gm-ed-live", hidden: true });
    this.said = node("div", { class: "gm-ed-said", role: "status", "aria-live": "polite" });
    this.paper = node("div", { class: "gm-ed-help", hidden: true, role: "dialog", "aria-label": this.say("tool_help") });
    this.frame = node("div", { class: "gm-ed" },
      this.stage, this.bar, this.finish, this.legend, node("div", { class: "gm-ed-right" }, this.panel, this.balance), this.said, this.paper);
    this.root.replaceChildren(this.frame);
    this.resize(this.data.height);
    this.side = new Side(this, this.panel);
    this.open();
    this.keyboard = new Keyboard(this);
    this.use("shape");
    this.side.rest();
    this.chooser.value = this.colouring;
  }

  /** Open the map where it was left, else on the whole of it. */
  open() {
    this.map = L.map(this.stage, { crs: L.CRS.Simple, zoomSnap: 0, zoomDelta: 0.5, minZoom: -7, maxZoom: 6, keyboard: false,
      attributionControl: false, zoomControl: false, doubleClickZoom: false, boxZoom: false, wheelPxPerZoomLevel: 140, inertia: true });
    const kept = JSON.parse(sessionStorage.getItem(this.keptAs()) ?? "null");
    if (kept) this.map.setView(kept.centre, kept.zoom, { animate: false });
    else this.show(null, false);
    this.selected = this.coverage.cells.has(kept?.selected) ? kept.selected : null;
    this.map.createPane("gm-active").style.zIndex = 410;
    this.rest = new Sheet((pen) => this.paintRest(pen)).addTo(this.map);
    this.active = new Sheet((pen) => this.paintActive(pen), { pane: "gm-active" }).addTo(this.map);
    this.map.on("moveend", () => this.keepView());
    this.watching = new ResizeObserver(() => {
      this.letters = null;
      this.map.invalidateSize({ animate: false });
    });
    this.watching.observe(this.stage);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(this.map);
    this.listen();
  }

  keptAs() {
    return `gm-editor-${this.draft}`;
  }

  keepView() {
    const { lat, lng } = this.map.getCenter();
    sessionStorage.setItem(this.keptAs(), JSON.stringify({ centre: [lat, lng], zoom: this.map.getZoom(), selected: this.selected }));
  }

  resize(height) {
    this.height = height;
    this.letters = null;
    this.frame.style.setProperty("--gm-ed-height", `${height}px`);
    this.map?.invalidateSize({ animate: false });
  }

  colour(colours) {
    this.look = JSON.stringify(colours);
    this.colours = colours;
    this.fill();
  }

  // ---- pointers ----------------------------------------------------------------------------------------------------

  listen() {
    const { stage } = this;
    stage.addEventListener("pointerdown", (event) => this.timed(() => this.pressed(event)), { capture: true });
    stage.addEventListener("pointermove", (event) => this.timed(() => this.moved(event)));
    stage.addEventListener("pointerup", (event) => this.lifted_(event));
    stage.addEventListener("pointercancel", () => this.stop());
    stage.addEventListener("dblclick", () => this.tool.enter?.());
    stage.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      this.tool.erase?.(this.placeOf(event), this.reach(event.pointerType));
    });
    stage.addEventListener("keydown", (event) => {
      if (this.timed(() => this.keyboard.press(event))) {
        event.preventDefault();
        event.stopPropagation(); // the page has keys of its own
      }
      this.buttons();
    });
  }

  placeOf(event) {
    const box = (this.gesture && this.box) || this.stage.getBoundingClientRect(); // asking makes the browser lay out the page
    const { lat, lng } = this.map.containerPointToLatLng([event.clientX - box.left, event.clientY - box.top]);
    return { x: lng * 1000, y: lat * 1000 };
  }

  /** Millimetres of a dot. */
  get unit() {
    return 1000 / 2 ** this.map.getZoom();
  }

  reach(kind = "mouse") {
    return (REACH[kind] ?? REACH.mouse) * this.scale() * this.unit;
  }

  /** How large letters are; asked once for each size of the window, as asking makes the browser style the page. */
  scale() {
    return (this.letters ??= parseFloat(getComputedStyle(document.documentElement).fontSize) / 16);
  }

  centre() {
    const { lat, lng } = this.map.getCenter();
    return { x: Math.round(lng * 1000), y: Math.round(lat * 1000) };
  }

  pressed(event) {
    if (event.button || event.target.closest?.(".leaflet-popup, .leaflet-control")) return;
    this.pointers = (this.pointers ?? 0) + 1;
    if (this.pointers > 1) return this.stop();
    this.start = { x: event.clientX, y: event.clientY, kind: event.pointerType };
    this.keyboard.cursor = null;
    this.closeRefusal();
    if (this.waiting) return;
    this.box = this.stage.getBoundingClientRect();
    this.gesture = this.tool.press(this.placeOf(event), this.reach(event.pointerType));
    if (!this.gesture) return;
    if (this.tool.note) this.tell(this.tool.note);
    this.map.dragging.disable();
    this.stage.setPointerCapture(event.pointerId);
  }

  moved(event) {
    if (event.target.closest?.(".leaflet-popup")) return;
    const place = this.placeOf(event), reach = this.reach(event.pointerType);
    if (this.gesture) this.tool.move(place, reach, event.altKey);
    else if (!this.start) this.stage.style.cursor = this.tool.hover?.(place, reach, event.altKey) ?? "";
    this.redraw();
  }

  lifted_(event) {
    this.pointers = 0;
    const { start } = this;
    this.start = null;
    if (!start) return;
    const place = this.placeOf(event), reach = this.reach(event.pointerType);
    const still = Math.hypot(event.clientX - start.x, event.clientY - start.y) < TAP * this.scale();
    const held = this.gesture;
    this.stop();
    if (held) this.tool.release(place, reach);
    if (still && !this.waiting && !(held && this.usingKey !== "shape")) this.tap(place, reach, event.altKey, held);
    this.buttons();
    this.redraw();
  }

  tap(place, reach, free, held) {
    if (held && this.tool.mark) return; // a corner was touched: it is marked, the cell stays selected
    if (held && this.coverage.segmentNear(this.selected, place.x, place.y, reach)) return;
    this.tool.tap(place, reach, free);
  }

  stop() {
    this.gesture = false;
    this.map.dragging.enable();
  }

  /** The same with the keyboard: begin at a place, and let go there. */
  down(place) {
    this.closeRefusal();
    if (this.waiting) return;
    this.gesture = this.tool.press(place, this.reach());
    if (!this.gesture) this.tool.tap(place, this.reach());
    else this.tell([this.say("held"), this.tool.note].filter(Boolean).join(" · "));
    this.redraw();
  }

  letGo(place) {
    this.gesture = false;
    this.tool.release(place, this.reach());
    this.redraw();
  }

  escape() {
    const open = this.callout || !this.paper.hidden;
    this.closeRefusal();
    this.paper.hidden = true;
    if (open) return this.redraw();
    if (this.gesture || this.tool.cancel()) {
      this.tool.cancel();
      this.stop();
    } else if (this.usingKey !== "shape") this.use("shape");
    else this.select(null);
    this.buttons();
    this.redraw();
  }

  // ---- tools and selection -----------------------------------------------------------------------------------------

  use(name) {
    this.tool?.cancel();
    this.snap = null;
    this.usingKey = name;
    this.tool = new TOOLS[name](this);
    for (const one of this.bar.querySelectorAll("[data-tool]")) one.setAttribute("aria-pressed", one.dataset.tool === name);
    this.tell(this.say(`how_${name}`));
    this.buttons();
    this.redraw();
  }

  buttons() {
    for (const name of ["undo", "redo"]) this.bar.querySelector(`[data-act=${name}]`).disabled = !this.can[name] || Boolean(this.waiting);
    this.finish.hidden = !this.tool?.points?.length;
    this.frame.dataset.waiting = this.waiting ? "1" : "";
  }

  select(code) {
    this.selected = code;
    this.side.form = null;
    this.side.rest();
    this.keepView();
    if (code) this.tell(`${this.shortName(code)} · ${this.coverage.lineOf(code)[1]?.name ?? ""}`);
    this.redraw();
  }

  /** A name without the names of what lies above it; the same of its code where it has no name. */
  shortName(code) {
    const region = this.coverage.regions.get(code), key = region?.name && region.name !== code ? "name" : "code";
    const whole = region?.[key] || code;
    let name = whole;
    for (const above of this.coverage.lineOf(code).slice(1)) if (above[key] && name.startsWith(above[key])) name = name.slice(above[key].length);
    return name || whole;
  }

  show(code, animate = true) {
    const cells = code ? [this.coverage.cells.get(code)] : [...this.coverage.cells.values()];
    const [west, south, east, north] = around(cells.filter(Boolean).map(({ box }) => box));
    const wide = this.stage.clientWidth > 700, beside = this.scale();
    this.map.fitBounds([[south / 1000, west / 1000], [north / 1000, east / 1000]], {
      animate, paddingTopLeft: [wide ? 88 * beside : 20, 20], paddingBottomRight: [wide ? 306 * beside : 20, wide ? 20 : 60], maxZoom: 2 });
  }

  /** Keep a place in sight. */
  keep(x, y) {
    const point = this.map.latLngToContainerPoint([y / 1000, x / 1000]), size = this.map.getSize();
    if (point.x < 60 || point.y < 40 || point.x > size.x - 60 || point.y > size.y - 40) this.map.panTo([y / 1000, x / 1000], { animate: false });
  }

  find() {
    const asked = window.prompt(this.say("find"));
    if (!asked) return;
    const found = [...this.coverage.cells.keys()].find((code) => code === asked || code.endsWith(asked) || this.coverage.regions.get(code)?.name.includes(asked));
    if (!found) return this.tell(this.say("not_found"));
    this.select(found);
    this.show(found);
  }

  focus() {
    this.stage.focus({ preventScroll: true });
  }

  help() {
    const rows = this.say("keys").split("\n").map((line) => line.split("|"));
    this.paper.replaceChildren(node("b", {}, this.say("tool_help")), node("dl", {}, ...rows.flatMap(([keys, text]) => [
      node("dt", {}, ...keys.split(" ").map((key) => node("kbd", {}, key))), node("dd", {}, text)])));
    this.paper.hidden = !this.paper.hidden;
  }

  // ---- what is sent and answered -----------------------------------------------------------------------------------

  /** Send an operation; places in it are millimetres here and metres there. */
  send(operation, at) {
    if (this.waiting) return;
    const metres = ([x, y]) => [(Math.round(x) + this.origin[0]) / 1000, (Math.round(y) + this.origin[1]) / 1000];
    const asked = { ...operation };
    for (const name of ["at", "to"]) if (asked[name]) asked[name] = metres(asked[name]);
    for (const name of ["corners", "places", "line", "polygon"]) if (asked[name]) asked[name] = asked[name].map(metres);
    this.waiting = { id: `${Date.now()}-${Math.random().toString(36).slice(2, 8)}`, at, sent: performance.now(), operation: asked };
    this.lasted = null;
    this.post(this.waiting);
    this.buttons();
    return true;
  }

  /** Hand an operation to the server, and take over what it answers. */
  async post(waiting) {
    const answer = await get(this.data.operations, { method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: waiting.id, revision: this.revision, op: waiting.operation }), signal: AbortSignal.timeout(LOST_MS),
    }).catch((fault) => fault);
    if (this.waiting !== waiting) return; // meanwhile another draft was opened
    if (answer instanceof Error) await this.lost(answer);
    else this.answered(answer);
  }

  /** Tell the page that the draft went on, when the hand rests: counting anew would keep the next answer waiting. */
  tellPage() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.waiting || this.gesture || this.start) this.tellPage();
      else this.component.setTriggerValue("seen", this.revision);
    }, REST_MS);
  }

  turn(name) {
    if (this.can[name] && !this.gesture) this.send({ op: name }, null);
    return true;
  }

  ask(codes) {
    this.component.setTriggerValue("border", codes);
  }

  answered(answer) {
    const { at, sent, operation } = this.waiting;
    this.waiting = null;
    this.takeOver(answer);
    this.calm();
    this.tool.done?.(answer.refused);
    if (answer.refused) this.refuse(answer.refused, this.placeIn(answer.refused) ?? at);
    else this.tell(this.say(operation.op === "unlock" ? "unlocked" : "done_step", { n: this.edits }));
    if (operation.op === "recode" && !answer.refused) this.selected = operation.new_code;
    if (operation.op === "create" && !answer.refused) this.selected = operation.new_code;
    if (this.selected && !this.coverage.cells.has(this.selected)) this.selected = at ? this.coverage.cellAt(...at) : null;
    this.redraw();
    this.side.rest();
    this.buttons();
    requestAnimationFrame(() => {
      this.lasted = performance.now() - sent; // drawn: the frame asked for above comes first
    });
    this.root.dataset.answered = answer.id;
    this.root.dataset.refused = answer.refused?.reason ?? "";
    this.tellPage();
  }

  /** No answer came: show what the server has, as soon as it can be asked. */
  async lost(fault) {
    this.waiting = null;
    this.away = this.say(fault.status === 401 ? "signed_out" : "away");
    this.drop();
    this.tool.done?.({ reason: "lost" });
    this.buttons();
    this.root.dataset.refused = "lost";
    await this.backAgain();
  }

  /** Ask for the whole map after the server was away; what it had accepted is there. */
  async backAgain() {
    const found = await this.again().then(() => true, () => false);
    if (found) this.away = null;
    this.tell(found ? this.say("lost") : this.away, found);
    if (found) this.tellPage();
  }

  placeIn({ at }) {
    return at && [at[0] * 1000 - this.origin[0], at[1] * 1000 - this.origin[1]];
  }

  /** Take over what has changed since our revision, and draw the cells concerned again. */
  takeOver(changes) {
    const concerned = [...this.lifted.keys(), ...Object.keys(changes.cells ?? {})], before = this.boxAround(concerned);
    this.lifted = new Map();
    if (changes.whole || changes.since !== this.revision) return this.again();
    const belongs = Object.keys(changes.regions).length > 0 || changes.unlocked.length !== this.coverage.unlocked.size;
    this.coverage.take(changes);
    this.loads.take(changes.loads, changes.cells);
    this.stand(changes);
    this.root.dataset.ready = this.revision;
    this.redraw(belongs || this.boxAround(concerned, before));
    this.side.legend(this.keys);
    return undefined;
  }

  async again() {
    this.take(await get(this.address));
    this.root.dataset.ready = this.revision;
    this.lifted = new Map();
    this.side.rest();
    this.buttons();
    this.redraw(true);
  }

  /** Look whether somebody else went on with the draft. */
  async lookAround() {
    if (!this.root.isConnected) return this.leave();
    if (document.hidden || this.waiting || this.gesture) return undefined;
    if (this.away) return this.backAgain();
    const news = await get(`${this.data.changes}&since=${this.revision}`).catch(() => null);
    if (!news || this.waiting || this.gesture || news.revision === this.revision) return undefined;
    this.takeOver(news);
    this.tell(this.say("others", { who: (news.by ?? []).join("、") }), true);
    this.side.rest();
    this.buttons();
    this.tellPage();
    return undefined;
  }

  /** Say where it happened why something was not done. */
  refuse({ text, reason = "" }, at) {
    this.refusal = at;
    const place = at ?? [this.centre().x, this.centre().y];
    const said = node("div", { class: "gm-ed-refused", role: "alert", "data-reason": reason }, node("b", {}, this.say("refused")), node("span", {}, text));
    this.callout = L.popup({ closeButton: true, autoPan: true, autoPanPadding: [60, 60], maxWidth: 300 * this.scale(), className: "gm-ed-popup", closeOnClick: false })
      .setLatLng([place[1] / 1000, place[0] / 1000]).setContent(said).openOn(this.map);
    this.tell(text);
    this.redraw();
  }

  closeRefusal() {
    this.callout?.remove();
    this.callout = this.refusal = null;
  }

  tell(text, loud = false) {
    this.said.textContent = text;
    this.said.classList.toggle("gm-ed-loud", loud);
    clearTimeout(this.fading);
    this.said.hidden = !text;
    if (loud) this.fading = setTimeout(() => this.tell(this.say(`how_${this.usingKey}`)), SAID_MS);
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------

  lift(lifted) {
    this.lifted = lifted;
    this.redraw(this.boxAround(lifted.keys()));
  }

  drop() {
    this.redraw(this.boxAround(this.lifted.keys()));
    this.lifted = new Map();
    this.calm();
  }

  /** The box around some cells as they rest; false where there is none of them. */
  boxAround(codes, more = false) {
    const boxes = [...codes].map((code) => this.coverage.cells.get(code)?.box).concat(more ? [more] : []).filter(Boolean);
    return boxes.length > 0 && around(boxes);
  }

  live(after, before) {
    this.balance.hidden = false;
    this.panel.hidden = true;
    this.side.live(after, before);
  }

  calm() {
    this.balance.hidden = true;
    this.panel.hidden = false;
  }

  colourBy(name) {
    this.colouring = this.chooser.value = name;
    localStorage.setItem("gm-editor-load", name);
    this.fill();
    this.redraw(true);
  }

  nextColouring() {
    const { names } = this.loads;
    this.colourBy(names[(names.indexOf(this.colouring) + 1) % names.length]);
  }

  fill() {
    const { ramp, background } = this.colours, dark = parseInt(background.slice(1, 3), 16) < 128;
    const n = this.loads.edges(this.colouring).length + 1;
    this.fills = this.colouring === "households" ? BAND[dark ? "dark" : "light"]
      : Array.from({ length: n }, (_, k) => ramp[Math.round((k * (ramp.length - 1)) / Math.max(n - 1, 1))]);
  }

  fillOf(code) {
    const k = this.loads.classOf(this.colouring, code);
    return k === null ? this.colours.missing : this.fills[k];
  }

  /** Draw in the next frame what moves; of what rests everything (true), what lies in a box, or nothing. */
  redraw(resting = false) {
    if (resting === true || !this.stale) this.stale = resting;
    else if (resting && this.stale !== true) this.stale = around([this.stale, resting]);
    if (this.due) return;
    this.due = requestAnimationFrame(() => this.timed(() => {
      const { stale } = this;
      this.due = null;
      this.stale = false;
      if (stale) this.rest.draw(stale === true ? null : stale);
      if (stale === true) this.side.legend(this.keys);
      this.active.draw();
    }));
  }

  timed(work) {
    const began = performance.now(), result = work();
    if (this.gesture) this.times.push(performance.now() - began);
    return result;
  }

  paintRest(pen) {
    const unit = this.scale(), shown = [...this.coverage.cells.values()].filter((cell) =>
      cell.box[0] <= pen.view[2] && cell.box[2] >= pen.view[0] && cell.box[1] <= pen.view[3] && cell.box[3] >= pen.view[1]);
    const resting = shown.filter((cell) => !this.lifted.has(cell.code));
    groundBelow(pen, this.ground, this.colours);
    pen.ctx.globalAlpha = OPAQUE;
    for (const cell of resting) this.paintLand(pen, cell.code, cell.rings);
    pen.ctx.globalAlpha = 1;
    groundAbove(pen, this.ground, this.colours, unit);
    borders(pen, resting, this.colours, unit, { skip: this.lifted });
    this.paintNames(pen, resting, unit);
  }

  paintLand(pen, code, rings) {
    if (this.coverage.regions.get(code)?.kind === "unassigned") {
      pen.area(rings, this.hatch(pen));
      return;
    }
    pen.area(rings, this.fillOf(code));
  }

  hatch(pen) {
    const key = `${this.look}${this.scale()}`;
    if (this.hatched?.key !== key) {
      const side = 8 * this.scale(), tile = node("canvas", { width: side, height: side }), ctx = tile.getContext("2d");
      ctx.strokeStyle = this.colours.soft;
      ctx.lineWidth = this.scale();
      for (const k of [-1, 0, 1]) {
        ctx.moveTo(k * side - 1, side + 1);
        ctx.lineTo((k + 1) * side + 1, -1);
      }
      ctx.stroke();
      this.hatched = { key, pattern: pen.ctx.createPattern(tile, "repeat") };
    }
    return this.hatched.pattern;
  }

  paintNames(pen, cells, unit) {
    const size = 12 * unit, at = this.loads.names.indexOf(this.colouring);
    const taken = []; // names stand side by side: one that would cover another is left out, small cells first
    for (const cell of [...cells].sort((one, other) => other.middle[2] - one.middle[2])) {
      const [x, y, width] = cell.middle, whole = this.shortName(cell.code);
      const fits = (text) => text && width * pen.scale > text.length * size * 0.85 && (cell.box[3] - cell.box[1]) * pen.scale > 3 * size;
      const name = [whole, whole.match(/\d+/)?.[0]].find(fits);
      if (!name) continue;
      const value = Math.round(this.loads.now.get(cell.code)?.[at] ?? 0).toLocaleString("en-US");
      const half = (Math.max(wide(name), wide(value)) * size) / 2 / pen.scale, tall = (1.25 * size) / pen.scale;
      const box = [x - half, y - tall, x + half, y + tall];
      if (taken.some((other) => meets(box, other))) continue;
      taken.push(box);
      pen.text([[name, true], [value, false]], x, y, { colour: this.colours.label, halo: this.colours.halo, size });
    }
  }

  paintActive(pen) {
    const { colours } = this, unit = this.scale();
    for (const [code, rings] of this.lifted) {
      pen.ctx.globalAlpha = OPAQUE;
      this.paintLand(pen, code, rings);
      pen.ctx.globalAlpha = 1;
      pen.ctx.beginPath();
      pen.trace(rings);
      pen.stroke(colours.halo, 4 * unit);
      pen.stroke(colours.outline, 1.8 * unit);
    }
    this.paintSelected(pen, unit);
    this.tool?.paint?.(pen, colours, unit);
    if (this.snap) this.paintSnap(pen, unit);
    if (this.refusal) pen.dot(...this.refusal, 9 * unit, `${colours.bad}44`, colours.bad, 2.5 * unit);
    const { cursor } = this.keyboard ?? {};
    if (cursor) this.paintCursor(pen, cursor, unit);
  }

  paintSelected(pen, unit) {
    const { colours, selected } = this, rings = this.lifted.get(selected) ?? this.coverage.cells.get(selected)?.rings;
    if (!rings) return;
    pen.area(rings, null);
    pen.stroke(colours.halo, 6 * unit);
    pen.stroke(colours.accent, 3.2 * unit);
    if (this.usingKey !== "shape") return;
    const { drag, mark, over } = this.tool, edges = this.coverage.cells.get(selected)?.edges;
    rings.forEach((ring, r) => {
      for (let i = 0; i < ring.length; i += 2) {
        const x = ring[i], y = ring[i + 1], j = (i + 2) % ring.length;
        const fixed = (edges?.[r]?.[i / 2]?.weight ?? 0) > 3 || (edges?.[r]?.[(i / 2 - 1 + ring.length / 2) % (ring.length / 2)]?.weight ?? 0) > 3;
        const long = Math.hypot(ring[j] - x, ring[j + 1] - y) * pen.scale;
        if (!drag && long > 34 * unit && (edges?.[r]?.[i / 2]?.weight ?? 0) < 4)
          pen.dot((x + ring[j]) / 2, (y + ring[j + 1]) / 2, 3 * unit, colours.card, colours.accent, 1.2 * unit);
        const marked = mark && mark.x === x && mark.y === y, under = over?.kind === "corner" && over.x === x && over.y === y;
        if (fixed && !drag) pen.square(x, y, 2.6 * unit, colours.soft, colours.card, unit);
        else pen.dot(x, y, (marked || under ? 6.5 : 4.6) * unit, marked ? colours.accent : colours.card, colours.accent, 2.2 * unit);
      }
    });
  }

  paintSnap(pen, unit) {
    const { x, y, kind, name } = this.snap, { colours } = this;
    pen.dot(x, y, 7 * unit, `${colours.highlight}66`, colours.highlight, 2.2 * unit);
    const text = name || (kind && this.say(`snap_${kind}`));
    if (text) pen.text([[text, false]], x, y + 18 * unit / pen.scale, { colour: colours.label, halo: colours.halo, size: 12 * unit });
  }

  paintCursor(pen, { x, y }, unit) {
    const far = (14 * unit) / pen.scale, near = (4 * unit) / pen.scale;
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]])
      for (const [colour, width] of [[this.colours.halo, 4.5], [this.colours.text, 1.8]])
        pen.line([x + dx * near, y + dy * near, x + dx * far, y + dy * far], colour, width * unit);
  }
}
