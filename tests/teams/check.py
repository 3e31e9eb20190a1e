"""What tests/teams/run.sh runs: each test is a function that raises where something is wrong."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jsonschema
import yaml

WEIR, SARIF = sys.argv[1:3]
LONG = "long" in sys.argv[3:]
ROOT = Path(__file__).resolve().parents[2]
PUBLIC = ROOT / "../shared/corpus"
SCHEMAS = {"parser": "ingest/parser.yml", "fields": "_meta/fields.yml", "manifest": "_meta/manifest.yml", "dataset": "dataset.yml"}


class Loader(yaml.SafeLoader):
    """YAML as weir reads it: dates stay text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def plain(value):
    """As JSON has it: keys are text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def weir(*arguments, codes=(0,), cwd=ROOT, **options):
    ran = subprocess.run([WEIR, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, **options)
    assert ran.returncode in codes, f"weir {arguments}: {ran.returncode}\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"
    return ran.stdout


def validator(name):
    schema = json.loads((ROOT / f"docs/schemas/{name}.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def files_of(folder, name):
    ending = SCHEMAS[name]
    return [path for path in sorted(folder.rglob(Path(ending).name)) if path.as_posix().endswith("/" + ending)]


def schemas_refuse_no_file_that_weir_takes():
    """And what they refuse, weir refuses."""
    folders = [ROOT / "specs"]
    if PUBLIC.is_dir():
        modules = sorted(path for path in PUBLIC.resolve().iterdir() if path.is_dir())
        folders += modules[:: 1 if LONG else 8]
    else:
        print("  no public formats at ../shared/corpus: only the project's own are looked at")
    looked = 0
    for folder in folders:
        found = [json.loads(line) for line in weir("check", folder, "--format", "json", codes=(0, 1)).splitlines()]
        refused = {str(Path(finding["file"])) for finding in found if finding["severity"] == "error"}
        wrong = 0
        for name in SCHEMAS:
            check = validator(name)
            for path in files_of(folder, name):
                looked += 1
                try:
                    document = plain(yaml.load(path.read_text(), Loader))
                except yaml.YAMLError:
                    assert str(path) in refused, f"{path} is no YAML"
                    continue
                errors = list(check.iter_errors(document))
                if errors and str(path) not in refused:
                    wrong += 1
                    print(f"  {path}: {errors[0].json_path}: {errors[0].message[:200]}")
        assert wrong == 0, f"{folder}: {wrong} files"
    print(f"  {looked} files of {len(folders)} folders")
    assert looked > 150


def schemas_refuse_what_is_misspelt():
    good = {
        "parser": "name: a\npipeline:\n- name: r\n  external: {name: grok.match, properties: {pattern: x, input_field: original.message}}\n- name: s\n"
        "stages:\n  s:\n    actions:\n    - set: {own.field: 1}\n    - translate:\n      dictionary: {1: a}\n      mapping: {r.message.x: event.action}\n    - delete: [event.action]\n",
        "fields": "a.b:\n  name: a.b\n  type: keyword\n  description: ''\n",
        "manifest": "uuid: 9952054f-e81c-4876-8d13-f98791b3042f\nname: A\nslug: a\ndescription: ''\ndata_sources: {Web logs: ''}\n",
        "dataset": "name: a\nfields:\n  x: {type: string}\n",
    }
    bad = {
        "parser": [("pattern:", "patern:"), ("grok.match", "grok.macth"), ("actions", "action"), ("set:", "sett:"), ("pipeline", "pipelin"), ("pattern: x, ", ""), ("dictionary:", "dictionry:")],
        "fields": [("type:", "typ:"), ("keyword", "keywrd")],
        "manifest": [("slug: a", "slug: A b"), ("9952054f", "9952"), ("description:", "descripton:")],
        "dataset": [("string", "strng"), ("fields", "feilds")],
    }
    for name, text in good.items():
        check = validator(name)
        document = plain(yaml.load(text, Loader))
        check.validate(document)
        for right, slip in bad[name]:
            assert right in text, right
            document = plain(yaml.load(text.replace(right, slip, 1), Loader))
            assert not check.is_valid(document), f"{name}: {slip}"


PARSER = """name: gate
pipeline:
  - name: j
    external:
      name: json.parse-json
      properties:
        input_field: original.message
  - name: set_fields
stages:
  set_fields:
    actions:
      # The comment stays.
      - set:
          user.nam: "{{ j.message.user | lowerr }}"   # so does this
          event.action: j.message.action
          gate.door: "{{ j.door }}"
"""


def repository(folder):
    """A repository of one format with mistakes, committed."""
    root = Path(folder) / "repository"
    (root / "gate/ingest").mkdir(parents=True)
    (root / "gate/tests").mkdir()
    (root / "gate/ingest/parser.yml").write_text(PARSER)
    message = json.dumps({"user": "ADA", "action": "open", "door": "3"})
    pair = {"input": {"message": message}, "expected": {"message": message}}
    (root / "gate/tests/one.json").write_text(json.dumps(pair))
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Begin")
    return root


def git(root, *arguments):
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def sarif_follows_its_schema():
    schema = json.loads(Path(SARIF).read_text())
    check = jsonschema.validators.validator_for(schema)(schema)
    with tempfile.TemporaryDirectory() as folder:
        root = repository(folder)
        log = json.loads(weir("check", "--format", "sarif", codes=(1,), cwd=root))
        check.validate(log)
        results = log["runs"][0]["results"]
        assert {"unknown-field", "unknown-filter", "forgotten-braces"} <= {result["ruleId"] for result in results}, results
        lines = PARSER.splitlines()
        for result in results:
            place = result["locations"][0]["physicalLocation"]
            assert place["artifactLocation"] == {"uri": "gate/ingest/parser.yml", "uriBaseId": "%SRCROOT%"}, place
            if result["ruleId"] == "unknown-filter":
                region = place["region"]
                line = lines[region["startLine"] - 1]
                assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "lowerr", region
                replacement = result["fixes"][0]["artifactChanges"][0]["replacements"][0]
                assert replacement["insertedContent"]["text"] == "lower" and replacement["deletedRegion"] == region
    # Findings of real formats, too.
    found = PUBLIC if LONG and PUBLIC.is_dir() else ROOT / "specs/cloudflare/access_requests"
    check.validate(json.loads(weir("check", found, "--publish", "--format", "sarif", codes=(0, 1))))


def a_patch_applies_and_is_what_fix_writes():
    with tempfile.TemporaryDirectory() as folder:
        root = repository(folder)
        patch = weir("check", "--fix", "--dry-run", codes=(1,), cwd=root)
        assert (root / "gate/ingest/parser.yml").read_text() == PARSER, "a dry run writes nothing"
        subprocess.run(["git", "apply", "-"], input=patch, text=True, cwd=root, check=True)
        patched = {path: path.read_text() for path in root.rglob("*.yml")}
        git(root, "checkout", "-q", ".")
        git(root, "clean", "-qfd")
        weir("check", "--fix", cwd=root)
        assert {path: path.read_text() for path in root.rglob("*.yml")} == patched
        text = patched[root / "gate/ingest/parser.yml"]
        assert "# The comment stays." in text and "   # so does this" in text, text
        assert "user.name:" in text and "| lower }}" in text and '"{{ j.message.action }}"' in text and "{{ j.message.door }}" in text, text
        assert "gate.door:" in patched[root / "gate/_meta/fields.yml"]


def hooks_run_in_pre_commit():
    with tempfile.TemporaryDirectory() as folder:
        hooks = Path(folder) / "hooks"
        hooks.mkdir()
        shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
        git(hooks, "init", "-q")
        git(hooks, "add", "-A")
        git(hooks, "commit", "-qm", "Hooks")
        root = repository(folder)
        environment = {**os.environ, "PRE_COMMIT_HOME": f"{folder}/home"}

        def run(hook):
            command = ["pre-commit", "try-repo", str(hooks), hook, "--all-files"]
            return subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment)

        ran = run("weir-check")
        assert ran.returncode == 1 and "unknown-filter" in ran.stdout, ran.stdout + ran.stderr
        # It changes files, which fails the hook as it should.
        ran = run("weir-fix")
        assert ran.returncode == 1 and "files were modified" in ran.stdout, ran.stdout + ran.stderr
        git(root, "add", "-A")
        # What the changed format makes of the pair is another event, and nothing else is wrong.
        ran = run("weir-test")
        assert ran.returncode == 1 and "one" in ran.stdout, ran.stdout + ran.stderr
        weir("test", "--accept", codes=(0, 1), cwd=root)
        git(root, "add", "-A")
        for hook in ["weir-fix", "weir-test"]:
            ran = run(hook)
            assert ran.returncode == 0, ran.stdout + ran.stderr


def the_action_annotates_and_fails():
    with tempfile.TemporaryDirectory() as folder:
        root = repository(folder)
        action = yaml.safe_load((ROOT / "action.yml").read_text())
        environment = {**os.environ, "PATHS": ".", "SARIF": "weir.sarif"}
        used = action["runs"]["steps"][-1]["env"]
        assert {name.lower().replace("_", "-") for name in used} == set(action["inputs"]), used
        command = ["bash", str(ROOT / "scripts/action.sh")]
        ran = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment)
        assert ran.returncode == 1, ran.stdout + ran.stderr
        assert "::error file=gate/ingest/parser.yml,line=14," in ran.stdout, ran.stdout
        assert json.loads((root / "weir.sarif").read_text())["version"] == "2.1.0"
        weir("check", "--fix", cwd=root)
        weir("test", "--accept", codes=(0, 1), cwd=root)
        ran = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def only_what_changed_is_checked():
    with tempfile.TemporaryDirectory() as folder:
        root = repository(folder)
        assert "in 0 formats" in weir("check", "--changed", cwd=root)
        with (root / "gate/ingest/parser.yml").open("a") as parser:
            parser.write("# changed\n")
        assert "in 1 format" in weir("check", "--changed", codes=(1,), cwd=root)
        weir("check", "--changed=nowhere", codes=(2,), cwd=root)


def bash_completes():
    script = weir("completions", "bash")
    asks = 'COMP_WORDS=(weir check --exp); COMP_CWORD=2; COMPREPLY=(); _weir weir --exp check; echo "${COMPREPLY[@]}"'
    ran = subprocess.run(["bash", "-c", script + "\n" + asks], capture_output=True, text=True)
    assert ran.stdout.strip() == "--explain", ran.stdout + ran.stderr
    for shell in ["zsh", "fish"]:
        assert "explain" in weir("completions", shell)


def each_command_has_a_manual_page():
    with tempfile.TemporaryDirectory() as folder:
        weir("man", "--output", folder)
        names = {path.name for path in Path(folder).iterdir()}
        assert {"weir.1", "weir-check.1", "weir-logpush-job.1"} <= names, names
        for path in Path(folder).iterdir():
            text = path.read_text()
            assert ".SH NAME" in text and ".SH SYNOPSIS" in text, path


def the_manual_is_a_site():
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(["bash", str(ROOT / "scripts/manual.sh"), folder], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
        page = (Path(folder) / "language/library.html").read_text()
        assert "startswith" in page
        assert (Path(folder) / "search/search_index.json").stat().st_size > 100_000


if __name__ == "__main__":
    tests = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == "__main__"]
    own = {"plain", "weir", "validator", "files_of", "repository", "git", "Loader"}
    for test in tests:
        if test.__name__ in own:
            continue
        began = time.monotonic()
        print(test.__name__.replace("_", " "), flush=True)
        test()
        print(f"  {time.monotonic() - began:.1f} s", flush=True)
