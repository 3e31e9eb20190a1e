"""Reads one row of each text with Python's `csv` module, line by line, as a record comes."""

import csv
import json
import re
import sys

for line in sys.stdin:
    asked = json.loads(line)
    lines = re.split("\r\n|\n|\r", asked["text"])
    rows = csv.DictReader(lines, fieldnames=asked["columns"], delimiter=asked["delimiter"])
    row = next(rows, dict.fromkeys(asked["columns"]))
    row.pop(None, None)
    print(json.dumps(row, ensure_ascii=False))
