// Where the page is at home: in `weir studio`, which has a format's files on a disk, or on a web server as files alone.
import { h } from "./dom.js";
import { isOfFormat } from "./files.js";
import { zip } from "./share.js";

/**
 * The host of this page: the build of the playground says that it is one; `weir studio` puts a token into the part of the URL that browsers do
 * not send.
 */
export function host() {
  const given = new URLSearchParams(location.hash.slice(1));
  const TOKEN = "weir-studio-token";
  if (given.has("token")) {
    sessionStorage.setItem(TOKEN, given.get("token"));
    given.delete("token");
    history.replaceState(null, "", given.size ? `#${given}` : location.pathname);
  }
  const token = sessionStorage.getItem(TOKEN);
  return document.documentElement.dataset.host === "playground" ? new Playground() : new Studio(token);
}

/** `weir studio`: files are on its disk. */
class Studio {
  kind = "studio";
  words = "weir studio: files stay on this machine";
  saves = "Save";
  #token;

  constructor(token) {
    this.#token = token;
    this.engine = { http: new URL("api/answer", document.baseURI).href, token };
  }

  async open() {
    return this.#call("GET", "api/files");
  }

  /** The stamp of what is on the disk: another one where a file has changed. */
  async stamp() {
    return (await this.#call("GET", "api/stamp")).stamp;
  }

  /** Writes files, `path → text`, unless the disk has another stamp; the answer has the new one. */
  async save(changes, { stamp }) {
    return this.#call("POST", "api/files", { stamp, files: Object.fromEntries(changes) });
  }

  async #call(method, url, body) {
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": "application/json" };
    const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) }).catch(() => {
      throw new Error("weir studio does not answer: is it still running?");
    });
    const read = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(read.error ?? `weir studio answers ${answer.status}`);
    return read;
  }
}

/** Files alone: the engine runs in the page, and nothing leaves it. */
class Playground {
  kind = "playground";
  words = "the engine runs in this page: nothing leaves your browser";
  saves = "Download";
  engine = { wasm: new URL("weir.wasm", document.baseURI).href };

  async open() {
    const [first] = await this.formats();
    return first.open();
  }

  /** The formats that lie beside the page: `{ name, title, open }`. */
  async formats() {
    const read = async (url) => {
      const answer = await fetch(url).catch(() => null);
      if (!answer?.ok) throw new Error("the formats beside this page cannot be loaded");
      return answer.json();
    };
    return (await read("formats.json")).map((format) => ({ ...format, open: () => read(format.file) }));
  }

  async save(_, { all, name }) {
    const packed = new Blob([zip(all, name)], { type: "application/zip" });
    const link = h("a", { href: URL.createObjectURL(packed), download: `${name}.zip` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    return {};
  }
}

/**
 * The files of a format in a folder that somebody chose: what belongs to a format, by its path in it. The page sees nothing above that folder:
 * fields that the module declares are unknown to it.
 */
export async function filesOfFolder(chosen) {
  const files = new Map();
  for (const file of chosen) {
    const path = file.webkitRelativePath.split("/").slice(1).join("/");
    if (isOfFormat(path)) files.set(path, await file.text());
  }
  if (!files.has("ingest/parser.yml") && !files.has("parser.yml")) throw new Error("this folder has no ingest/parser.yml: choose the folder of a format");
  return { name: chosen[0].webkitRelativePath.split("/")[0], files: Object.fromEntries(files) };
}
