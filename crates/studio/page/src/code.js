// What the editors of the page have in common: their look, marks of lines and ranges, and gutters of words of the engine.
import { basicSetup } from "codemirror";
import { EditorState, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, GutterMarker, gutter, keymap } from "@codemirror/view";
import { indentWithTab } from "@codemirror/commands";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";
import { inside } from "./files.js";

const style = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.labelName], color: "var(--key)" },
  { tag: [tags.string, tags.special(tags.string), tags.content], color: "var(--string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--number)" },
  { tag: [tags.keyword, tags.typeName, tags.meta, tags.tagName], color: "var(--word)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--quiet)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--quiet)" },
]);

/** What every editor has. */
export function common(label) {
  return [
    basicSetup,
    // A CR of its own is a character as the engine counts them, and ends no line.
    EditorState.lineSeparator.of("\n"),
    EditorView.clipboardInputFilter.of(inside),
    keymap.of([indentWithTab]),
    syntaxHighlighting(style),
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
    lit.field,
  ];
}

/** A field of an editor's state that is a set of decorations or markers, mapped through edits, and the effect that replaces it. */
function replaceable(none, provide) {
  const set = StateEffect.define();
  const field = StateField.define({
    create: () => none,
    update(value, transaction) {
      const replaced = transaction.effects.findLast((effect) => effect.is(set));
      return replaced ? replaced.value : transaction.docChanged ? value.map(transaction.changes) : value;
    },
    provide,
  });
  return { set, field };
}

/** Lines and ranges that are lit. */
export const lit = replaceable(Decoration.none, (field) => EditorView.decorations.from(field));

const writer = Decoration.line({ class: "cm-writer" });
const origin = Decoration.mark({ class: "cm-origin" });
const near = Decoration.mark({ class: "cm-origin-near" });

/** Lights whole lines, of which `places` are offsets, and ranges `[from, to]`; scrolls to the first of them. */
export function light(view, { places = [], ranges = [], nears = [], scroll = true }) {
  const { doc } = view.state;
  const inside = ([from, to]) => from < to && to <= doc.length;
  const lines = new Set(places.filter((place) => place <= doc.length).map((place) => doc.lineAt(place).from));
  const marks = [
    ...[...lines].map((from) => writer.range(from)),
    ...ranges.filter(inside).map(([from, to]) => origin.range(from, to)),
    ...nears.filter(inside).map(([from, to]) => near.range(from, to)),
  ];
  const first = Math.min(...lines, ...[...ranges, ...nears].filter(inside).map(([from]) => from));
  const effects = [lit.set.of(Decoration.set(marks, true))];
  if (scroll && Number.isFinite(first)) effects.push(EditorView.scrollIntoView(first, { y: "center", yMargin: 40 }));
  view.dispatch({ effects });
}

class Sign extends GutterMarker {
  constructor(kind, text, title) {
    super();
    Object.assign(this, { kind, text, title });
  }

  eq(other) {
    return this.kind === other.kind && this.title === other.title;
  }

  toDOM() {
    const sign = document.createElement("div");
    sign.className = this.kind;
    sign.textContent = this.text;
    sign.title = this.title;
    return sign;
  }
}

/** A gutter with a sign beside some lines. `show(view, signs)` takes `[line, kind, text, title]`, ascending. */
export function signs(name) {
  const { set, field } = replaceable(RangeSet.empty, undefined);
  const show = (view, all) => {
    const { doc } = view.state;
    const markers = all
      .filter(([line]) => line >= 1 && line <= doc.lines)
      .map(([line, kind, text, title]) => new Sign(kind, text, title).range(doc.line(line).from));
    view.dispatch({ effects: set.of(RangeSet.of(markers)) });
  };
  return { extension: [field, gutter({ class: name, markers: (view) => view.state.field(field) })], show };
}
