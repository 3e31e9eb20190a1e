// The page: it has the files, asks the engine after each change, and tells the panes what to show.
import { askFormat, askName, askRules, showHelp, showLink } from "./dialogs.js";
import { count, fill, h } from "./dom.js";
import { Engine } from "./engine.js";
import { EventPane } from "./event-pane.js";
import { Files } from "./files.js";
import { filesOfFolder, host as findHost } from "./host.js";
import { ParserPane } from "./parser-pane.js";
import { RecordPane } from "./record-pane.js";
import { LONG_LINK, pack, unpack } from "./share.js";
import { splitter } from "./splitter.js";

/** How long typing pauses before the format is checked, in milliseconds. */
const PAUSE = 30;

/** How often the disk is looked at, in milliseconds. */
const LOOK = 1500;

class App {
  files = new Files();
  parser = "ingest/parser.yml";
  /** Whose record is shown: a pair's path, or "" for lines of one's own. */
  source = "";
  /** The chosen field. */
  field = "";
  check = null;
  /** The texts that `check` is about. */
  checked = new Map();
  look = null;
  steps = null;
  rules = null;
  rulesText = "";
  name = "";
  unsavedPairs = new Set();
  #stamp = null;
  /** The lines of one's own as they were opened. */
  #lines = "";
  #words = null;
  #timer = 0;
  #wanted = new Set();
  #isAsking = false;
  /** Whether what is lit is to be scrolled to: where somebody chose it, not while they type. */
  #scrolls = false;

  constructor(host) {
    this.host = host;
    this.engine = new Engine(host.engine, () => this.files);
    this.parserPane = new ParserPane(this);
    this.recordPane = new RecordPane(this);
    this.eventPane = new EventPane(this);
    this.title = h("span.name");
    this.figures = h("div.figures", { role: "status", "aria-label": "State of the format" });
    this.saveButton = h("button", { onclick: () => this.save(), dataset: { act: "save" } }, host.saves);
    this.foot = h("footer.foot", {}, h("span", {}, host.words), h("span.space"), h("span", { id: "took" }));
    this.told = h("div.told", { role: "status" });
  }

  /** Asks the engine beside what is asked after each change; nothing where it cannot answer. */
  async ask(question) {
    const answer = await this.engine.ask(question).catch(() => null);
    return answer?.error ? null : answer;
  }

  isUnsaved(path) {
    return this.host.kind === "studio" && this.files.isUnsaved(path);
  }

  /** Whether a file has changed since it was checked: places of findings are elsewhere in it now. */
  isStale(path) {
    return this.checked.get(path) !== this.files.get(path);
  }

  /** Builds the page. */
  build() {
    const open = this.host.kind === "playground" && h("button", { onclick: () => this.openFormat(), dataset: { act: "open" } }, "Open…");
    const bar = h(
      "header.bar",
      {},
      h("h1", {}, h("img", { src: "icon.svg", alt: "" }), this.host.kind === "studio" ? "weir studio" : "weir playground"),
      this.title,
      h("span.space"),
      this.figures,
      open,
      this.saveButton,
      h("button", { onclick: () => this.share(), dataset: { act: "share" } }, "Share"),
      h("button.plain", { onclick: () => this.#theme(), "aria-label": "Light or dark", title: "Light or dark" }, "◐"),
      h("button.plain", { onclick: () => showHelp(this.#words?.version ?? ""), "aria-label": "Help", title: "Help" }, "?"),
    );
    const panes = h("main.panes");
    const right = h("div.right");
    right.append(this.recordPane.element, splitter(right, "--top", "level", "Height of the records"), this.eventPane.element);
    panes.append(this.parserPane.element, splitter(panes, "--left", "upright", "Width of the format"), right);
    fill(document.getElementById("app"), bar, panes, this.foot, this.told);
    document.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("beforeunload", (event) => {
      if (this.#wouldLose()) event.preventDefault();
    });
    addEventListener("hashchange", () => this.#openLink());
    if (this.host.kind === "studio") setInterval(() => document.hidden || this.#watch(), LOOK);
  }

  /** Takes a format: `{ name, files, readOnly, parser, stamp }`. */
  open({ name, files, readOnly = [], parser, stamp = null, lines = "", shown = "" }) {
    this.name = name;
    this.files = new Files(files, readOnly);
    this.engine.forget();
    this.parser = parser ?? (this.files.has("parser.yml") ? "parser.yml" : "ingest/parser.yml");
    this.#stamp = stamp;
    this.#lines = lines;
    this.title.textContent = name;
    document.title = `${name} · weir`;
    Object.assign(this, { check: null, checked: new Map(), look: null, steps: null, field: "" });
    this.unsavedPairs.clear();
    const pairs = [...this.files.keys()].filter((path) => path.startsWith("tests/")).sort();
    this.source = shown && this.files.has(shown) ? shown : lines ? "" : (pairs[0] ?? "");
    this.recordPane.lines = lines;
    this.eventPane.story(null);
    this.parserPane.reload();
    this.recordPane.show();
    this.#savable();
    this.#ask("words", "check", "look", "lines");
  }

  /** A file was edited. */
  changed(path) {
    this.#savable();
    if (path.startsWith("tests/") && this.isUnsaved(path)) this.unsavedPairs.add(path);
    this.parserPane.tabs();
    this.#later("check", "look", "lines");
  }

  linesChanged() {
    this.#later("look", "lines");
  }

  /** Another record is to be looked at. */
  choose(source) {
    if (source === this.source) return;
    this.source = source;
    this.recordPane.show();
    this.recordPane.reveal();
    this.#ask("look");
    if (source === "") this.#ask("lines");
  }

  /** The cursor stands on another line of the lines. */
  lookAgain() {
    this.#ask("look");
  }

  /** Asks where a field comes from, and lights it; "" takes the light away. */
  chooseField(field) {
    this.field = field;
    this.#scrolls = true;
    this.eventPane.select();
    if (field) return this.#ask("explain");
    this.eventPane.story(null);
    this.parserPane.light([]);
    this.recordPane.light([], []);
  }

  lineChosen(line) {
    this.eventPane.mark(line);
  }

  go(path, from, to) {
    this.parserPane.go(path, from, to);
  }

  openFile(path) {
    this.parserPane.open(path);
  }

  tabOpened() {
    if (this.eventPane.tab === "steps" || this.eventPane.tab === "rules") this.#ask(this.eventPane.tab);
  }

  /** Puts a text among the lines and goes there. */
  take(text) {
    const lines = this.recordPane.lines;
    this.source = "";
    this.recordPane.lines = lines.trim() ? `${text}\n${lines}` : text;
    this.recordPane.show();
    this.#ask("look", "lines");
  }

  /** Keeps the record that is looked at as a pair. */
  async keep() {
    const { message } = this.recordPane.record();
    if (!message) return this.tell("The line with the cursor is empty.");
    let number = 1;
    while (this.files.has(`tests/record_${number}.json`)) number += 1;
    const name = await askName(`record_${number}`, (name) => this.files.has(`tests/${name}.json`));
    if (!name) return;
    const { text, error } = await this.engine.ask({ ask: "keep", message });
    if (error) return this.tell(error);
    const path = `tests/${name}.json`;
    this.files.set(path, text);
    this.unsavedPairs.add(path);
    this.#savable();
    this.choose(path);
    this.#ask("check", "look");
  }

  /** Writes the events that come out into pairs. */
  async accept(paths) {
    for (const path of paths) {
      const { text, error } = await this.engine.ask({ ask: "accept", file: path });
      if (error) return this.tell(`${path}: ${error}`);
      this.files.set(path, text);
      this.unsavedPairs.add(path);
    }
    this.parserPane.reload(paths);
    this.#savable();
    this.#ask("check", "look");
  }

  async save() {
    const unsaved = this.files.written(this.files.unsaved());
    const isStudio = this.host.kind === "studio";
    if (isStudio && !unsaved.size) return;
    try {
      const { stamp } = await this.host.save(unsaved, { stamp: this.#stamp, all: this.files.written(), name: this.name });
      this.files.saved(unsaved);
      this.#stamp = stamp ?? null;
      this.#lines = this.recordPane.lines;
      this.unsavedPairs.clear();
      this.tell(isStudio ? `${count(unsaved.size, "file")} saved` : "The format as a zip: unpack it, and `weir test` runs it.");
    } catch (error) {
      this.tell(error.message);
      if (isStudio) await this.#watch();
    }
    this.#savable();
    this.parserPane.tabs();
    this.recordPane.checked();
  }

  async share() {
    const packed = pack({ files: Object.fromEntries(this.files), lines: this.recordPane.lines, shown: this.source, name: this.name });
    const base = this.host.kind === "studio" ? (await this.host.open()).playground : location.href.replace(/#.*/, "");
    const link = `${base ?? ""}#share=${packed}`;
    const size = link.length > LONG_LINK ? ` It is long (${count(link.length, "character")}): some programs cut such links; a zip is safer.` : "";
    const from = base ? "" : " Put it behind the address of a playground: `weir studio --playground URL` does that.";
    await showLink(link, `This link holds the format, its pairs and your lines, in the part of an address that browsers do not send to any server.${size}${from}`);
  }

  async openFormat() {
    try {
      const answer = await askFormat(await this.host.formats());
      if (!answer) return;
      const format = answer instanceof FileList ? await filesOfFolder(answer) : await answer.open();
      if (this.#mayLose()) this.open(format);
    } catch (error) {
      this.tell(error.message);
    }
  }

  async openRules() {
    const text = await askRules(this.rulesText);
    if (text === null) return;
    this.rulesText = text;
    this.#ask("rules");
  }

  /** Tells something for some seconds. */
  tell(words) {
    this.told.textContent = words;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => (this.told.textContent = ""), 5000);
  }

  /** Opens what the address holds, if it does. In the studio it would go over the files on the disk. */
  #openLink() {
    const packed = new URLSearchParams(location.hash.slice(1)).get("share");
    if (!packed) return false;
    try {
      if (this.host.kind === "studio") throw new Error("weir studio shows the format on this disk: open the link in a playground");
      const format = unpack(packed);
      if (this.#mayLose()) this.open(format);
      return true;
    } catch (error) {
      this.tell(error.message);
      return false;
    }
  }

  async start() {
    this.build();
    if (!this.#openLink()) this.open(await this.host.open());
  }

  #later(...asks) {
    asks.forEach((ask) => this.#wanted.add(ask));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#answer(), PAUSE);
  }

  #ask(...asks) {
    asks.forEach((ask) => this.#wanted.add(ask));
    this.#answer();
  }

  /** Asks one question after the other; what is wanted meanwhile is asked once. */
  async #answer() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const order = ["words", "explain", "check", "look", "lines", "steps", "rules"];
    try {
      for (let ask; (ask = order.find((ask) => this.#wanted.has(ask))); ) {
        this.#wanted.delete(ask);
        await this[`_${ask}`]();
      }
    } catch (error) {
      this.tell(error.message);
    } finally {
      this.#isAsking = false;
    }
  }

  async _words() {
    this.#words = await this.engine.ask({ ask: "words" });
    this.eventPane.names(this.#words.fields);
  }

  async _check() {
    await this.engine.ready;
    const began = performance.now();
    const checked = new Map(this.files);
    this.check = await this.engine.ask({ ask: "check" });
    this.checked = checked;
    // Keys that were pressed meanwhile go first.
    for (const show of [() => this.parserPane.show(this.check), () => this.recordPane.checked(), () => this.eventPane.draw(), () => this.#showFigures()]) {
      await turn();
      show();
    }
    const { pairs, error } = this.check;
    document.getElementById("took").textContent = `checked${pairs.length && !error ? ` and ${count(pairs.length, "pair")} run` : ""} in ${Math.round(performance.now() - began)} ms`;
  }

  async _look() {
    const { source } = this;
    const record = this.recordPane.record();
    const look = await this.engine.ask({ ask: "look", ...record });
    if (source !== this.source) return;
    // Half a word more, and the format does not compile: the last event stays meanwhile. A record needs no format.
    const of = JSON.stringify(record);
    this.look = look.error && this.look?.of === of && this.look.event ? { ...this.look, stale: look.error } : { ...look, of };
    this.steps = null;
    if (source !== "") this.recordPane.text(look.message ?? messageOf(this.files.get(source)));
    this.eventPane.draw();
    if (this.field) this.#wanted.add("explain");
    this.tabOpened();
  }

  async _explain() {
    const { field } = this;
    if (!field) return;
    const story = await this.engine.ask({ ask: "explain", field, ...this.recordPane.record() });
    if (field !== this.field) return;
    if (story.error && this.look?.stale) return;
    if (story.error) return this.eventPane.story({ text: [{ text: story.error, style: "plain" }] });
    this.eventPane.story(story);
    this.eventPane.select();
    this.parserPane.light(story.lines, this.#scrolls);
    this.recordPane.light(story.exact, story.near, this.#scrolls);
    this.#scrolls = false;
  }

  async _lines() {
    if (this.source !== "") return;
    this.recordPane.tally(await this.engine.ask({ ask: "lines", text: this.recordPane.lines }));
  }

  async _steps() {
    if (this.eventPane.tab !== "steps") return;
    this.steps = (await this.engine.ask({ ask: "steps", ...this.recordPane.record() })).text ?? [];
    this.eventPane.draw();
  }

  async _rules() {
    if (this.eventPane.tab !== "rules") return;
    this.rules = await this.engine.ask({ ask: "rules", rules: this.rulesText, ...this.recordPane.record() });
    this.eventPane.draw();
  }

  #showFigures() {
    const { pairs, findings, coverage, error } = this.check;
    const passed = pairs.filter((pair) => pair.passed).length;
    const errors = findings.filter((finding) => finding.severity === "error").length;
    const failing = pairs.filter((pair) => !pair.passed && !pair.error).map((pair) => pair.file);
    fill(
      this.figures,
      failing.length > 1 && h("button.small", { onclick: () => this.accept(failing), dataset: { act: "accept-all" } }, `Accept all ${failing.length}`),
      pairs.length > 0 && h(`span.pill.${passed === pairs.length ? "good" : "bad"}`, { dataset: { figure: "pairs" } }, error ? `${count(pairs.length, "pair")} not run` : `${passed} of ${count(pairs.length, "pair")}`),
      errors > 0 && h("span.pill.bad", { dataset: { figure: "errors" } }, count(errors, "error")),
      coverage.total > 0 && h("span.pill", { dataset: { figure: "coverage" }, title: `the pairs take ${coverage.taken} of ${coverage.total} parts` }, `${Math.floor((100 * coverage.taken) / coverage.total)} % covered`),
    );
  }

  #wouldLose() {
    return this.files.unsaved().length > 0 || (this.host.kind === "playground" && this.recordPane.lines !== this.#lines);
  }

  /** Whether what was typed may go; asks where there is something. */
  #mayLose() {
    return !this.#wouldLose() || confirm("What you changed here is not saved. Open another format in its place?");
  }

  #savable() {
    const number = this.files.unsaved().length;
    if (this.host.kind !== "studio") return;
    this.saveButton.disabled = number === 0;
    this.saveButton.classList.toggle("first", number > 0);
    this.saveButton.textContent = number ? `Save ${count(number, "file")}` : "Saved";
  }

  /** Takes what another editor wrote, unless the same file was changed here. */
  async #watch() {
    try {
      const stamp = await this.host.stamp();
      if (stamp === this.#stamp) return;
      const { files, stamp: read } = await this.host.open();
      this.#stamp = read;
      const { taken, kept } = this.files.take(files);
      if (kept.length) this.tell(`${kept.join(", ")} has changed on the disk, and here too: saving puts yours in its place.`);
      if (!taken.length) return;
      if (this.source && !this.files.has(this.source)) this.source = "";
      this.parserPane.reload(taken);
      this.recordPane.show();
      this.#ask("check", "look");
    } catch (error) {
      this.tell(error.message);
    }
  }

  #theme() {
    const isDark = getComputedStyle(document.documentElement).colorScheme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = isDark ? "light" : "dark";
    localStorage.setItem("weir-theme", document.documentElement.dataset.theme);
  }

  #key(event) {
    const places = [
      () => this.parserPane.view.focus(),
      () => this.recordPane.element.querySelector("[role=option][tabindex='0']")?.focus(),
      () => this.recordPane.view.focus(),
      () => (this.eventPane.element.querySelector("[role=treeitem][tabindex='0']") ?? this.eventPane.element.querySelector(".scroll")).focus(),
    ];
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      this.save();
    } else if (event.altKey && /^[1-4]$/.test(event.key)) {
      event.preventDefault();
      places[Number(event.key) - 1]();
    } else if (event.key === "F6") {
      event.preventDefault();
      const panes = [this.parserPane.element, this.recordPane.element.querySelector(".list"), this.recordPane.element.querySelector(".record"), this.eventPane.element];
      const here = panes.findIndex((pane) => pane.contains(document.activeElement));
      places[(here + (event.shiftKey ? places.length - 1 : 1) + (here < 0 && event.shiftKey ? 1 : 0)) % places.length]();
    } else if (event.key === "Escape" && this.field && !document.activeElement.closest(".cm-editor, dialog")) {
      this.chooseField("");
    }
  }
}

/** The message of a recorded pair, where it is one. */
function messageOf(pair) {
  try {
    const { message } = JSON.parse(pair).input;
    return typeof message === "string" ? message : "";
  } catch {
    return "";
  }
}

/** The next turn of the event loop. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

const theme = localStorage.getItem("weir-theme");
if (theme) document.documentElement.dataset.theme = theme;
const app = new App(findHost());
app.start().catch((error) => fill(document.getElementById("app"), h("p.loading", { role: "alert" }, error.message)));
