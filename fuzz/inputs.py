"""Writes first inputs for the fuzz targets: each format with one of its recorded messages.

The formats are the project's own and, where they are, those of a repository beside it. Long ones are left out: they take seconds each
under a sanitizer, and a change hits text that nothing reads."""

import json
import pathlib
import sys

LONGEST = 6_000

folder = pathlib.Path(sys.argv[1])
written = 0
for root in [pathlib.Path("specs"), pathlib.Path("../shared/corpus")]:
    for parser in sorted(root.rglob("ingest/parser.yml")):
        pairs = sorted((parser.parent.parent / "tests").glob("*.json"))
        message = json.loads(pairs[0].read_text())["input"]["message"] if pairs else ""
        text = f"{parser.read_text()}\n===\n{message}"
        if len(text) <= LONGEST:
            (folder / f"{written}.txt").write_text(text)
            written += 1
print(f"{written} inputs from formats")
