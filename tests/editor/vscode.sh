#!/usr/bin/env bash
# Builds the package of the extension for VS Code, and looks whether it has what it starts with. Needs node 20 and npm.
set -euo pipefail
cd "$(dirname "$0")/../../editors/vscode"
npm ci --silent --no-audit --no-fund
npm run --silent package
node - <<'JS'
const { execFileSync } = require("node:child_process");
const Module = require("node:module");
const files = execFileSync("python3", ["-m", "zipfile", "-l", "dist/weir.vsix"], { encoding: "utf8" });
for (const file of ["extension/package.json", "extension/dist/extension.js", "extension.vsixmanifest"]) {
  if (!files.includes(file)) throw new Error(`the package lacks ${file}:\n${files}`);
}
if (files.includes("node_modules")) throw new Error(`the package carries node_modules:\n${files}`);
// Anything may be asked of the editor while the extension is read; nothing of it may fail.
const anything = new Proxy(function () {}, { get: (own, name) => (name === "prototype" ? own.prototype : name === Symbol.toPrimitive ? () => "" : anything), apply: () => anything });
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? anything : load(name, ...rest));
const { activate, deactivate } = require("./dist/extension.js");
if (typeof activate !== "function" || typeof deactivate !== "function") throw new Error("the extension cannot be started");
JS
echo "vscode: dist/weir.vsix is built"
