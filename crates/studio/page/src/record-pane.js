// The pane with what comes in: lines of one's own, each a record, and all recorded pairs.
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { common, light, signs } from "./code.js";
import { arrows, count, fill, h } from "./dom.js";

const VERDICTS = { whole: "✓", partial: "~", unread: "∅", failed: "✕" };
const verdicts = signs("cm-verdict");

/** The pane. `app` has `check` (the last answer), `source` ("" for lines, else a pair's path), `choose(source)`, `linesChanged()`… */
export class RecordPane {
  #app;
  #find = h("input", { type: "search", placeholder: "Find a pair", "aria-label": "Find a pair", oninput: () => this.pairs() });
  #list = h("div", { role: "listbox", "aria-label": "Records" });
  #strip = h("div.strip");
  #below = h("div.strip.below");
  #troubles = h("ul.troubles.hidden", { "aria-label": "Records with trouble" });
  #lines;
  /** The source in the editor; null where it is none that is still wanted. */
  #shown = null;
  #line = 1;
  #tally = null;
  #told = "";

  constructor(app) {
    this.#app = app;
    const host = h("div.code");
    this.view = new EditorView({ parent: host });
    this.#lines = this.#state("");
    const list = h("div.list", {}, this.#find, h("div.scroll", {}, this.#list));
    const record = h("div.record", {}, this.#strip, host, this.#troubles, this.#below);
    this.element = h("section.pane", { "aria-label": "Records" }, h("div.records", {}, list, record));
    arrows(this.#list, "[role=option]", (option) => app.choose(option.dataset.source), true);
  }

  /** The lines of one's own. */
  get lines() {
    return (this.#app.source === "" ? this.view.state : this.#lines).doc.toString();
  }

  set lines(text) {
    this.#lines = this.#state(text);
    this.#shown = null;
  }

  /** The record that is looked at, and the line on which it stands. */
  record() {
    if (this.#app.source !== "") return { pair: this.#app.source };
    const { doc, selection } = this.view.state;
    this.#line = doc.lineAt(selection.main.head).number;
    return { message: doc.line(this.#line).text.replace(/\r$/, "") };
  }

  /** Shows another source: lines, or a pair. */
  show() {
    const { source } = this.#app;
    if (this.#shown === "" && this.view.state !== this.#lines) this.#lines = this.view.state;
    if (source === "") this.view.setState(this.#lines);
    else if (source !== this.#shown) this.view.setState(this.#fixed(""));
    this.#shown = source;
    this.pairs();
    this.tally(this.#tally);
    this.#foot();
  }

  /** Shows the text of a pair's record. */
  text(text) {
    if (this.#app.source !== "" && this.view.state.doc.toString() !== text) this.view.setState(this.#fixed(text));
    this.#foot();
  }

  /** Lights parts of the record. Offsets count from the beginning of the record. */
  light(ranges, nears, scroll = true) {
    const start = this.#app.source === "" ? this.view.state.doc.line(Math.min(this.#line, this.view.state.doc.lines)).from : 0;
    const moved = (all) => all.map(([from, to]) => [start + from, start + to]);
    light(this.view, { ranges: moved(ranges), nears: moved(nears), scroll });
  }

  /** Writes the list of pairs again. */
  pairs() {
    const { check, source, unsavedPairs } = this.#app;
    const word = this.#find.value.toLowerCase();
    const option = (value, properties, ...children) =>
      h("div", { role: "option", "aria-selected": String(value === source), tabIndex: value === source ? 0 : -1, dataset: { source: value }, ...properties }, ...children);
    const notRun = check?.error;
    const pair = ({ file, pair, passed, differences, error }) => {
      const number = differences?.length ?? 0;
      const words = notRun ? "not run: the format does not compile" : passed ? "passes" : error ? error : `${count(number, "difference")}`;
      const sign = notRun ? "·" : passed ? "✓" : "✕";
      return option(
        file,
        { title: `${pair}: ${words}`, dataset: { source: file, passed: String(passed) } },
        h(`span.sign.${notRun ? "quiet" : passed ? "fine" : "error"}`, { role: "img", "aria-label": words }, sign),
        h("span.text", {}, pair, unsavedPairs.has(file) && " ●"),
        !passed && !notRun && h("span.differs", {}, error ? "error" : String(number)),
      );
    };
    const pairs = (check?.pairs ?? []).filter((one) => one.pair.toLowerCase().includes(word));
    const had = this.#list.contains(document.activeElement);
    const own = option("", { "aria-label": "Your lines: each is a record" }, h("span.sign", {}, "✎"), h("span.text", {}, "your lines"));
    own.classList.add("own");
    fill(this.#list, own, pairs.map(pair));
    if (!this.#list.querySelector("[tabindex='0']")) own.tabIndex = 0;
    const shown = this.#list.querySelector("[aria-selected=true]");
    if (had) shown?.focus();
    this.#find.classList.toggle("hidden", (check?.pairs ?? []).length < 8);
    this.#head();
  }

  /** Moves the chosen pair into view. */
  reveal() {
    this.#list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  /** Shows what became of the lines: an answer, or null where they have not run. */
  tally(tally) {
    this.#tally = tally;
    const isShown = this.#app.source === "" && tally && tally.records > 0;
    const list = isShown ? tally.troubles : [];
    if (this.#app.source === "") {
      const word = { partial: "is partial", unread: "was not read", failed: "failed" };
      const title = ({ verdict, reason, place }) => (verdict === "whole" ? "all of it is in the event" : `${word[verdict]}: ${place ? `${place}: ` : ""}${reason}`);
      verdicts.show(this.view, isShown ? tally.lines.map((line) => [line.line, `verdict ${line.verdict}`, VERDICTS[line.verdict], title(line)]) : []);
    }
    const MOST = 100;
    const trouble = (one) =>
      h("li", {}, h("button", { onclick: () => this.#goTo(one.line) }, h(`span.verdict.${one.verdict}`, {}, VERDICTS[one.verdict]), h("span.mono.quiet", {}, `line ${one.line}${one.count > 1 ? ` and ${one.count - 1} more` : ""}`), h("span", {}, one.place ? `${one.place}: ` : "", one.reason)));
    fill(this.#troubles, list.slice(0, MOST).map(trouble));
    this.#troubles.classList.toggle("hidden", list.length === 0);
    this.#head();
  }

  #goTo(line) {
    const { doc } = this.view.state;
    if (line > doc.lines) return;
    this.view.dispatch({ selection: { anchor: doc.line(line).from }, effects: EditorView.scrollIntoView(doc.line(line).from, { y: "center" }) });
    this.view.focus();
  }

  #head() {
    const { source, check } = this.#app;
    if (source === "") {
      const tally = this.#tally;
      const figure = (kind, number, word) => number > 0 && h(`span.pill.${kind}`, { dataset: { figure: word } }, `${number.toLocaleString("en")} ${word}`);
      fill(
        this.#strip,
        h("strong", {}, "Your lines"),
        tally && tally.records > 0
          ? [
              h("span.pill", { dataset: { figure: "records" } }, count(tally.records, "record")),
              figure("good", tally.whole, "whole"),
              figure("warn", tally.partial, "partial"),
              figure("bad", tally.unread, "not read"),
              figure("bad", tally.failed, "failed"),
            ]
          : h("span.quiet", {}, "Paste log lines: each is a record."),
      );
      return;
    }
    const result = check?.pairs.find((one) => one.file === source);
    const words = !result ? "" : check.error ? "not run" : result.passed ? "passes" : (result.error ?? count(result.differences?.length ?? 0, "difference"));
    fill(this.#strip, h("strong.mono", {}, source.replace(/^tests\/|\.json$/g, "")), result && h(`span.badge.${result.passed ? "good" : "bad"}`, {}, words));
  }

  #foot() {
    const { source } = this.#app;
    if (source === "") {
      fill(this.#below, h("span.quiet", {}, "The event below is of the line with the cursor."), h("span.space"), h("button.small", { onclick: () => this.#app.keep(), dataset: { act: "keep" } }, "Keep as a pair…"));
      return;
    }
    const result = this.#app.check?.pairs.find((one) => one.file === source);
    const text = this.view.state.doc.toString();
    fill(
      this.#below,
      !text.includes("\n") && text && h("button.small", { onclick: () => this.#app.take(text) }, "Edit as a line"),
      h("button.small", { onclick: () => this.#app.openFile(source) }, "Open the file"),
      h("span.space"),
      result && !result.passed && !result.error && h("button.small.first", { onclick: () => this.#app.accept([source]), dataset: { act: "accept" } }, "Accept this event"),
    );
  }

  /** Writes again what depends on the last check. */
  checked() {
    const told = JSON.stringify([this.#app.check?.error, this.#app.check?.pairs.map(({ file, passed, error, differences }) => [file, passed, error, differences?.length]), [...this.#app.unsavedPairs], this.#app.source]);
    if (told === this.#told) return;
    this.#told = told;
    this.pairs();
    this.#foot();
  }

  #state(doc) {
    const listen = EditorView.updateListener.of((update) => {
      if (update.docChanged) this.#app.linesChanged();
      else if (update.selectionSet && update.state.doc.lineAt(update.state.selection.main.head).number !== this.#line) this.#app.lookAgain();
    });
    return EditorState.create({ doc, extensions: [common("Your lines: each is a record"), EditorView.lineWrapping, verdicts.extension, listen] });
  }

  #fixed(doc) {
    return EditorState.create({ doc, extensions: [common("The record of the pair"), EditorView.lineWrapping, EditorState.readOnly.of(true)] });
  }
}
