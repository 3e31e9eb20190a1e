"""A destination over HTTP that takes lines and `_bulk` requests, and can be made to fail in the ways that destinations do."""

import gzip
import http
import http.server
import json
import re
import threading
import time

ID = re.compile(rb'"event":\{[^{}]*?"id":"([0-9a-f-]{36})"')


class Destination:
    """Keeps the ids of events that it took: `ids`, with how often each came. `mode` is what it does from now on."""

    MODES = ("works", "down", "403", "429", "500", "cut", "closes", "slow")

    def __init__(self, port):
        self.mode, self.ids, self.lock, self.port = "works", {}, threading.Lock(), port
        self.server = None
        self.begin("works")

    def begin(self, mode):
        """Changes what it does. Down means that nobody listens."""
        self.mode = mode
        if mode == "down" and self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
        elif mode != "down" and not self.server:
            handler = type("Handler", (Handler,), {"destination": self})
            self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), handler)
            self.server.daemon_threads = True
            threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def take(self, body):
        """Keeps events: for each one whether it is new."""
        with self.lock:
            found = [identity.decode() for identity in ID.findall(body)]
            news = [identity not in self.ids for identity in found]
            for identity in found:
                self.ids[identity] = self.ids.get(identity, 0) + 1
            return news


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    destination = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        mode = self.destination.mode
        if mode in ("403", "429", "500"):
            self.answer(int(mode), b"{}", {"Retry-After": "1"} if mode == "429" else {})
            return
        if mode == "down":
            self.close_connection = True
            return
        news = self.destination.take(body)
        if mode == "closes":
            self.close_connection = True
            return
        items = [{"create": {"status": 201 if new else 409}} for new in news]
        is_bulk = "/_bulk" in self.path
        self.answer(200, json.dumps({"errors": not all(news), "items": items}).encode() if is_bulk else b"{}", {}, mode)

    def answer(self, status, text, headers, mode="works"):
        """Sends an answer: whole, cut in the middle, or byte by byte."""
        lines = [f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}", f"Content-Length: {len(text)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        whole = ("\r\n".join(lines) + "\r\n\r\n").encode() + text
        if mode == "cut":
            # What has more than a head is cut in its text, what has none in its head.
            self.wfile.write(whole[: -len(text) // 2] if len(text) > 2 else whole[:20])
            self.close_connection = True
            return
        while mode == "slow" and self.destination.mode == "slow" and len(whole) > 1:
            self.wfile.write(whole[:1])
            whole = whole[1:]
            time.sleep(1)
        self.wfile.write(whole)

    def log_message(self, *_):
        pass
