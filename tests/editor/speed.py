#!/usr/bin/env python3
"""Measures what a person waits for in `weir lsp`: answers within 50 ms in the largest format there is, while it is looked at.

WEIR names an optimised binary. The format is the largest of ../shared/corpus, or of specs where that is not there.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT = float(os.environ.get("LIMIT", "0.05"))


def largest():
    for folder in (ROOT.parent / "shared/corpus", ROOT / "specs"):
        specs = sorted(folder.glob("*/*/ingest/parser.yml"), key=lambda path: path.stat().st_size)
        if specs:
            return specs[-1].parents[1]
    sys.exit("there is no format")


class Server:
    def __init__(self, binary):
        self.child = subprocess.Popen([binary, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = 0
        self.told = 0
        self.ask("initialize", {"capabilities": {}, "processId": None, "rootUri": None})
        self.tell("initialized", {})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.child.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.child.stdin.flush()

    def tell(self, method, params):
        self.send({"method": method, "params": params})

    def read(self):
        length = 0
        while line := self.child.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message = json.loads(self.child.stdout.read(length))
        self.told += message.get("method") == "textDocument/publishDiagnostics"
        return message

    def ask(self, method, params):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while (message := self.read()).get("id") != self.number:
            pass
        return message["result"]

    def wait(self):
        before = self.told
        while self.told == before:
            self.read()


def main():
    binary = os.environ.get("WEIR") or sys.exit("WEIR names no binary")
    with tempfile.TemporaryDirectory() as folder:
        # The module's fields count, too.
        origin = largest()
        shutil.copytree(origin.parent, Path(folder) / "module")
        spec = Path(folder) / "module" / origin.name / "ingest/parser.yml"
        text = spec.read_text()
        server = Server(binary)
        document = {"uri": spec.as_uri()}
        started = time.monotonic()
        server.tell("textDocument/didOpen", {"textDocument": {**document, "languageId": "yaml", "version": 1, "text": text}})
        server.wait()
        first = time.monotonic() - started
        lines = text.splitlines()
        places = [(line, len(lines[line].split(":")[0])) for line in range(0, len(lines), max(1, len(lines) // 40))]
        places += [(line, lines[line].index("{{") + 4) for line in range(len(lines)) if "{{ " in lines[line]][:40]
        slowest, changes = {}, []
        for round_number in range(3):
            started = time.monotonic()
            change = {"textDocument": {**document, "version": round_number + 2}, "contentChanges": [{"text": text + "\n" * round_number}]}
            server.tell("textDocument/didChange", change)
            told = server.told
            for line, character in places:
                for method in ("hover", "completion", "definition"):
                    asked = time.monotonic()
                    server.ask(f"textDocument/{method}", {"textDocument": document, "position": {"line": line, "character": character}})
                    slowest[method] = max(slowest.get(method, 0), time.monotonic() - asked)
            if server.told == told:
                server.wait()
                changes.append(time.monotonic() - started)
        server.ask("shutdown", None)
        server.tell("exit", None)
        server.child.wait(20)
    answers = ", ".join(f"{method} {1000 * seconds:.1f} ms" for method, seconds in sorted(slowest.items()))
    print(f"{origin.name} ({len(text)} bytes): slowest {answers}; findings after {1000 * first:.0f} ms at first")
    if max(slowest.values()) > LIMIT:
        sys.exit(f"an answer took longer than {1000 * LIMIT:.0f} ms")


main()
