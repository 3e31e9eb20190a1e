// Starts `weir lsp` for the specs, fields and recorded pairs of intake formats. All else is the server's.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const FILES = ["**/ingest/parser.yml", "**/_meta/*.yml", "**/_meta/*.json", "**/dataset.yml", "**/tests/*.json"];

let client;

async function start() {
  const command = vscode.workspace.getConfiguration("weir").get("path");
  const run = { command, args: ["lsp"] };
  const documentSelector = FILES.map((pattern) => ({ scheme: "file", pattern }));
  const watchers = FILES.map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));
  client = new LanguageClient("weir", "weir", { run, debug: run }, { documentSelector, synchronize: { fileEvents: watchers } });
  try {
    await client.start();
  } catch (error) {
    const settings = "Open settings";
    const text = `weir does not start: ${error.message}. Is \`${command}\` the weir binary?`;
    if ((await vscode.window.showErrorMessage(text, settings)) === settings) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "weir.path");
    }
  }
}

async function stop() {
  const last = client;
  client = undefined;
  // One that never started has nothing to stop.
  await last?.stop().catch(() => {});
}

async function restart() {
  await stop();
  await start();
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("weir.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("weir") && restart()),
  );
  await start();
};

exports.deactivate = stop;
