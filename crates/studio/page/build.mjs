// Builds dist/ from src/; with --check it compares instead, so that what is committed is what the sources make.
import { build } from "esbuild";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const isCheck = process.argv.includes("--check");
const result = await build({
  entryPoints: { studio: "src/main.js", worker: "src/worker.js", style: "src/style.css" },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox121", "safari17.5"],
  outdir: "dist",
  legalComments: "linked",
  charset: "utf8",
  write: false,
  metafile: true,
});

/** The licences of all packages that the page has a part of. */
async function licences() {
  const folders = new Set(Object.keys(result.metafile.inputs).map((path) => path.match(/^node_modules\/(@[^/]+\/)?[^/]+/)?.[0]));
  folders.delete(undefined);
  const texts = [...folders].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
    const file = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
    if (!file) throw new Error(`${name} comes without the text of its licence`);
    return `${name} ${version} (${license})\n\n${(await readFile(`${folder}/${file}`, "utf8")).trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(72)}\n\n`);
}
const files = result.outputFiles.map(({ path, contents }) => [path.replace(/.*[/\\]/, ""), Buffer.from(contents)]);
files.push(["index.html", await readFile("src/index.html")]);
files.push(["icon.svg", await readFile("src/icon.svg")]);
files.push(["licences.txt", Buffer.from(await licences())]);

let differs = false;
let packed = 0;
await mkdir("dist", { recursive: true });
for (const [name, bytes] of files.sort(([left], [right]) => left.localeCompare(right))) {
  packed += gzipSync(bytes, { level: 9 }).length;
  const path = `dist/${name}`;
  if (!isCheck) {
    await writeFile(path, bytes);
  } else if (!bytes.equals(await readFile(path).catch(() => Buffer.alloc(0)))) {
    console.error(`${path} is not what the sources make: run \`npm run build\` in crates/studio/page and commit it`);
    differs = true;
  }
}
const LARGEST = 700_000;
console.log(`${files.length} files, ${packed} bytes compressed`);
if (packed > LARGEST) {
  console.error(`the page is larger than ${LARGEST} bytes compressed`);
}
process.exitCode = differs || packed > LARGEST ? 1 : 0;
