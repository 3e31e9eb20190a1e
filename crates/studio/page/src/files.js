// The files of a format: their texts in the page, what of them is saved, and which of them may be written.

/** The declarations of the module that a format is in: shown, and not written. */
export const MODULE_FIELDS = "../_meta/fields.yml";

const OF_FORMAT = /^(ingest\/parser\.yml|parser\.yml|_meta\/(fields\.yml|manifest\.yml|smart-descriptions\.json)|dataset\.yml|tests\/[^/\\]+\.json)$/;

/** Whether a path is one of a format's own. */
export const isOfFormat = (path) => OF_FORMAT.test(path);

/** A text with the line ends that editors count with: one character each. */
export const inside = (text) => text.replaceAll("\r\n", "\n");

/** Texts by their paths, with one character for each line end; on the disk a file keeps its own. */
export class Files extends Map {
  #saved;
  #readOnly;
  /** The files whose lines end with CR and LF. */
  #long = new Set();

  /** `files` are `path → text`; what may not be written is in `readOnly`. */
  constructor(files = {}, readOnly = []) {
    super();
    for (const [path, text] of Object.entries(files)) this.set(path, this.#taken(path, text));
    this.#saved = new Map(this);
    this.#readOnly = new Set(readOnly);
  }

  isReadOnly(path) {
    return this.#readOnly.has(path);
  }

  isUnsaved(path) {
    return !this.#readOnly.has(path) && this.#saved.get(path) !== this.get(path);
  }

  /** The paths of the files that differ from what is saved. */
  unsaved() {
    return [...this.keys()].filter((path) => this.isUnsaved(path));
  }

  /** The texts of some files as they are written. */
  written(paths = this.keys()) {
    return new Map([...paths].map((path) => [path, this.#long.has(path) ? this.get(path).replaceAll("\n", "\r\n") : this.get(path)]));
  }

  /** What was written is saved: `texts` are those of `written`. */
  saved(texts) {
    texts.forEach((text, path) => this.#saved.set(path, inside(text)));
  }

  /** Takes what is on the disk now, but for files that were changed here and there: `taken` and `kept` are the paths of both. */
  take(files) {
    const [taken, kept] = [[], []];
    for (const path of new Set([...Object.keys(files), ...this.#saved.keys()])) {
      const text = files[path] === undefined ? undefined : this.#taken(path, files[path]);
      if (text === this.#saved.get(path)) continue;
      if (this.isUnsaved(path) && text !== this.get(path)) {
        kept.push(path);
      } else {
        taken.push(path);
        if (text === undefined) this.delete(path);
        else this.set(path, text);
      }
      if (text === undefined) this.#saved.delete(path);
      else this.#saved.set(path, text);
    }
    return { taken, kept };
  }

  #taken(path, text) {
    this.#long[/^[^\n]*\r\n/.test(text) ? "add" : "delete"](path);
    return inside(text);
  }
}
