// The panel beside the map: figures of the selected cell, of both sides while a border moves, and what can be done
// with a cell besides drawing. All texts of the data go in as text, never as HTML.
const ICONS = {
  shape: "M5 3l13 9-6 1.4L9.2 19z", split: "M4 20 20 4M7 4H4v3M20 17v3h-3M12 6v2M12 16v2",
  lasso: "M12 4c5 0 8 2.4 8 5.6S16.500 15 12 15 4 13 4 9.600 7 4 12 4zM8 15c-2 2-1 5 2 5",
  merge: "M4 5h6v14H4zM14 5h6v14h-6zM8 12h8M13.500 9l3 3-3 3", asking: "M12 8a3 3 0 1 1 3 3c-2 .600-3 1.500-3 3.500M12 18.500v.5",
  undo: "M9 6 4 11l5 5M4 11h10a6 6 0 0 1 0 12h-2", redo: "M15 6l5 5-5 5M20 11H10a6 6 0 0 0 0 12h2",
  whole: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5", help: "M9 9a3 3 0 1 1 4 2.800c-.800.400-1 1-1 2.200M12 17.500v.5",
  done: "M5 12l5 5 9-11", cancel: "M6 6l12 12M18 6 6 18", back: "M20 6H10l-6 6 6 6h10zM11 9.500l5 5M16 9.500l-5 5",
};

export function node(tag, given = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...inside.filter((part) => part !== null && part !== undefined && part !== false));
  return made;
}

export function icon(name) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  drawn.append(path);
  return drawn;
}

const whole = (value) => Math.round(value).toLocaleString("en-US");
const signed = (value) => (Math.round(value) > 0 ? `+${whole(value)}` : Math.round(value) < 0 ? `−${whole(-value)}` : "0");

export class Side {
  constructor(editor, root) {
    this.editor = editor;
    this.root = root;
    this.form = null;
  }

  say(name, values) {
    return this.editor.say(name, values);
  }

  /** Show the selected cell, or how to begin; who types goes on typing. */
  rest() {
    const held = this.root.contains(document.activeElement) ? document.activeElement : null;
    this.show();
    if (!held) return;
    const same = this.root.contains(held) ? held : this.root.querySelector(`[data-do="${held.dataset.do}"]`);
    if (same) same.focus({ preventScroll: true });
    else this.editor.focus();
  }

  show() {
    const { editor, root } = this, { coverage, selected } = editor;
    const cell = coverage.cells.get(selected);
    root.classList.toggle("gm-ed-empty", !cell);
    if (!cell) return root.replaceChildren(node("p", { class: "gm-ed-hint" }, this.say("choose_cell")));
    const region = coverage.regions.get(selected) ?? { name: "", level: "", parent: "", kind: "base" };
    const parents = coverage.lineOf(selected).slice(1).map((above) => above.name || above.code).join(" · ");
    root.replaceChildren(
      node("div", { class: "gm-ed-name" }, region.name || selected,
        region.kind === "unassigned" && node("span", { class: "gm-ed-tag" }, this.say("unassigned")),
        editor.loads.today[selected] ? null : node("span", { class: "gm-ed-tag gm-ed-new" }, this.say("new"))),
      node("div", { class: "gm-ed-sub" }, `${selected} · ${editor.levels[region.level] ?? region.level}`),
      node("div", { class: "gm-ed-sub" }, parents),
      this.figures(cell), this.form ?? this.actions(region));
  }

  /** The figures of a cell as drafted and as they are today. */
  figures(cell) {
    const { loads } = this.editor, now = loads.figures(cell.code, cell), today = loads.today[cell.code];
    const line = (title, value, was) => node("tr", {}, node("th", {}, title), node("td", {}, whole(value)),
      node("td", { class: "gm-ed-soft" }, was === undefined ? "—" : whole(was)),
      node("td", { class: "gm-ed-delta" }, was === undefined ? "" : signed(value - was)));
    const heads = ["", this.say("drafted"), this.say("today"), this.say("difference")];
    return node("table", { class: "gm-ed-figures" },
      node("thead", {}, node("tr", {}, ...heads.map((head) => node("th", {}, head)))),
      node("tbody", {}, ...loads.names.map((name, k) => line(this.say(`load_${name}`), now.sums[k], today?.[k])),
        line(this.say("load_area"), now.area, loads.areas[cell.code])));
  }

  /** Both sides while something moves: figures as they would be, and what that changes. */
  live(after, before) {
    const { coverage, loads, selected } = this.editor;
    const codes = [...after.keys()].sort((a, b) => (b === selected) - (a === selected)).slice(0, 3);
    const title = (code) => (coverage.regions.get(code) ? this.editor.shortName(code) : this.say("piece_n", { n: code }));
    const cellOf = (value, was) => node("td", {}, value === null ? "—" : whole(value),
      was === undefined || value === null ? null : node("i", { class: Math.round(value - was) ? "gm-ed-moves" : "" }, signed(value - was)));
    const rows = [...loads.names.map((name, k) => [this.say(`load_${name}`), (f) => f.sums[k]]),
      [this.say("load_area"), (f) => f.area]];
    this.editor.balance.replaceChildren(node("table", { class: "gm-ed-figures gm-ed-both" },
      node("thead", {}, node("tr", {}, node("th", {}, ""), ...codes.map((code) => node("th", {}, title(code))))),
      node("tbody", {}, ...rows.map(([name, of]) => node("tr", {}, node("th", {}, name),
        ...codes.map((code) => cellOf(of(after.get(code)), before?.has(code) ? of(before.get(code)) : undefined)))))));
  }

  /** What can be done with the selected cell. */
  actions(region) {
    const offered = region.kind === "unassigned" ? ["create", "recode", "reparent"]
      : ["rename", "recode", "reparent", "release", ...(region.level === "red_grid" ? [] : ["divide"])];
    const locked = !this.editor.coverage.unlocked.has("community");
    return node("div", { class: "gm-ed-actions", role: "group", "aria-label": this.say("actions"), onkeydown: (event) => this.walk(event) },
      ...offered.map((name) => node("button", { type: "button", "data-do": name, onclick: () => this.ask(name) }, this.say(name))),
      node("button", { type: "button", "data-do": "unlock", disabled: !locked,
        onclick: () => this.ask("unlock") }, this.say(locked ? "unlock" : "unlocked")));
  }

  /** Go to what can be done with the selected cell. */
  focus() {
    this.root.querySelector(".gm-ed-form input, .gm-ed-form select, .gm-ed-actions button:not(:disabled)")?.focus();
  }

  /** Among the actions the arrows go from one to the next; Esc leads back to the map. */
  walk(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.editor.focus();
    if (by) {
      const all = [...this.root.querySelectorAll(".gm-ed-actions button:not(:disabled)")];
      all[(all.indexOf(document.activeElement) + by + all.length) % all.length].focus();
    }
    if (by || event.key === "Escape") event.preventDefault();
    event.stopPropagation();
  }

  /** Ask for what an operation needs besides the cell, then send it. */
  ask(name) {
    const { coverage, selected, levels } = this.editor, region = coverage.regions.get(selected);
    const text = (key, value = "") => [key, node("input", { name: key, value, autocomplete: "off", spellcheck: "false", required: key !== "name" || name === "rename" })];
    const choice = (key, entries) => [key, node("select", { name: key }, ...entries.map(([value, label]) => node("option", { value }, label)))];
    const parents = () => {
      const own = coverage.regions.get(region.parent);
      return [...coverage.regions.values()].filter((other) => other.level === own?.level && !coverage.cells.has(other.code) && other.code !== own.code)
        .map((other) => [other.code, `${other.name || other.code}`]);
    };
    const below = () => Object.entries(levels).slice(Object.keys(levels).indexOf(region.level) + 1);
    const fields = {
      rename: () => [text("name", region.name)], recode: () => [text("new_code", selected)],
      reparent: () => [choice("parent", parents())],
      create: () => [text("new_code", this.nextCode(region)), text("name", "")], release: () => [],
      divide: () => [choice("level", below()), text("new_code", `${selected}001`), text("name", region.name)], unlock: () => [],
    }[name]();
    const close = () => {
      this.form = null;
      this.rest();
      this.editor.focus();
    };
    this.form = node("form", { class: "gm-ed-form", onsubmit: (event) => {
      event.preventDefault();
      const told = Object.fromEntries(fields.map(([key, input]) => [key, input.value.trim()]));
      this.form = null;
      this.editor.send(this.operation(name, selected, told), coverage.cells.get(selected).middle);
      this.rest();
      this.editor.focus();
    }, onkeydown: (event) => {
      event.stopPropagation();
      if (event.key === "Escape") close();
      if (event.key === "Enter" && event.target.tagName === "SELECT") {
        event.preventDefault();
        this.form.requestSubmit();
      }
    } },
      node("b", {}, this.say(name)), node("p", { class: "gm-ed-hint" }, this.say(`${name}_hint`)),
      ...fields.map(([key, input]) => node("label", {}, this.say(`field_${key}`), input)),
      node("div", { class: "gm-ed-row" },
        node("button", { type: "submit", class: "gm-ed-go" }, this.say("do_it")),
        node("button", { type: "button", onclick: close }, this.say("cancel"))));
    this.rest();
    (fields[0]?.[1] ?? this.form.querySelector("button")).focus();
  }

  /** The code after the last one of the land's level below its parent, counted on until it is free. */
  nextCode({ parent, level }) {
    const { regions } = this.editor.coverage, { today } = this.editor.loads;
    const kin = [...regions.values()].filter((other) => other.level === level && other.kind !== "unassigned" && /\d$/.test(other.code));
    const codes = (kin.some((other) => other.parent === parent) ? kin.filter((other) => other.parent === parent) : kin).map(({ code }) => code);
    const [, stem, digits] = codes.sort().at(-1)?.match(/^(.*?)(\d{1,9})$/) ?? [null, "", ""];
    let number = Number(digits);
    const written = () => stem + String(number).padStart(digits.length, "0");
    while (digits && (regions.has(written()) || written() in today)) number += 1; // nor one that is given up here
    return digits && written();
  }

  operation(name, code, told) {
    if (name === "unlock") return { op: "unlock", levels: ["community"] };
    if (name === "create") return { op: "create", within: code, ...told };
    if (name === "reparent") return { op: "reparent", codes: [code], ...told };
    return { op: name, code, ...told };
  }

  /** The legend: classes of the load the cells are coloured by, with how many cells are in each. */
  legend(root) {
    const { loads, colouring, coverage, fills } = this.editor;
    const codes = [...coverage.cells.keys()].filter((code) => coverage.regions.get(code)?.kind !== "unassigned");
    const counts = fills.map((_, k) => codes.filter((code) => loads.classOf(colouring, code) === k).length);
    const edges = loads.edges(colouring);
    const labels = [...edges.map((edge, k) => (k ? `${whole(edges[k - 1] + 1)}–${whole(edge)}` : `≤ ${whole(edge)}`)),
      edges.length ? `> ${whole(edges.at(-1))}` : "0"];
    root.replaceChildren(...labels.map((label, k) => node("div", { class: "gm-ed-key" },
      node("i", { style: `background:${fills[k]}` }), node("span", {}, label), node("b", {}, String(counts[k] ?? 0)))),
      node("div", { class: "gm-ed-key" }, node("i", { class: "gm-ed-hatch" }), node("span", {}, this.say("unassigned")),
        node("b", {}, String(coverage.cells.size - codes.length))));
  }
}
