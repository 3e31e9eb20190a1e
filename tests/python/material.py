"""What the tests are about: formats, records, and the command line that came with the wheel."""

import json
import subprocess
import sys
from pathlib import Path
ROOT = Path(__file__).resolve().parents[2]
CLOUDFLARE = ROOT / "specs/cloudflare"
ACCESS = CLOUDFLARE / "access_requests"
SAMPLE = ACCESS / "samples/access_requests.ndjson"

# 2026-11-30T00:00:00Z
NOW = 1_795_996_800

GATE = """
name: gate
pipeline:
  - name: pairs
    external:
      name: kv.parse-kv
      properties: {input_field: original.message}
  - name: set_event
stages:
  set_event:
    actions:
      - set:
          event.action: "{{ pairs.message.action | lower }}"
          source.ip: "{{ pairs.message.src }}"
"""


def formats(*folders):
    """The folders of all formats, those of a public repository beside this one too if it is there."""
    for folder in folders or (ROOT / "specs", ROOT.parent / "shared/corpus"):
        yield from (parser.parents[1] for parser in sorted(folder.glob("**/ingest/parser.yml")))


def pairs(folder):
    """The messages of a format's recorded pairs."""
    for path in sorted((folder / "tests").glob("*.json")):
        message = json.loads(path.read_text()).get("input", {}).get("message")
        if isinstance(message, str):
            yield message


def command(*arguments, **options):
    """Runs the command line of the wheel and gives what it prints."""
    called = [sys.executable, "-m", "weir", *map(str, arguments)]
    return subprocess.run(called, check=True, capture_output=True, timeout=300, **options).stdout


def many_records(count):
    """Access Requests, each with a RayID of its own."""
    samples = [json.loads(line) for line in SAMPLE.read_text().splitlines()]
    for number in range(count):
        record = dict(samples[number % len(samples)])
        record["RayID"] = f"{number:016x}"
        yield json.dumps(record, separators=(",", ":"))
