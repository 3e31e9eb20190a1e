#!/usr/bin/env python3
"""A receiver that lies, to show that the proofs notice: WEIR=tests/receiver/mutant.py MUTANT=NAME python tests/receiver/kills.py 20

| MUTANT | what it does |
|---|---|
| honest | stores each batch before it answers, and drops what it has: the proofs hold |
| forgets | answers before it stores |
| doubles | stores each third batch twice |
| renames | gives other ids than it answers |
| dies | ends with 0 where the disk is full |

It takes `serve --config FILE`, has the paths that the proofs ask, and writes lines and Parquet as the receiver does, as far as the proofs look.
"""

import gzip
import http.server
import json
import os
import pathlib
import re
import signal
import sys
import threading
import time
import uuid

import pyarrow
import pyarrow.parquet

NAME = os.environ.get("MUTANT", "honest")
TEXT = pathlib.Path(sys.argv[3]).read_text()
EVENTS = pathlib.Path(sys.argv[3]).parent / "events"
DATA = pathlib.Path(re.search(r"^data: (.*)$", TEXT, re.MULTILINE)[1])
PORT = int(re.search(r"listen: '127.0.0.1:(\d+)'", TEXT)[1])


class Store:
    """What was taken and is not stored yet."""

    def __init__(self):
        self.waiting, self.lock, self.batches, self.records = [], threading.Lock(), 0, 0

    def take(self, lines):
        """Takes a batch: the ids of its events."""
        ids = [str(uuid.uuid4()) for _ in lines]
        named = ids if NAME != "renames" else [str(uuid.uuid4()) for _ in lines]
        with self.lock:
            self.batches += 1
            self.records += len(lines)
            times = 2 if NAME == "doubles" and self.batches % 3 == 0 else 1
            self.waiting.append((named * times, lines * times))
        if NAME != "forgets":
            self.store()
        return ids

    def store(self):
        """Brings to the disk what waits."""
        with self.lock:
            waiting, self.waiting = self.waiting, []
            ids = [identity for some, _ in waiting for identity in some]
            lines = [line for _, some in waiting for line in some]
            if not ids:
                return
            DATA.mkdir(exist_ok=True)
            entry = DATA / str(uuid.uuid4())
            entry.write_bytes(b"\n".join(lines))
            self.publish("ndjson", lambda path: path.write_text("".join(map(event, ids, lines))))
            rays = [json.loads(line)["RayID"] for line in lines]
            rows = [{"event": {"id": identity}, "cloudflare": {"RayID": ray}} for identity, ray in zip(ids, rays)]
            table = pyarrow.Table.from_pylist(rows)
            self.publish("parquet", lambda path: pyarrow.parquet.write_table(table, path))
            entry.unlink()

    def publish(self, ending, write):
        """Writes a file and gives it its name."""
        folder = EVENTS / ending
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".part-{uuid.uuid4()}"
        write(part)
        part.rename(folder / f"{uuid.uuid4()}.{ending}")


def event(identity, line):
    """An event as a line."""
    return json.dumps({"event": {"id": identity}, "cloudflare": json.loads(line)}, separators=(",", ":")) + "\n"


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        lines = gzip.decompress(body).splitlines()
        try:
            ids = STORE.take(lines)
        except OSError:
            if NAME == "dies":
                os._exit(0)
            STORE.full = True
            self.answer(503, "{}")
            return
        STORE.full = False
        self.answer(200, json.dumps({"event_ids": ids}, separators=(",", ":")))

    def do_GET(self):
        behind = len(STORE.waiting)
        numbers = f'weir_sink_behind_entries{{sink="ndjson"}} {behind}\nweir_intake_records_total{{}} {STORE.records}\n'
        self.answer(503 if getattr(STORE, "full", False) else 200, numbers)

    def answer(self, status, text):
        """Sends a whole answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


STORE = Store()


def tick():
    """Stores what waits."""
    while True:
        time.sleep(0.3)
        STORE.store()


if NAME == "forgets":
    threading.Thread(target=tick, daemon=True).start()
SERVER = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
SERVER.daemon_threads = True


def end(*_):
    """Ends in order."""
    STORE.store()
    os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, end)
    SERVER.serve_forever()
