"""Matches texts by the named patterns of customary grok libraries, with the module `regex` as the engine.

A question has the library, a name and a text; the answer says why there is none, or has what each key captured, or null
where the text as a whole does not match.
"""

import glob
import json
import os
import sys

import regex

from packages import crate, python_package

REFERENCE = regex.compile(r"%\{(\w+)(?::([^:}]+))?(?::\w+)?\}")
GROUP = regex.compile(r"\\.|\(\?P?<(?![=!])([^>]+)>|\((?!\?)|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]")


def library(files):
    """Patterns by name."""
    patterns = {}
    for path in files:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                name, _, pattern = line.rstrip("\n").partition(" ")
                if name and not name.startswith("#"):
                    patterns[name] = pattern.lstrip()
    return patterns


def legacy():
    folder = crate("grok", "2.4.1")
    return folder and library(glob.glob(os.path.join(folder, "patterns", "*.pattern")))


def common_schema():
    folder = python_package("dismew", "0.2.0")
    return folder and library(glob.glob(os.path.join(folder, "dismew", "patterns", "*")))


def pygrok():
    folder = python_package("pygrok", "1.0.0")
    return folder and library(glob.glob(os.path.join(folder, "**", "pygrok", "patterns", "*"), recursive=True))


LOADERS = {"legacy": legacy, "common schema": common_schema, "pygrok": pygrok}
LIBRARIES = {}


class Compiled:
    """A pattern written out, with the key of each group."""

    def __init__(self, patterns, name):
        self.patterns, self.keys = patterns, []
        text = self.expand(name, None)
        # Oniguruma's notation, as this module has it.
        text = text.replace("[[[:alnum:]]_", "[[:alnum:]_").replace("\\h", "[0-9A-Fa-f]")
        self.regex = regex.compile(text, regex.ASCII)

    def expand(self, name, key):
        self.keys.append(key)
        pattern, out, at = self.patterns[name], ["("], 0
        while at < len(pattern):
            reference = REFERENCE.match(pattern, at)
            group = None if reference else GROUP.match(pattern, at)
            if reference:
                out.append(self.expand(reference[1], reference[2]))
            elif group and group[1]:
                self.keys.append(group[1])
                out.append("(")
            elif group and group[0] == "(":
                out.append("(?:")
            else:
                out.append(group[0] if group else pattern[at])
            at = (reference or group).end() if reference or group else at + 1
        return "".join(out) + ")"

    def captures(self, text):
        found = self.regex.fullmatch(text, timeout=5)
        if not found:
            return None
        captured = {}
        for number, key in enumerate(self.keys, 1):
            if key and found[number] is not None:
                captured[key] = found[number]
        return captured


COMPILED = {}


def answer(asked):
    name = asked["library"]
    if name not in LIBRARIES:
        LIBRARIES[name] = LOADERS[name]()
    patterns = LIBRARIES[name]
    if patterns is None:
        return "skipped"
    if asked["name"] is None:
        return sorted(patterns)
    if asked["name"] not in patterns:
        return "unknown"
    try:
        key = name, asked["name"]
        if key not in COMPILED:
            COMPILED[key] = Compiled(patterns, asked["name"])
        return COMPILED[key].captures(asked["text"])
    except (regex.error, TimeoutError) as error:
        return f"no answer: {error}"


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), ensure_ascii=False, sort_keys=True), flush=True)
