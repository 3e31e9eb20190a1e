// The worker in which questions are answered, so that typing never waits: by the engine in wasm, or by the host over HTTP.

let answer;
let last = Promise.resolve();

// One after the other: a question carries what has changed since the one before it.
onmessage = ({ data }) => (last = last.then(() => take(data)));

async function take({ number, start, question }) {
  try {
    if (start) answer = start.wasm ? await inWasm(start.wasm) : overHttp(start.http, start.token);
    postMessage({ number, answer: start ? {} : await answer(question) });
  } catch (error) {
    postMessage({ number, error: error.message });
  }
}

/** The engine in this worker: the bytes of questions and answers lie in its memory. */
async function inWasm(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the engine cannot be loaded: ${response.status}`);
  const module = await WebAssembly.compileStreaming(response);
  let engine = (await WebAssembly.instantiate(module)).exports;
  return async (question) => {
    const bytes = new TextEncoder().encode(JSON.stringify(question));
    try {
      const place = engine.question(bytes.length);
      new Uint8Array(engine.memory.buffer, place, bytes.length).set(bytes);
      const length = engine.answer();
      return JSON.parse(new TextDecoder().decode(new Uint8Array(engine.memory.buffer, engine.answered(), length)));
    } catch (error) {
      // Its memory may be in any state. The new one knows no files, and says so.
      engine = (await WebAssembly.instantiate(module)).exports;
      throw new Error(`a defect of the engine, which was restarted: ${error.message}`);
    }
  };
}

/** The engine of the host, with a session of this page's own. */
function overHttp(url, token) {
  const session = crypto.randomUUID();
  return async (question) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "authorization": `Bearer ${token}`, "content-type": "application/json", "weir-session": session },
      body: JSON.stringify(question),
    }).catch(() => {
      throw new Error("weir studio does not answer: is it still running?");
    });
    if (!response.ok) throw new Error((await response.json().catch(() => null))?.error ?? `weir studio answers ${response.status}`);
    return response.json();
  };
}
