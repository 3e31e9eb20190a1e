// Builds the playground into target/playground: the page, the engine in wasm, and formats to begin with. Any web server can serve it.
//
//   node crates/studio/page/playground.mjs [FORMAT]...
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const out = join(root, "target/playground");
const target = "wasm32-unknown-unknown";
const FIRST = "specs/cloudflare/access_requests";
const TEXTS = ["ingest/parser.yml", "_meta/fields.yml", "_meta/manifest.yml", "_meta/smart-descriptions.json", "dataset.yml"];

const run = (program, ...given) => execFileSync(program, given, { cwd: root, stdio: "inherit" });
run("rustup", "target", "add", target);
run("cargo", "rustc", "-p", "weir-wasm", "--lib", "--profile", "wasm", "--target", target, "--crate-type", "cdylib");

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "formats"), { recursive: true });
cpSync(join(root, "crates/studio/page/dist"), out, { recursive: true });
const page = readFileSync(join(out, "index.html"), "utf8");
writeFileSync(join(out, "index.html"), page.replace("<html lang", '<html data-host="playground" lang'));
cpSync(join(root, "target", target, "wasm/weir_wasm.wasm"), join(out, "weir.wasm"));

/** The texts of a format, by their paths in it. */
function texts(folder) {
  const files = {};
  const add = (path) => existsSync(join(folder, path)) && (files[path] = readFileSync(join(folder, path), "utf8"));
  TEXTS.forEach(add);
  if (existsSync(join(folder, "../_meta/fields.yml"))) add("../_meta/fields.yml");
  if (existsSync(join(folder, "tests"))) readdirSync(join(folder, "tests")).filter((name) => name.endsWith(".json")).sort().forEach((name) => add(`tests/${name}`));
  return files;
}

const own = readdirSync(join(root, "specs")).flatMap((module) => readdirSync(join(root, "specs", module)).map((name) => join("specs", module, name)));
const asked = process.argv.slice(2);
const folders = (asked.length ? asked : [FIRST, ...own.filter((path) => path !== FIRST)]).filter((path) => existsSync(join(root, path, "ingest/parser.yml")));
const index = folders.map((path, number) => {
  const files = texts(join(root, path));
  const title = files["_meta/manifest.yml"]?.match(/^name: *(.*)$/m)?.[1].replace(/^["']|["']$/g, "") ?? "";
  const file = `formats/${number}.json`;
  writeFileSync(join(out, file), JSON.stringify({ name: basename(path), files, readOnly: ["../_meta/fields.yml"] }));
  return { name: basename(path), title, file };
});
writeFileSync(join(out, "formats.json"), JSON.stringify(index));
const wasm = join(out, "weir.wasm");
console.log(`${out}: ${index.length} formats; weir.wasm has ${statSync(wasm).size} bytes, ${gzipSync(readFileSync(wasm), { level: 9 }).length} compressed`);
