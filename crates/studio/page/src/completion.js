// Completion and words at the pointer, as the engine knows them: fields, functions, and the keys that extractors gave in recorded pairs.
import { autocompletion } from "@codemirror/autocomplete";
import { hoverTooltip } from "@codemirror/view";
import { h } from "./dom.js";

/** `app.ask(question)` asks the engine. */
export function completion(app) {
  return [autocompletion({ override: [(context) => complete(app, context)], icons: false }), hoverTooltip((_, place) => hover(app, place))];
}

async function complete(app, context) {
  const word = context.matchBefore(/[\w@.]*$/);
  if (word.from === word.to && !context.explicit && !/[|.] ?$/.test(context.matchBefore(/..$/)?.text ?? "")) return null;
  const proposals = await app.ask({ ask: "complete", offset: context.pos });
  if (context.aborted || !proposals?.length) return null;
  const { from } = proposals[0];
  const options = proposals
    .filter((proposal) => proposal.from === from)
    .map(({ label, detail, about, text }, place) => ({ label, detail, apply: text, info: about ? () => markdown(about) : undefined, boost: -Math.min(place / 10, 99) }));
  return { from, options, validFor: /^[\w-]*$/ };
}

async function hover(app, place) {
  const said = await app.ask({ ask: "hover", offset: place });
  return said && { pos: said.from, end: said.to, above: true, create: () => ({ dom: markdown(said.about) }) };
}

/** The little of Markdown that the engine writes: paragraphs, lists of lines, code, bold. */
function markdown(text) {
  const inline = (line) =>
    line.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
      if (part.startsWith("`")) return h("code", {}, part.slice(1, -1));
      return part.startsWith("**") ? h("strong", {}, part.slice(2, -2)) : part;
    });
  const blocks = text.split(/^```\w*\n([\s\S]*?)^```$/m).flatMap((block, number) => {
    if (number % 2) return h("pre", {}, block.trimEnd());
    return block.split("\n").filter((line) => line.trim()).map((line) => h("p", {}, inline(line)));
  });
  return h("div.about", {}, blocks);
}
