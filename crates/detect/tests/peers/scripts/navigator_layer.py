"""Reads a layer with MITRE's own reader and tells what it makes of it, and what it prints."""

import contextlib
import io
import json
import sys

from mitreattack.navlayers import Layer

for line in sys.stdin:
    asked = json.loads(line)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        layer = Layer(asked, strict=True)
    print(json.dumps({"layer": layer.to_dict(), "printed": printed.getvalue()}), flush=True)
