// Completion and words at the pointer: fields of the taxonomy, functions of the library, layers of the pipeline.
import { autocompletion } from "@codemirror/autocomplete";
import { hoverTooltip } from "@codemirror/view";
import { h } from "./dom.js";

/** `app.words()` gives what the engine knows: `fields`, `functions`, `extractors`. */
export function completion(app) {
  return [autocompletion({ override: [(context) => complete(app, context)], icons: false }), hoverTooltip((view, place) => hover(app, view, place))];
}

function complete(app, context) {
  const words = app.words();
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const isTemplate = before.lastIndexOf("{{") > before.lastIndexOf("}}") || before.lastIndexOf("{%") > before.lastIndexOf("%}");
  const word = context.matchBefore(/[\w@.]*$/);
  if (!words || (word.from === word.to && !context.explicit)) return null;
  const of = (kinds) => words.functions.filter((known) => kinds.includes(known.kind)).map((known) => option(known, known.name));
  if (isTemplate && /\|\s*[\w.]*$/.test(before)) return { from: word.from, options: of(["filter"]), validFor: /^\w*$/ };
  if (isTemplate && /\bis(\s+not)?\s+\w*$/.test(before)) return { from: word.from, options: of(["test"]), validFor: /^\w*$/ };
  if (isTemplate) {
    const layers = [...context.state.doc.toString().matchAll(/^ {2}- name: *["']?([\w-]+)/gm)].map(([, label]) => ({ label, detail: "layer" }));
    return { from: word.from, options: [{ label: "original.message" }, ...layers, ...of(["function"])], validFor: /^[\w.]*$/ };
  }
  if (/^\s*name:\s+[\w.-]*$/.test(before)) return { from: word.from, options: words.extractors.map((known) => option(known, known.name)), validFor: /^[\w.-]*$/ };
  if (/^\s*(- )?["']?[\w@.]*$/.test(before)) return { from: word.from, options: words.fields.map((field) => option(field, field.name)), validFor: /^[\w@.]*$/ };
  return null;
}

function option(known, label) {
  return { label, detail: known.type ?? known.signature ?? "", info: () => about(known) };
}

function hover(app, view, place) {
  const line = view.state.doc.lineAt(place);
  const pattern = /[\w@.]+/g;
  for (const match of line.text.matchAll(pattern)) {
    const [from, to] = [line.from + match.index, line.from + match.index + match[0].length];
    if (from > place || to < place) continue;
    const words = app.words();
    const known = words?.byName.get(match[0]) ?? (/\|\s*$/.test(line.text.slice(0, match.index)) ? words?.byName.get(`| ${match[0]}`) : null);
    return known ? { pos: from, end: to, above: true, create: () => ({ dom: about(known) }) } : null;
  }
  return null;
}

function about(known) {
  const type = known.type ?? known.signature;
  return h("div.about", {}, h("p", {}, h("code", {}, known.name), type && h("span.quiet", {}, ` ${type}`)), h("p", {}, known.text), known.value && h("p", {}, h("span.quiet", {}, "here "), h("code", {}, known.value)));
}
