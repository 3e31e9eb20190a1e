"""The wheel itself: its name, its size, what it needs, its types, and the command line in it."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from material import ACCESS, ROOT, SAMPLE, command

WHEEL = Path(os.environ["WEIR_WHEEL"])
IS_RELEASE = os.environ.get("WEIR_PROFILE") == "release"


def test_its_name_says_every_python_from_3_9_on():
    assert re.fullmatch(r"weir-\d+\.\d+\.\d+-cp39-abi3-(linux|manylinux_\d_\d+|manylinux\w+)_(x86_64|aarch64)\.whl", WHEEL.name), WHEEL.name


def test_it_has_types_and_the_command_line_and_nothing_that_it_needs_not():
    names = zipfile.ZipFile(WHEEL).namelist()
    for part in ("weir/__init__.py", "weir/_weir.pyi", "weir/py.typed", "weir/spark.py", "weir/_weir.abi3.so"):
        assert part in names
    metadata = next(name for name in names if name.endswith("METADATA"))
    text = zipfile.ZipFile(WHEEL).read(metadata).decode()
    needed = [line for line in text.splitlines() if line.startswith("Requires-Dist")]
    assert all("extra == " in line for line in needed), needed


@pytest.mark.skipif(not IS_RELEASE, reason="only a wheel as people get it has that size: WEIR_PROFILE=release")
def test_it_has_at_most_8_megabytes():
    assert WHEEL.stat().st_size <= 8 << 20, WHEEL.stat().st_size


def test_in_an_empty_environment_it_loads_runs_and_tests(tmp_path):
    venv.create(tmp_path, with_pip=False, symlinks=True)
    python = tmp_path / "bin/python"
    site = next(tmp_path.glob("lib/python*/site-packages"))
    zipfile.ZipFile(WHEEL).extractall(site)
    script = f"""
import sys, weir
fmt = weir.load({str(ACCESS)!r})
line = open({str(SAMPLE)!r}).readline()
assert fmt.run(line)["event"]["dataset"] == "access_requests"
assert fmt.test().ok and fmt.schema().names[0] == "event"
import weir.spark
assert not any(name in sys.modules for name in ("pyarrow", "pandas", "pyspark", "numpy"))
try:
    import pyarrow
except ImportError:
    print("works without")
"""
    told = subprocess.run([python, "-I", "-c", script], capture_output=True, text=True, timeout=60)
    assert (told.stdout, told.returncode) == ("works without\n", 0), told.stderr


def test_the_stubs_say_what_is_there():
    told = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "weir._weir", "--ignore-disjoint-bases"], capture_output=True, text=True, timeout=300
    )
    assert told.returncode == 0, told.stdout


def test_the_python_of_the_wheel_is_typed(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--cache-dir", str(tmp_path), "-p", "weir"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert told.returncode == 0, told.stdout


def test_the_command_line_comes_along():
    assert command("--version").startswith(b"weir ")
    script = Path(sys.executable).parent / "weir"
    told = subprocess.run([script, "check", ACCESS], capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    for arguments, code in ((["test", ACCESS], 0), (["run", "nothing"], 2), (["--nonsense"], 2), (["--help"], 0)):
        told = subprocess.run([script, *arguments], capture_output=True, text=True, timeout=60, cwd=ROOT)
        assert told.returncode == code, (arguments, told.stderr)
    # Who reads the output may stop.
    piped = subprocess.run(f"{script} run {ACCESS} {SAMPLE} --quiet | head -c 10", shell=True, capture_output=True, timeout=60)
    assert (len(piped.stdout), piped.stderr) == (10, b"")
