// The pane with what comes out: the event as a tree, what differs from the pair, each step, and rules; and the story of a field.
import { arrows, count, fill, h } from "./dom.js";

const TABS = { event: "Event", diff: "Difference", steps: "Steps", rules: "Rules" };

/** The pane. `app` has `look` (the last answer about the record), `field`, `chooseField(name)`, `go(path, from)`… */
export class EventPane {
  #app;
  #tabs = h("div.tabs", { role: "tablist", "aria-label": "Views of the event" });
  #find = h("input", { type: "search", list: "fields", placeholder: "Ask about a field", "aria-label": "Field: where it comes from, or why it is missing" });
  #known = h("datalist", { id: "fields" });
  #status = h("span");
  #body = h("div.scroll", { tabIndex: 0, role: "tabpanel", "aria-label": "Event" });
  #why = h("section.why.hidden", { "aria-label": "Where the field comes from", "aria-live": "polite" });
  #tab = "event";
  #drawn = "";
  #line = 0;

  constructor(app) {
    this.#app = app;
    this.#find.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.#find.value.trim()) app.chooseField(this.#find.value.trim());
    });
    this.#find.addEventListener("input", (event) => {
      if (event.inputType === "insertReplacementText" || event.inputType === undefined) app.chooseField(this.#find.value.trim());
    });
    const header = h("header", {}, this.#tabs, h("span.space"), this.#status, this.#find, this.#known);
    this.element = h("section.pane", { "aria-label": "Event" }, header, h("div.event", {}, this.#body, this.#why));
    this.#tabs.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const names = Object.keys(TABS);
      if (step) this.open(names[(names.indexOf(this.#tab) + step + names.length) % names.length], true);
    });
    arrows(this.#body, "[role=treeitem]", (row) => row.dataset.field && app.chooseField(row.dataset.field));
  }

  get tab() {
    return this.#tab;
  }

  /** The names that the input proposes. */
  names(fields) {
    fill(this.#known, fields.map((field) => h("option", { value: field })));
  }

  open(tab, focus = false) {
    this.#tab = tab;
    this.#app.tabOpened();
    this.draw();
    if (focus) this.#tabs.querySelector("[aria-selected=true]").focus();
  }

  /** The rows of fields that a line of the parser writes are marked. */
  mark(line) {
    this.#line = line;
    for (const row of this.#body.querySelectorAll("[role=treeitem]")) {
      row.classList.toggle("here", line > 0 && Number(row.dataset.line) === line);
    }
  }

  /** Marks the chosen field. */
  select() {
    for (const row of this.#body.querySelectorAll("[role=treeitem]")) {
      row.setAttribute("aria-selected", String(row.dataset.field === this.#app.field));
    }
  }

  /** Writes what is shown, where it is not shown yet. */
  draw() {
    const { look, check, source, steps, rules } = this.#app;
    const result = check?.pairs.find((one) => one.file === source);
    const differences = result?.differences ?? [];
    const content = { event: [look, differences], diff: [result, source], steps: [steps], rules: [rules] }[this.#tab];
    const drawn = JSON.stringify([this.#tab, content]);
    this.#heads(differences.length);
    this.#showStatus(look);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const had = this.#body.contains(document.activeElement) ? document.activeElement.dataset?.field : undefined;
    this.#body.setAttribute("aria-label", TABS[this.#tab]);
    const { scrollTop } = this.#body;
    fill(this.#body, this[`_${this.#tab}`](look, result));
    this.#body.scrollTop = scrollTop;
    if (had) [...this.#body.querySelectorAll("[role=treeitem]")].find((row) => row.dataset.field === had)?.focus();
    this.mark(this.#line);
    this.select();
  }

  /** Tells the story of the chosen field; null takes it away. */
  story(story) {
    this.#why.classList.toggle("hidden", !story);
    if (!story) return fill(this.#why);
    const { field } = this.#app;
    const piece = ({ text, style, file, from, to }) =>
      file ? h("button", { onclick: () => this.#app.go(file, from, to) }, text) : style === "plain" ? text : h(`span.${style}`, {}, text);
    const origin = { exact: "lit in the record", near: "made from what is lit in the record", none: "made here, of no bytes of the record" };
    const told = story.bytes && h("span.badge.warn", { dataset: { origin: story.bytes } }, origin[story.bytes]);
    fill(
      this.#why,
      h("div", {}, h("strong", {}, field), told, h("span.space", { style: "flex:1" }), h("button.small.plain", { "aria-label": "Close", onclick: () => this.#app.chooseField("") }, "✕")),
      h("pre.story", { tabIndex: 0, "aria-label": `Where ${field} comes from` }, story.text.map(piece)),
    );
    this.#body.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  #heads(differences) {
    const tab = (name) => {
      const isShown = name === this.#tab;
      const number = name === "diff" && differences > 0 && h("span.count.badge.bad", {}, String(differences));
      return h("button", { role: "tab", "aria-selected": String(isShown), tabIndex: isShown ? 0 : -1, onclick: () => this.open(name), dataset: { tab: name } }, TABS[name], number);
    };
    const had = this.#tabs.contains(document.activeElement);
    fill(this.#tabs, Object.keys(TABS).map(tab));
    if (had) this.#tabs.querySelector("[aria-selected=true]").focus();
  }

  #showStatus(look) {
    const words = !look?.event ? null : look.stale ? ["bad", "not run", look.stale] : look.failure ? ["bad", "failed", look.failure] : look.warnings.length ? ["warn", `${look.warnings.length} left out`, look.warnings.join("\n")] : ["good", "parsed", "all of it is in the event"];
    fill(this.#status, words && h(`span.badge.${words[0]}`, { title: words[2] }, words[1]));
  }

  _event(look, result) {
    if (!look?.event) return h("p.empty", {}, look?.error ?? "Nothing runs yet.");
    const differences = new Map((result?.differences ?? []).map((difference) => [difference.field, difference]));
    const rows = [];
    const row = (depth, key, field, value, extra = {}) => {
      const how = look.fields[field];
      const by = how?.line ? `line ${how.line}` : { inferred: "inferred", given: "given", run: "the run" }[how?.by] ?? "";
      const difference = differences.get(field);
      const first = Array.isArray(value) ? value[0] : value;
      const kind = typeof first === "string" ? "text" : "other";
      const item = h(
        "div",
        { role: "treeitem", "aria-level": depth + 1, "aria-selected": "false", tabIndex: -1, style: `--depth:${depth}`, dataset: { field, line: how?.line ?? "" } },
        h("span.key", {}, key),
        h(`span.value.${kind}`, {}, shown(value)),
        difference && h("span.badge.bad", {}, difference.expected === undefined ? "not expected" : `expected ${shown(difference.expected)}`),
        extra.badge,
        h("span.by", {}, by),
      );
      item.classList.toggle("wrong", Boolean(difference));
      rows.push(item);
    };
    const walk = (object, path, depth) => {
      for (const [key, value] of Object.entries(object)) {
        const field = path ? `${path}.${key}` : key;
        if (value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length && !look.fields[field]?.line) {
          rows.push(h("div.group", { role: "treeitem", "aria-level": depth + 1, "aria-expanded": "true", tabIndex: -1, style: `--depth:${depth}`, dataset: { group: field } }, h("span.key", {}, key)));
          walk(value, field, depth + 1);
        } else {
          row(depth, key, field, value);
        }
      }
    };
    walk(look.event, "", 0);
    const missing = [...differences.values()].filter((difference) => difference.got === undefined);
    for (const { field, expected } of missing) {
      const item = h("div.wrong", { role: "treeitem", "aria-level": 1, "aria-selected": "false", tabIndex: -1, style: "--depth:0", dataset: { field, line: "" } }, h("span.key", {}, field), h("span.badge.bad", {}, "missing"), h("span.value.quiet", {}, `expected ${shown(expected)}`), h("span.by", {}, "why?"));
      rows.push(item);
    }
    if (rows.length) rows[0].tabIndex = 0;
    const notes = [look.stale && h("p.note.warn", {}, `This is the last event that came out. Now: ${look.stale}`), look.failure && h("p.note.bad", {}, `The run failed: ${look.failure}`), ...look.warnings.slice(0, 5).map((warning) => h("p.note.warn", {}, warning))];
    return [...notes, h(`div.tree${look.stale ? ".stale" : ""}`, { role: "tree", "aria-label": "Fields of the event" }, rows)];
  }

  _diff(look, result) {
    if (!result) return h("p.empty", {}, "Your own lines have nothing to compare with: choose a recorded pair, or keep a line as one.");
    if (result.error) return h("p.note.bad", {}, result.error);
    if (result.passed) return h("p.empty", {}, "The event is the expected one.");
    const line = ({ field, expected, got }) =>
      h("tr", {}, h("td", {}, h("button", { onclick: () => this.#app.chooseField(field) }, field)), h("td.minus", {}, expected === undefined ? "—" : shown(expected)), h("td.plus", {}, got === undefined ? "—" : shown(got)));
    const head = h("tr", {}, h("th", { scope: "col" }, "Field"), h("th", { scope: "col" }, "Expected"), h("th", { scope: "col" }, "Came out"));
    return h("table.diff", {}, h("thead", {}, head), h("tbody", {}, result.differences.map(line)));
  }

  _steps() {
    const { steps } = this.#app;
    if (!steps) return h("p.empty", {}, "…");
    const piece = ({ text, style, file, from, to }) =>
      file ? h("button", { onclick: () => this.#app.go(file, from, to) }, text) : style === "plain" ? text : h(`span.${style}`, {}, text);
    return h("pre.story", {}, steps.map(piece));
  }

  _rules() {
    const { rules } = this.#app;
    if (!rules) return h("p.empty", {}, "…");
    const all = [...rules.rules].sort((left, right) => Number(right.fires) - Number(left.fires));
    const input = h("button.small", { onclick: () => this.#app.openRules() }, "Add Sigma rules…");
    if (!all.length) return h("div.empty", {}, h("p", {}, "Which rules can match this format's events, and which match this one?"), h("p", {}, input), rules.problems.map((problem) => h("p.note.bad", {}, problem)));
    const firing = all.filter((rule) => rule.fires).length;
    const words = { fires: ["bad", "matches"], can: ["good", "can match"], never: ["warn", "cannot"] };
    const row = (rule) => {
      const [kind, word] = words[rule.fires ? "fires" : rule.can ? "can" : "never"];
      return h("div.rule", {}, h(`span.badge.${kind}`, {}, word), h("div", {}, h("strong", {}, rule.title), rule.level && h("span.quiet", {}, ` ${rule.level}`), rule.why && h("p.quiet", {}, rule.why)));
    };
    return [h("div.note", {}, `${count(firing, "rule matches", "rules match")} this event; ${all.filter((rule) => rule.can).length} of ${all.length} can match events of this format. `, input), rules.problems.map((problem) => h("p.note.bad", {}, problem)), ...all.map(row)];
  }
}

/** A value for people, on few lines. */
function shown(value) {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join(", ");
  return JSON.stringify(value);
}
