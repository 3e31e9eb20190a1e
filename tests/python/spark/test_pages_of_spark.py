"""What the manual shows of Spark runs, its declarative pipeline too."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pages
import pyarrow.parquet as pq
from material import ROOT, SAMPLE


def test_the_page_about_spark_runs(spark, tmp_path):
    (tmp_path / "logpush").mkdir()
    shutil.copy(SAMPLE, tmp_path / "logpush/part-1.log")
    assert pages.run("spark.md", {"spark": spark, "scratch": str(tmp_path)}) >= 5


def test_the_declarative_pipeline_runs(tmp_path):
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    (tmp_path / "transformations").mkdir()
    session = "from pyspark.sql import SparkSession\nspark = SparkSession.active()\n"
    (tmp_path / "transformations/logins.py").write_text(session + pages.block("spark.md"))
    (tmp_path / "spark-pipeline.yml").write_text(
        f"name: logins\nstorage: file://{tmp_path}/storage\nlibraries:\n  - glob:\n      include: transformations/**\n"
        "configuration:\n  spark.sql.shuffle.partitions: '2'\n"
    )
    program = Path(sys.executable).parent / "spark-pipelines"
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "PYSPARK_PYTHON": sys.executable}
    told = subprocess.run([program, "run"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=200)
    assert told.returncode == 0, told.stderr[-3000:]
    rows = {name: pq.read_table(tmp_path / "spark-warehouse" / name).num_rows for name in ("bronze", "parsed", "silver")}
    assert rows["bronze"] == rows["parsed"] == rows["silver"] == len(SAMPLE.read_text().splitlines())
