// The engine as the page sees it: questions go to a worker, which has it in wasm or asks the host.

/** Asks the engine. It remembers the files that it was told, so that each question carries only what has changed. */
export class Engine {
  #worker = new Worker(new URL("worker.js", document.baseURI), { type: "module" });
  #waiting = new Map();
  #told = new Map();
  #number = 0;
  #files;

  /** `where` is `{ wasm: url }` or `{ http: url, token }`; `files` gives the present files, a Map. */
  constructor(where, files) {
    this.#files = files;
    this.#worker.onmessage = ({ data }) => {
      const { resolve, reject } = this.#waiting.get(data.number);
      this.#waiting.delete(data.number);
      if (data.error) reject(new Error(data.error));
      else resolve(data.answer);
    };
    this.ready = this.#send({ start: where });
  }

  /** The engine's answer to a question, such as `{ ask: "check" }`. */
  async ask(question) {
    await this.ready;
    const answer = await this.#send({ question: { ...question, files: this.#changes() } });
    if (!answer.forgotten) return answer;
    // It was restarted and knows no files.
    this.forget();
    return this.#send({ question: { ...question, files: this.#changes() } });
  }

  /** Sends all files again with the next question: they are those of another format. */
  forget() {
    this.#told.clear();
  }

  #changes() {
    const files = this.#files();
    const changes = this.#told.size === 0 ? { "": null } : {};
    for (const [path, text] of files) if (this.#told.get(path) !== text) changes[path] = text;
    for (const path of this.#told.keys()) if (!files.has(path)) changes[path] = null;
    this.#told = new Map(files);
    return changes;
  }

  #send(message) {
    const number = ++this.#number;
    this.#worker.postMessage({ number, ...message });
    return new Promise((resolve, reject) => this.#waiting.set(number, { resolve, reject }));
  }
}
