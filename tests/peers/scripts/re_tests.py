"""CPython's own cases of `re`: the first question asks for them, the others are searched.

The answer is where the groups lie in the text, in bytes; null without a match; "no pattern" where it is none.
"""

import json
import re
import sys
import warnings

warnings.simplefilter("ignore")


def cases():
    try:
        from test.re_tests import tests
    except ImportError:
        return "skipped"
    return sorted({(case[0], case[1]) for case in tests})


def spans(asked):
    try:
        found = re.compile(asked["pattern"]).search(asked["text"])
    except (re.error, OverflowError, RecursionError):
        return "no pattern"
    if not found:
        return None
    place = lambda at: len(asked["text"][:at].encode("utf-8", "surrogatepass"))
    groups = range(found.re.groups + 1)
    return [None if found.start(group) < 0 else [place(found.start(group)), place(found.end(group))] for group in groups]


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(cases() if asked is None else spans(asked)), flush=True)
