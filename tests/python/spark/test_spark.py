"""weir in Spark: batch, functions, checks on the driver, workers that are killed."""

import hashlib
import json
import os
import signal
import subprocess
import threading
import time

import pytest
import weir
import weir.spark
from material import ACCESS, CLOUDFLARE, NOW, SAMPLE, command, formats, many_records, pairs
from pyspark.sql import functions as F

COUNT = 40_000


@pytest.fixture(scope="module")
def raw_file(tmp_path_factory):
    file = tmp_path_factory.mktemp("raw") / "records.ndjson"
    file.write_text("".join(f"{record}\n" for record in many_records(COUNT)))
    return file


@pytest.fixture(scope="module")
def expected(raw_file):
    """What the command line makes of the records, in an order that no executor changes."""
    return digest(command("run", ACCESS, raw_file, "--quiet").decode().splitlines())


def digest(lines):
    return len(lines), hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def raw(spark, raw_file, partitions=8):
    return spark.read.text(str(raw_file)).repartition(partitions)


def test_the_json_column_is_what_the_command_line_prints(spark, raw_file, expected):
    events = raw(spark, raw_file).transform(weir.spark.events(ACCESS, typed=False, keep=False))
    assert events.columns == ["event", "status", "error", "warnings"]
    assert digest([row.event for row in events.select("event").toLocalIterator()]) == expected


def test_the_typed_column_can_be_queried_and_keeps_its_input(spark, raw_file):
    numbered = raw(spark, raw_file).withColumn("id", F.monotonically_increasing_id()).withColumn("when", F.current_timestamp())
    events = numbered.transform(weir.spark.events(ACCESS, "value"))
    assert events.columns == ["value", "id", "when", "event", "rest", "status", "error", "warnings"]
    row = events.where("event.user.email = 'ada@example.com'").select("event.@timestamp", "event.source.ip", "event.event.category", "value").first()
    same = json.loads(weir.load(ACCESS).run_json(row.value))
    assert row["@timestamp"].strftime("%Y-%m-%dT%H:%M:%SZ") == same["@timestamp"]
    assert (row.ip, row.category) == (same["source"]["ip"], same["event"]["category"])
    only = numbered.transform(weir.spark.events(ACCESS, keep=["id"]))
    assert only.columns[0] == "id" and only.select("id").distinct().count() == COUNT


def test_every_own_format_gives_a_struct_that_spark_writes_and_reads(spark, tmp_path):
    for number, folder in enumerate(formats(CLOUDFLARE)):
        messages = [(message,) for message in pairs(folder)]
        events = spark.createDataFrame(messages, "value string").transform(weir.spark.events(folder))
        events.write.parquet(str(tmp_path / str(number)))
        assert spark.read.parquet(str(tmp_path / str(number))).where("event is not null").count() == len(messages)


def test_a_module_routes_into_one_frame(spark):
    messages = [(message,) for folder in formats(CLOUDFLARE) for message in list(pairs(folder))[:5]]
    events = spark.createDataFrame(messages, "value string").transform(weir.spark.events(CLOUDFLARE, now=NOW)).cache()
    counts = {row.dataset: row["count"] for row in events.groupBy("dataset").count().collect()}
    assert set(counts) - {None} <= set(weir.load(CLOUDFLARE).datasets) and len(counts) > 25
    assert weir.spark.good(events).count() + weir.spark.dead_letters(events).count() == events.count() == len(messages)
    assert weir.spark.dead_letters(events).count() >= counts.get(None, 0)
    events.unpersist()


def test_columns_are_checked_on_the_driver_before_a_job(spark):
    df = spark.createDataFrame([("{}", 1)], "value string, id int")
    for wrong, said in (("nope", 'no column "nope"; the input has "value", "id"'), ("id", 'the column "id" is of type Int32')):
        with pytest.raises(ValueError, match=said):
            df.transform(weir.spark.events(ACCESS, wrong))
    with pytest.raises(ValueError, match="give a prefix"):
        df.withColumnRenamed("id", "STATUS").transform(weir.spark.events(ACCESS))
    prefixed = df.withColumnRenamed("id", "status").transform(weir.spark.events(ACCESS, prefix="weir_"))
    assert weir.spark.good(prefixed, prefix="weir_").count() == 1
    with pytest.raises(OSError):
        df.transform(weir.spark.events("no/such/format"))


def test_nulls_empty_frames_and_wrong_records_fail_no_task(spark):
    records = [(None,), ("",), ("hello",), ("[1]",), ("{}",), ("\u0000",), ('{"Action":"login","Email":"ada@example.com"}',)]
    rows = spark.createDataFrame(records, "value string").coalesce(1).transform(weir.spark.events(ACCESS)).collect()
    assert len(rows) == len(records) and rows[0].status is None and rows[0].event is None and rows[-1].status == "success"
    assert all(row.event.message == row.value for row in rows[1:])
    assert spark.createDataFrame([], "value string").transform(weir.spark.events(ACCESS)).count() == 0


def test_binary_columns_and_times_of_a_column_are_read(spark):
    df = spark.createDataFrame([(bytearray(SAMPLE.read_bytes().splitlines()[0]), NOW)], "value binary, at long")
    row = df.withColumn("at", F.timestamp_seconds("at")).transform(weir.spark.events(ACCESS, now="at")).first()
    assert row.status == "success"


def test_a_function_gives_the_same_and_a_filter_above_runs_it_once(spark, raw_file, expected):
    parse = weir.spark.function(ACCESS)
    events = raw(spark, raw_file).select(parse("value").alias("e")).where("e.status = 'success'").where("e.event.source.ip is not null")
    plan = events._jdf.queryExecution().executedPlan().toString()
    assert plan.count("ArrowEvalPython") == 1, plan
    assert events.count() > 0
    lines = raw(spark, raw_file).select(weir.spark.function(ACCESS, typed=False)("value").alias("e"))
    assert digest([row.e for row in lines.toLocalIterator()]) == expected


def test_sql_calls_a_function_that_was_registered(spark, raw_file):
    weir.spark.register(spark, "parse_access", ACCESS)
    raw(spark, raw_file).createOrReplaceTempView("raw")
    spark.sql("create or replace temporary view silver as select e.* from (select parse_access(value) e from raw)")
    top = spark.sql("select event.source.geo.country_iso_code c, count(*) n from silver where status <> 'failure' group by 1 order by 2 desc, 1")
    assert sum(row.n for row in top.collect()) == COUNT
    weir.spark.register(spark, "parse_at", ACCESS, times=True, typed=False)
    assert spark.sql("select parse_at(value, current_timestamp()) e from raw limit 3").count() == 3


def test_a_format_is_compiled_once_in_a_worker(spark):
    fmt = weir.load(CLOUDFLARE / "http_requests")
    record = next(iter(pairs(CLOUDFLARE / "http_requests")))

    def run(_):
        from weir import _weir

        fmt.run_json(record)
        return os.getpid(), _weir.compilations()

    seen = spark.sparkContext.parallelize(range(200), 200).map(run).collect()
    assert len(seen) == 200
    assert all(compiled == 1 for _, compiled in seen), sorted(set(seen))


def test_a_worker_that_is_killed_costs_no_event_and_doubles_none(spark, tmp_path, raw_file, expected):
    out = tmp_path / "out"
    events = raw(spark, raw_file, 40).transform(weir.spark.events(ACCESS, typed=False, keep=False)).select("event")
    killed = []

    def kill():
        for _ in range(400):
            time.sleep(0.02)
            if len(killed) < 3 and (pid := python_worker(killed)):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    events.write.text(str(out))
    killer.join()
    assert killed, "no worker was there to be killed"
    assert digest([row.value for row in spark.read.text(str(out)).toLocalIterator()]) == expected


def python_worker(killed):
    """A worker of Spark's Python daemon below this process, if one runs."""
    told = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True).stdout
    rows = [line.split(None, 2) for line in told.splitlines()[1:]]
    parent = {int(pid): int(above) for pid, above, *_ in rows}
    daemons = {int(pid) for pid, _, *args in rows if args and "pyspark.daemon" in args[0]}

    def is_ours(pid):
        while pid in parent:
            pid = parent[pid]
            if pid == os.getpid():
                return True
        return False

    workers = [pid for pid in daemons if parent.get(pid) in daemons and is_ours(pid)]
    return next((pid for pid in workers if pid not in killed), None)
