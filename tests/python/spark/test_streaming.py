"""Structured Streaming: files in, Parquet out, and a driver that is killed between commits: each event once."""

import os
import signal
import subprocess
import sys
import time

import weir.spark
from material import ACCESS, command, many_records
from test_spark import digest

FILES, EACH = 12, 500

STREAM = """
import sys
sys.path[:0] = {path!r}
import weir.spark
from material import ACCESS
from spark_session import session
spark = session()
spark.sparkContext.setLogLevel("ERROR")
raw = spark.readStream.option("maxFilesPerTrigger", 1).text({raw!r})
events = raw.transform(weir.spark.events(ACCESS, typed=False, keep=False)).select("event")
query = events.writeStream.format("parquet").option("path", {out!r}).option("checkpointLocation", {check!r}).trigger(availableNow=True).start()
query.awaitTermination()
spark.stop()
"""


def test_a_driver_that_is_killed_loses_no_event_and_doubles_none(spark, tmp_path):
    raw, out, check = (str(tmp_path / name) for name in ("raw", "out", "check"))
    os.mkdir(raw)
    records = list(many_records(FILES * EACH))
    for number in range(FILES):
        part = records[number * EACH : (number + 1) * EACH]
        (tmp_path / "raw" / f"{number:03}.ndjson").write_text("".join(f"{record}\n" for record in part))
    here = os.path.dirname(__file__)
    script = STREAM.format(path=[here, os.path.dirname(here)], raw=raw, out=out, check=check)

    first = subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
    commits = tmp_path / "check/commits"
    deadline = time.monotonic() + 100
    while not (commits.is_dir() and len(list(commits.glob("[0-9]*"))) >= 2):
        assert first.poll() is None and time.monotonic() < deadline, "the stream has not committed twice"
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert len(list(commits.glob("[0-9]*"))) < FILES, "the stream had ended before it was killed"

    subprocess.run([sys.executable, "-c", script], check=True, timeout=120, start_new_session=True)
    lines = [row.event for row in spark.read.parquet(out).toLocalIterator()]
    whole = tmp_path / "all.ndjson"
    whole.write_text("".join(f"{record}\n" for record in records))
    assert digest(lines) == digest(command("run", ACCESS, whole, "--quiet").decode().splitlines())


def test_a_stream_splits_good_events_from_dead_letters(spark, tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/a.ndjson").write_text("\n".join([*many_records(50), "[2]", "[1]"]) + "\n")
    raw = spark.readStream.text(str(tmp_path / "raw"))
    events = raw.transform(weir.spark.events(ACCESS))
    for name, part in (("silver", weir.spark.good(events)), ("dead", weir.spark.dead_letters(events))):
        query = part.writeStream.format("parquet").trigger(availableNow=True)
        query = query.option("path", str(tmp_path / name)).option("checkpointLocation", str(tmp_path / f"check-{name}")).start()
        query.awaitTermination()
    assert spark.read.parquet(str(tmp_path / "silver")).count() == 50
    assert [row.value for row in spark.read.parquet(str(tmp_path / "dead")).sort("value").collect()] == ["[1]", "[2]"]
