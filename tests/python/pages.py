"""Runs the examples of a page of the manual: blocks of Python one after the other, each with what it prints in the block of text behind it."""

import contextlib
import io
import os
import re

from material import ROOT

BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(page, names):
    """Runs a page's examples with these names; gives how many there were."""
    blocks = BLOCK.findall((ROOT / "docs" / page).read_text())
    python = [number for number, (language, *_) in enumerate(blocks) if language == "python"]
    before = os.getcwd()
    os.chdir(ROOT)
    try:
        for number in python:
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(blocks[number][2], f"{page}, block {number + 1}", "exec"), names)
            language, _, said = blocks[number + 1] if number + 1 < len(blocks) else ("", "", "")
            if language == "text":
                assert plain(printed.getvalue()) == plain(said), printed.getvalue()
    finally:
        os.chdir(before)
    return len(python)


def block(page):
    """The block of Python that does not run with the others: it has the other name of the language."""
    return next(text for language, _, text in BLOCK.findall((ROOT / "docs" / page).read_text()) if language == "py")


def plain(text):
    return [line.rstrip() for line in text.strip().splitlines() if line.strip()]
