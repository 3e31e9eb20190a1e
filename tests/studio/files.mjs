// What the page does with files, without a browser: line ends, links and zips.
import assert from "node:assert/strict";
import { Files } from "../../crates/studio/page/src/files.js";
import { pack, unpack, zip } from "../../crates/studio/page/src/share.js";
import { createRequire } from "node:module";
import { check, end } from "./harness.mjs";

const { unzipSync } = createRequire(new URL("../../crates/studio/page/package.json", import.meta.url))("fflate");
const plain = (map) => Object.fromEntries(map);

await check("a file keeps its line ends, and the page counts one character for each", () => {
  const files = new Files({ "ingest/parser.yml": "a: 1\r\nb: 2\r\n", "dataset.yml": "c: 3\n" });
  assert.equal(files.get("ingest/parser.yml"), "a: 1\nb: 2\n");
  assert.deepEqual(files.unsaved(), []);
  for (const path of files.keys()) files.set(path, `# x\n${files.get(path)}`);
  assert.deepEqual(plain(files.written(files.unsaved())), { "ingest/parser.yml": "# x\r\na: 1\r\nb: 2\r\n", "dataset.yml": "# x\nc: 3\n" });
  files.saved(files.written());
  assert.deepEqual(files.unsaved(), []);
});

await check("what another editor writes is taken, but for what was changed here", () => {
  const files = new Files({ "ingest/parser.yml": "a\n", "dataset.yml": "b\n", "tests/x.json": "{}" });
  files.set("ingest/parser.yml", "mine\n");
  assert.deepEqual(files.take({ "ingest/parser.yml": "theirs\r\n", "dataset.yml": "c\n" }), { taken: ["dataset.yml", "tests/x.json"], kept: ["ingest/parser.yml"] });
  assert.deepEqual(plain(files), { "ingest/parser.yml": "mine\n", "dataset.yml": "c\n" });
  assert.deepEqual(files.unsaved(), ["ingest/parser.yml"]);
});

await check("a link opens with files of a format alone, and its zip writes nothing elsewhere", () => {
  const texts = { "ingest/parser.yml": "p", "_meta/fields.yml": "own", "../_meta/fields.yml": "the module's", "../../../.bashrc": "x", "": "x", "/etc/x": "x", "tests/a/../../x.json": "x", "tests/..\\x.json": "x", "tests/a.json": "{}" };
  const shared = unpack(pack({ files: texts, name: "../../x" }));
  assert.deepEqual(Object.keys(shared.files), ["ingest/parser.yml", "_meta/fields.yml", "../_meta/fields.yml", "tests/a.json"]);
  const files = new Files(shared.files, shared.readOnly);
  assert.ok(files.isReadOnly("../_meta/fields.yml"));
  for (const name of ["../../x", "..", "", "gate"]) {
    const entries = Object.keys(unzipSync(zip(files.written(), name)));
    const folder = entries[0].replace(/\/ingest\/parser\.yml$/, "");
    assert.ok(entries.every((path) => !path.split("/").includes("..") && !path.startsWith("/")), entries.join());
    assert.deepEqual(entries, [`${folder}/ingest/parser.yml`, `${folder}/_meta/fields.yml`, `${folder.replace(/\/.*/, "")}/_meta/fields.yml`, `${folder}/tests/a.json`]);
  }
  files.delete("../_meta/fields.yml");
  assert.deepEqual(Object.keys(unzipSync(zip(files.written(), "gate")))[0], "gate/ingest/parser.yml");
  assert.throws(() => unpack(pack({ files: { "../x": "y" } })), /holds no format/);
});

await end();
