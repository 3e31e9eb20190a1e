// The left pane: the files of the format, with problems, coverage and the line that wrote the chosen field.
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { nextDiagnostic, setDiagnostics } from "@codemirror/lint";
import { common, light, signs } from "./code.js";
import { completion } from "./completion.js";
import { count, fill, h } from "./dom.js";

const SIGNS = { error: "✕", warning: "!", hint: "i" };
const coverage = signs("cm-coverage");
const problems = signs("cm-problems");

/** The pane. `app` has `files`, `changed(path)`, `isStale(path)`, `lineChosen(line)`, `ask(question)`. */
export class ParserPane {
  #app;
  #states = new Map();
  #findings = [];
  #covered = [];
  #tabs = h("div.tabs", { role: "tablist", "aria-label": "Files" });
  #problems = h("section.problems", { "aria-label": "Problems" });
  #areOpen = true;
  #shownProblems = "";
  #shownTabs = "";
  #chosen = 0;
  path = "";

  constructor(app) {
    this.#app = app;
    const host = h("div.code", { role: "tabpanel", "aria-label": "File" });
    this.view = new EditorView({ parent: host });
    this.element = h("section.pane", { "aria-label": "Format" }, h("header", {}, this.#tabs), host, this.#problems);
  }

  /** Shows a file. */
  open(path) {
    if (path === this.path) return;
    if (this.#app.files.has(this.path)) this.#states.set(this.path, this.view.state);
    this.path = path;
    const known = this.#states.get(path);
    const text = this.#app.files.get(path);
    this.view.setState(known && known.doc.toString() === text ? known : this.#state(path));
    this.#showFindings();
    this.#showCoverage();
    this.tabs();
  }

  /** Takes files that are others than before: what was undone cannot be done again. */
  reload(paths) {
    for (const path of paths ?? [...this.#states.keys(), this.path]) this.#states.delete(path);
    if (paths && !paths.includes(this.path)) return this.tabs();
    const path = this.#app.files.has(this.path) ? this.path : this.#app.parser;
    this.path = "";
    this.open(path);
  }

  /** Puts a text in the place of a file's, as an edit that can be undone. */
  replace(path, text) {
    this.open(path);
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  /** Applies the edits of a fix. */
  fix({ edits }) {
    const { files } = this.#app;
    const paths = new Set(edits.map((edit) => edit.file));
    for (const path of paths) {
      if (files.isReadOnly(path)) return this.#app.tell(`${path} belongs to the module and is not written here.`);
      if (this.#app.isStale(path)) return this.#app.tell(`${path} has changed since it was checked: apply the fix again.`);
    }
    for (const path of paths) {
      if (!files.has(path)) files.set(path, "");
      this.open(path);
      const changes = edits.filter((edit) => edit.file === path).map(({ from, to, text }) => ({ from, to, insert: text }));
      this.view.dispatch({ changes, selection: { anchor: changes[0].from } });
    }
    this.view.focus();
  }

  /** Shows what a check found. */
  show({ findings, coverage: covered }) {
    this.#findings = findings;
    this.#covered = covered?.lines ?? [];
    this.#showFindings();
    this.#showCoverage();
    this.#showProblems();
    this.tabs();
  }

  /** Lights the lines of the parser at these offsets. */
  light(places, scroll = true) {
    if (places.length && scroll) this.open(this.#app.parser);
    if (this.path === this.#app.parser) light(this.view, { places, scroll });
  }

  /** Goes to a place. */
  go(path, from, to = from) {
    if (!this.#app.files.has(path)) return;
    this.open(path);
    const end = this.view.state.doc.length;
    this.view.dispatch({
      selection: { anchor: Math.min(from, end), head: Math.min(to, end) },
      effects: EditorView.scrollIntoView(Math.min(from, end), { y: "center" }),
    });
    this.view.focus();
  }

  /** Writes the tabs again. */
  tabs() {
    const { parser } = this.#app;
    const others = [...this.#app.files.keys()].filter((path) => path !== parser && (!path.startsWith("tests/") || path === this.path));
    const shown = [parser, ...others];
    const wrong = new Set(this.#findings.filter((finding) => finding.severity === "error").map((finding) => finding.file));
    const told = JSON.stringify(shown.map((path) => [path, path === this.path, this.#app.isUnsaved(path), wrong.has(path)]));
    if (told === this.#shownTabs) return;
    this.#shownTabs = told;
    const tab = (path) => {
      const isShown = path === this.path;
      const signs = [
        this.#app.isUnsaved(path) && h("span.mark", { title: "not saved" }, "●"),
        wrong.has(path) && h("span.mark.sign.error", { title: "has an error" }, "✕"),
      ];
      const properties = { role: "tab", "aria-selected": String(isShown), tabIndex: isShown ? 0 : -1, title: path };
      return h("button", { ...properties, onclick: () => this.open(path), dataset: { path } }, path.replace(/^.*\//, ""), ...signs);
    };
    const had = this.#tabs.contains(document.activeElement);
    fill(this.#tabs, shown.map(tab));
    this.#tabs.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) this.open(shown[(shown.indexOf(this.path) + step + shown.length) % shown.length]);
    };
    if (had) this.#tabs.querySelector("[aria-selected=true]")?.focus();
  }

  #state(path) {
    const isParser = path === this.#app.parser;
    const listen = EditorView.updateListener.of((update) => {
      if (update.docChanged) {
        this.#app.files.set(path, update.state.doc.toString());
        this.#app.changed(path);
      }
      const line = update.state.doc.lineAt(update.state.selection.main.head).number;
      if (isParser && update.selectionSet && line !== this.#chosen) {
        this.#chosen = line;
        this.#app.lineChosen(line);
      }
    });
    return EditorState.create({
      doc: this.#app.files.get(path),
      extensions: [
        keymap.of([
          { key: "Mod-.", run: () => this.#fixHere() },
          { key: "F8", run: nextDiagnostic },
        ]),
        common(path),
        path.endsWith(".json") ? json() : yaml(),
        problems.extension,
        isParser ? [coverage.extension, completion(this.#app)] : [],
        EditorState.readOnly.of(this.#app.files.isReadOnly(path)),
        listen,
      ],
    });
  }

  /** Applies the first fix of the line with the cursor. */
  #fixHere() {
    const { doc, selection } = this.view.state;
    const line = doc.lineAt(selection.main.head);
    const here = this.#findings.filter((finding) => finding.file === this.path && finding.fixes.length);
    const finding = here.find(({ from }) => from >= line.from && from <= line.to);
    if (finding) this.fix(finding.fixes[0]);
    return Boolean(finding);
  }

  #showFindings() {
    const { doc } = this.view.state;
    const here = this.#findings.filter((finding) => finding.file === this.path && finding.from <= doc.length);
    const diagnostics = here.map((finding) => ({
      from: finding.from,
      to: Math.min(Math.max(finding.to, finding.from + 1), doc.length),
      severity: finding.severity,
      message: finding.help ? `${finding.title}\n${finding.help}` : finding.title,
      actions: finding.fixes.map((fix) => ({ name: fix.title, apply: () => this.fix(fix) })),
    }));
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
    const worst = new Map();
    const order = Object.keys(SIGNS);
    for (const { from, severity, title } of here) {
      const { number } = doc.lineAt(from);
      const known = worst.get(number);
      if (!known || order.indexOf(severity) < order.indexOf(known[0])) worst.set(number, [severity, title]);
    }
    const sign = ([line, [severity, title]]) => [line, `sign ${severity}`, SIGNS[severity], title];
    problems.show(this.view, [...worst].sort(([left], [right]) => left - right).map(sign));
  }

  #showCoverage() {
    if (this.path !== this.#app.parser) return;
    const sign = ([line, taken, total]) => {
      const kind = taken === total ? "all" : taken ? "some" : "none";
      const words = { all: "taken by the recorded pairs", some: `${taken} of ${total} ways taken by the recorded pairs`, none: "taken by no recorded pair" };
      return [line, `covered ${kind}`, "", words[kind]];
    };
    coverage.show(this.view, this.#covered.map(sign));
  }

  #showProblems() {
    const shown = JSON.stringify([this.#findings, this.#areOpen]);
    if (shown === this.#shownProblems) return;
    this.#shownProblems = shown;
    const number = this.#findings.length;
    const toggle = () => {
      this.#areOpen = !this.#areOpen;
      this.#showProblems();
      this.#problems.querySelector("button")?.focus();
    };
    const head = number
      ? h("button", { onclick: toggle, "aria-expanded": String(this.#areOpen) }, h("span", { "aria-hidden": "true" }, this.#areOpen ? "▾" : "▸"), count(number, "problem"))
      : h("p.none", {}, h("span.sign.fine", { "aria-hidden": "true" }, "✓"), "No problems");
    const MOST = 200;
    const list = h("ul", { tabIndex: -1 }, this.#findings.slice(0, MOST).map((finding) => this.#problem(finding)));
    if (number > MOST) list.append(h("li", {}, h("span"), h("span"), h("span.quiet", {}, `and ${number - MOST} more`)));
    fill(this.#problems, head, number > 0 && this.#areOpen && list);
  }

  #problem(finding) {
    const go = () => this.go(finding.file, finding.from, finding.to);
    const file = finding.file === this.#app.parser ? "" : ` in ${finding.file}`;
    const act = (event, work) => {
      event.stopPropagation();
      work();
    };
    return h(
      "li",
      { onclick: go },
      h(`span.sign.${finding.severity}`, { title: finding.severity }, SIGNS[finding.severity]),
      h("button.plain.small.place", { "aria-label": `Go to line ${finding.line}`, onclick: (event) => act(event, go) }, String(finding.line || "")),
      h("span", {}, finding.title, h("span.help", {}, file, finding.help ? ` · ${finding.help}` : "")),
      h("span", {}, finding.fixes.slice(0, 1).map((fix) => h("button.small.first", { title: fix.title, onclick: (event) => act(event, () => this.fix(fix)) }, "Fix"))),
    );
  }
}
