// What the scripts of this folder have in common: weir, a web server for the playground, a browser, and checks with names.
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const weir = process.env.WEIR ?? join(root, "target/debug/weir");
export const pictures = join(root, "target/studio-pictures");
export const scratch = mkdtempSync(join(tmpdir(), "weir-studio-"));
const playground = join(root, "target/playground");
const corpus = join(root, "../shared/corpus");
const ends = [() => rmSync(scratch, { recursive: true, force: true })];

/** A copy of a format that a test may change. */
export function copy(path) {
  const to = join(mkdtempSync(join(scratch, "format-")), basename(path));
  cpSync(join(root, path), to, { recursive: true });
  return to;
}

/** Runs weir; the answer has what it printed and its exit code. */
export function run(...given) {
  try {
    return { code: 0, out: execFileSync(weir, given, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] }) };
  } catch (error) {
    if (error.status === null || error.status === undefined) throw error;
    return { code: error.status, out: error.stdout, err: error.stderr };
  }
}

/** `weir studio` on a format: its URL. */
export async function studio(format, ...given) {
  const process = spawn(weir, ["studio", format, ...given], { stdio: ["ignore", "pipe", "inherit"] });
  ends.push(() => process.kill());
  let printed = "";
  for await (const bytes of process.stdout) {
    printed += bytes;
    const url = printed.match(/http:\S+/)?.[0];
    if (url && printed.includes("\n")) return url;
  }
  throw new Error(`weir studio ended: ${printed}`);
}

/** Asks the studio at a URL as its page does. */
export function asker(url) {
  const { origin, hash } = new URL(url);
  const headers = { authorization: `Bearer ${hash.replace("#token=", "")}`, "weir-session": crypto.randomUUID() };
  return async (question) => {
    const answer = await fetch(`${origin}/api/answer`, { method: "POST", headers, body: JSON.stringify(question) });
    return answer.text();
  };
}

/** The engine in wasm, asked as the page's worker does; null where it is not built. */
export async function wasmAsker() {
  const path = join(playground, "weir.wasm");
  if (!existsSync(path)) return null;
  const module = await WebAssembly.compile(readFileSync(path));
  return async () => {
    const engine = (await WebAssembly.instantiate(module)).exports;
    return async (question) => {
      const bytes = new TextEncoder().encode(JSON.stringify(question));
      // Its memory may grow, and is another one then.
      const place = engine.question(bytes.length);
      new Uint8Array(engine.memory.buffer, place, bytes.length).set(bytes);
      const length = engine.answer();
      return new TextDecoder().decode(new Uint8Array(engine.memory.buffer, engine.answered(), length));
    };
  };
}

/** Serves the playground as files: its URL. */
export async function served() {
  if (!existsSync(join(playground, "weir.wasm"))) throw new Error("build the playground first: node crates/studio/page/playground.mjs");
  const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json", ".wasm": "application/wasm", ".txt": "text/plain" };
  const server = createServer((request, response) => {
    const path = join(playground, decodeURIComponent(new URL(request.url, "http://x").pathname).replace(/\/$/, "/index.html"));
    if (!path.startsWith(playground) || !existsSync(path)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[extname(path)] }).end(readFileSync(path));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => server.close(), () => server.closeAllConnections());
  return `http://127.0.0.1:${server.address().port}/`;
}

/** The largest public format where there are any beside the project, else our own; and twelve formats. */
export function formats() {
  const modules = (folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []);
  const below = (folder) => modules(folder).flatMap((module) => { try { return readdirSync(module).map((name) => join(module, name)); } catch { return []; } });
  const isFormat = (path) => existsSync(join(path, "ingest/parser.yml")) && existsSync(join(path, "tests"));
  const size = (path) => readFileSync(join(path, "ingest/parser.yml")).length;
  const own = [...below(join(root, "specs"))].filter(isFormat).sort();
  const found = below(corpus).filter(isFormat).sort();
  const all = found.length ? found : own;
  const largest = all.reduce((left, right) => (size(right) > size(left) ? right : left));
  const every = Math.max(1, Math.floor(all.length / 8));
  const twelve = [...own.slice(0, 3), own.at(-1), ...all.filter((path, number) => number % every === 0 && !own.slice(0, 3).includes(path)).slice(0, 8)];
  return { largest, twelve };
}

/** The texts of a format, as `weir studio` reads them. */
export function texts(folder) {
  const files = { "": null };
  const add = (path) => existsSync(join(folder, path)) && (files[path] = readFileSync(join(folder, path), "utf8"));
  ["ingest/parser.yml", "_meta/fields.yml", "_meta/manifest.yml", "_meta/smart-descriptions.json", "dataset.yml", "../_meta/fields.yml"].forEach(add);
  readdirSync(join(folder, "tests")).filter((name) => name.endsWith(".json")).forEach((name) => add(`tests/${name}`));
  return files;
}

/** A browser. */
export async function browser() {
  const { chromium } = await import("playwright-core");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const started = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args });
  ends.push(() => started.close());
  mkdirSync(pictures, { recursive: true });
  return started;
}

let failed = 0;
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => ((failed += 1), end()));

/** Runs a check, where its name has the text of ONLY if that is set; what it returns is told with it. */
export async function check(name, work) {
  if (!name.includes(process.env.ONLY ?? "")) return;
  const began = performance.now();
  try {
    const told = await work();
    console.log(`ok   ${name}${told ? `: ${told}` : ""} (${Math.round(performance.now() - began)} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}\n     ${String(error.stack ?? error).replaceAll("\n", "\n     ")}`);
  }
}

/** Ends what was started, and the process. */
export async function end() {
  for (const stop of ends.reverse()) await stop();
  if (failed) console.log(`${failed} failed`);
  process.exit(failed ? 1 : 0);
}
