// Dialogs: a link to share, the name of a new pair, formats to open, and the keys.
import { h } from "./dom.js";

/** Shows a dialog, and gives what its form says, or null where it was closed. */
function ask(title, content, submit, whenOpen) {
  return new Promise((resolve) => {
    const close = h("button", { type: "button", onclick: () => dialog.close() }, submit ? "Cancel" : "Close");
    const buttons = h("div.buttons", {}, close, submit && h("button.first", { type: "submit" }, submit));
    const form = h("form", { method: "dialog" }, h("h2", { id: "dialog-title" }, title), content, buttons);
    const dialog = h("dialog", { "aria-labelledby": "dialog-title" }, form);
    let answer = null;
    form.addEventListener("submit", () => (answer = new FormData(form)));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    whenOpen?.(dialog, (value) => {
      answer = value;
      dialog.close();
    });
  });
}

/** Asks for the name of a new pair. */
export async function askName(proposed, isTaken) {
  const input = h("input", { name: "name", value: proposed, required: true, autofocus: true, pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]*", title: "letters, digits, - and _", autocomplete: "off" });
  input.addEventListener("input", () => input.setCustomValidity(isTaken(input.value) ? "there is a pair of this name" : ""));
  const words = h("p.quiet", {}, "The record and the event that comes out of it now become tests/NAME.json. Read the event before you keep it: this is what will be expected from now on.");
  const answer = await ask("Keep as a recorded pair", [words, h("label", {}, "Name", input)], "Keep", () => input.select());
  return answer?.get("name") ?? null;
}

/** Shows the link that holds everything. */
export function showLink(link, words) {
  const text = h("textarea", { readOnly: true, "aria-label": "Link" });
  text.value = link;
  const told = h("span.quiet", { role: "status" });
  const copy = async () => {
    text.select();
    await navigator.clipboard.writeText(link).catch(() => document.execCommand("copy"));
    told.textContent = "copied";
  };
  const content = [h("p", {}, words), text, h("p", {}, h("button.first", { type: "button", onclick: copy, autofocus: true }, "Copy"), " ", told)];
  return ask("Share", content, null);
}

/** Asks which format to open. `choices` are `[{ name, title }]`; the answer is one of them, or files that somebody chose. */
export function askFormat(choices) {
  const folder = h("input", { type: "file", webkitdirectory: true, hidden: true, "aria-label": "Folder of a format" });
  const content = [
    h("p", {}, h("button.first", { type: "button", onclick: () => folder.click() }, "Open a folder of yours…"), " ", h("span.quiet", {}, "it is read by this page and sent nowhere")),
    folder,
    h("p.quiet", {}, "Or begin with one of these:"),
    h("div.choices"),
  ];
  return ask("Open a format", content, null, (dialog, answer) => {
    folder.addEventListener("change", () => answer(folder.files));
    const button = (choice) => h("button", { type: "button", onclick: () => answer(choice) }, h("strong", {}, choice.name), choice.title ? h("span.quiet", {}, ` ${choice.title}`) : "");
    dialog.querySelector(".choices").append(...choices.map(button));
  });
}

/** Asks for files with rules. */
export function askRules(text) {
  const area = h("textarea", { name: "rules", "aria-label": "Sigma rules, as YAML", placeholder: "Paste Sigma rules here: YAML documents, with --- between them", style: "height:40vh" });
  area.value = text;
  return ask("Sigma rules", [h("p.quiet", {}, "Which of these can match events of this format, and which match the event that is shown?"), area], "Use these rules").then((answer) => answer?.get("rules") ?? null);
}

const KEYS = [
  ["Ctrl S", "save, or download in the playground"],
  ["Ctrl .", "apply the fix of the line with the cursor"],
  ["F8", "go to the next problem"],
  ["F6, Shift F6", "go to the next pane, the one before"],
  ["Alt 1 … 4", "parser, list of records, record, event"],
  ["↑ ↓, Enter", "move in a list or in the event; choose a field"],
  ["Ctrl Space", "complete a field, filter or layer"],
  ["Ctrl F", "find in an editor"],
  ["Esc, then Tab", "leave an editor: there, Tab indents"],
];

/** Shows what the page can do by keys, and what its colours mean. */
export function showHelp(version) {
  const keys = h("dl", {}, KEYS.map(([key, words]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, words)]));
  const content = [
    h("p", {}, "At the left the parser; at the right what comes in and what comes out. Each keystroke checks the format and runs all pairs again. Choose a field of the event: the line that wrote it and the bytes of the record that it came from light up."),
    h("p", {}, "The bar beside a line says whether the recorded pairs take it: a full one for all of its ways, a striped one for some, a dashed red one for none."),
    keys,
    h("p.quiet", {}, version, " · ", h("a", { href: "licences.txt" }, "licences of the libraries in this page")),
  ];
  return ask("Help", content, null);
}
