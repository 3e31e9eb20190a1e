"""Reads each document with `xmltodict`."""

import json
import sys

import xmltodict

for line in sys.stdin:
    try:
        answer = xmltodict.parse(json.loads(line))
    except Exception:
        answer = "error"
    print(json.dumps(answer, ensure_ascii=False))
