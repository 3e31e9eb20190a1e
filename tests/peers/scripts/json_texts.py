"""Reads each text with Python's `json`, strictly: `NaN` and numbers beyond all bounds are no JSON."""

import json
import sys


def refuse(name):
    raise ValueError(name)


def written(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


for line in sys.stdin:
    try:
        answer = [written(json.loads(json.loads(line), parse_constant=refuse))]
        answer[0].encode()
    except Exception:
        answer = ["error"]
    print(json.dumps(answer))
