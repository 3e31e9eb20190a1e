"""Converts a rule with a pipeline by the command that people use, and tells what it prints."""

import json
import pathlib
import subprocess
import sys
import tempfile

for line in sys.stdin:
    asked = json.loads(line)
    with tempfile.TemporaryDirectory() as folder:
        pipeline, rule = pathlib.Path(folder, "pipeline.yml"), pathlib.Path(folder, "rule.yml")
        pipeline.write_text(asked["pipeline"])
        rule.write_text(asked["rule"])
        command = [pathlib.Path(sys.executable).parent / "sigma", "convert", "-t", "sqlite", "-p", pipeline, rule]
        ran = subprocess.run(command, capture_output=True, text=True)
    print(json.dumps({"code": ran.returncode, "query": ran.stdout, "errors": ran.stderr}), flush=True)
