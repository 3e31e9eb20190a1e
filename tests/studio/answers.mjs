// The same answers from the command line, from `weir studio` and from the engine in wasm, for twelve formats.
// With --wasm, wasm must be there: node crates/studio/page/playground.mjs builds it.
import assert from "node:assert/strict";
import { basename, join, relative } from "node:path";
import { asker, check, end, formats, run, studio, texts, wasmAsker } from "./harness.mjs";

/** The most pairs of a format whose events are compared, and the most fields of each. */
const [PAIRS, FIELDS] = [2, 8];

/** A rule about a field that many formats set. */
const RULE = "title: an address\nlogsource: {category: any}\ndetection:\n  one:\n    source.ip|exists: true\n  condition: one\n";

const wasm = await wasmAsker();
if (!wasm && process.argv.includes("--wasm")) throw new Error("weir.wasm is not built");
if (!wasm) console.log("weir.wasm is not built: the studio and the command line alone are compared");

/** The dotted names of an event's fields. */
const names = (event, path = "") =>
  Object.entries(event).flatMap(([key, value]) => {
    const name = path ? `${path}.${key}` : key;
    return value !== null && typeof value === "object" && !Array.isArray(value) ? names(value, name) : [name];
  });

/** A finding as both tell it: the file by its path in the format. */
const plain = (folder) => (finding) => {
  const { file, line, column, code, severity, title, help } = finding;
  return { file: file.startsWith("/") ? relative(folder, file) : file, line, column, code, severity, title, help };
};

for (const folder of formats().twelve) {
  await check(`${basename(folder)}: the same answers`, async () => {
    const ask = asker(await studio(folder));
    const askWasm = await wasm?.();
    let compared = 0;
    const both = async (question) => {
      const answer = await ask(question);
      if (askWasm) assert.equal(await askWasm(question), answer, `wasm answers ${JSON.stringify(question.ask)} in another way`);
      compared += 1;
      return JSON.parse(answer);
    };
    const files = texts(folder);
    const checked = await both({ ask: "check", files });
    const told = run("check", folder, "--format", "json").out.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
    const own = told.map(plain(folder)).filter((finding) => finding.file in files);
    // What the formats of a module share is checked with the module.
    const isShared = (finding) => finding.file.startsWith("../");
    assert.deepEqual(checked.findings.map(plain(folder)).filter((one) => !isShared(one)), own.filter((one) => !isShared(one)));
    const tested = JSON.parse(run("test", folder, "--report", "json").out).formats[0];
    const results = checked.pairs.map(({ file, ...result }) => result);
    assert.deepEqual(results, tested.pairs);
    for (const { file } of checked.pairs.slice(0, PAIRS)) {
      const look = await both({ ask: "look", pair: file });
      const { input } = JSON.parse(files[file]);
      const steps = await both({ ask: "steps", pair: file });
      const text = ({ text }) => text.map((piece) => piece.text).join("");
      assert.equal(text(steps), run("explain", folder, join(folder, file)).out);
      for (const field of names(look.event).slice(0, FIELDS)) {
        const story = await both({ ask: "explain", field, pair: file });
        assert.equal(text(story), run("explain", folder, join(folder, file), "--field", field).out, field);
      }
      if (typeof input.message === "string") await both({ ask: "lines", text: input.message });
    }
    const { length } = files["ingest/parser.yml"];
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      await both({ ask: "complete", offset: Math.floor(share * length) });
      await both({ ask: "hover", offset: Math.floor(share * length) });
    }
    await both({ ask: "rules", rules: RULE, pair: checked.pairs[0].file });
    await both({ ask: "words" });
    return `${compared} answers, ${checked.findings.length} findings, ${results.length} pairs`;
  });
}
await end();
