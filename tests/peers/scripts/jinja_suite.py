"""Runs Jinja's own tests, which its source distribution has, and answers with each template that they render and its names.
Templates of an environment with other marks, and names that JSON cannot have, are left out."""

import contextlib
import io
import json
import pathlib
import subprocess
import sys
import tarfile

import jinja2
import pytest
from jinja2 import environment, nativetypes

OPTIONS = (
    "block_start_string",
    "block_end_string",
    "variable_start_string",
    "variable_end_string",
    "comment_start_string",
    "comment_end_string",
    "line_statement_prefix",
    "line_comment_prefix",
    "trim_blocks",
    "lstrip_blocks",
    "keep_trailing_newline",
    "undefined",
    "finalize",
    "sandboxed",
    "autoescape",
    "loader",
)

rendered = {}


def is_usual(env):
    usual = jinja2.Environment()
    return all(getattr(env, name) == getattr(usual, name) for name in OPTIONS)


def keeping_the_source(from_string):
    def kept(self, source, *others, **named):
        template = from_string(self, source, *others, **named)
        if isinstance(source, str) and is_usual(self):
            template.written = source
        return template

    return kept


def noted(render):
    def note(self, *others, **named):
        with contextlib.suppress(AttributeError, TypeError, ValueError):
            names = json.dumps(dict(*others, **named))
            if json.loads(names) == dict(*others, **named):
                rendered.setdefault((self.written, names))
        return render(self, *others, **named)

    return note


def tests(folder):
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"jinja2-{jinja2.__version__}.tar.gz"
    if not archive.exists():
        wanted = ["--no-deps", "--no-binary", ":all:", f"jinja2=={jinja2.__version__}"]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder), *wanted]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(archive) as source:
        source.extractall(folder, filter="data")
    return folder / f"jinja2-{jinja2.__version__}" / "tests"


def templates(folder):
    environment.Environment.from_string = keeping_the_source(environment.Environment.from_string)
    for kind in (environment.Template, nativetypes.NativeTemplate):
        kind.render = noted(kind.render)
    place = tests(folder)
    left_out = [f"--ignore={place / name}" for name in ("test_async.py", "test_async_filters.py", "test_loader.py")]
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["-q", "-p", "no:cacheprovider", *left_out, str(place)])
    return [{"template": template, "names": names} for template, names in rendered]


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(templates(pathlib.Path(json.loads(line)["folder"]))))
