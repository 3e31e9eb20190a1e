"""Any Arrow data in, batches out: producers, types, nulls, slices, sizes; a clear error for the rest, and never a panic."""

import json
import random
from datetime import datetime, timezone

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import weir
from material import NOW

RECORDS = ["action=DENY src=192.0.2.7", None, "action=ALLOW src=192.0.2.8"]
ACTIONS = ["deny", None, "allow"]


def actions(batches):
    events = pa.table(batches)["event"].to_pylist()
    return [event and event["event"]["action"] for event in events]


def batch():
    return pa.record_batch({"message": RECORDS})


@pytest.mark.parametrize(
    "data",
    [
        batch(),
        pa.Table.from_batches([batch()]),
        pa.RecordBatchReader.from_batches(batch().schema, [batch()]),
        pa.array(RECORDS),
        pa.chunked_array([RECORDS[:1], RECORDS[1:]]),
        pl.DataFrame({"message": RECORDS}),
        pl.Series("anything", RECORDS),
        pd.DataFrame({"message": RECORDS}),
        duckdb.sql("select * from (values ('action=DENY src=192.0.2.7'), (NULL), ('action=ALLOW src=192.0.2.8')) rows(message)"),
    ],
    ids=lambda data: f"{type(data).__module__}.{type(data).__name__}",
)
def test_every_producer_is_read(gate, data):
    assert actions(gate.run_arrow(data)) == ACTIONS


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.large_binary(),
        pa.binary_view(),
        pa.dictionary(pa.int8(), pa.string()),
        pa.dictionary(pa.uint32(), pa.large_string()),
        pa.dictionary(pa.int16(), pa.binary()),
    ],
    ids=str,
)
def test_every_type_of_text_is_read_sliced_too(gate, kind):
    column = pa.array([*RECORDS, *RECORDS]).cast(kind)
    assert actions(gate.run_arrow(column)) == ACTIONS * 2
    assert actions(gate.run_arrow(column.slice(2, 3))) == ["allow", "deny", None]
    assert actions(gate.run_arrow(pa.table({"message": column}).slice(1, 4))) == [None, "allow", "deny", None]
    assert actions(gate.run_arrow(column.slice(0, 0))) == []


def test_bytes_of_one_length_and_a_column_of_nulls_are_read(gate):
    fixed = pa.array([b"action=a src=192.0.2.1", b"action=b src=192.0.2.2", None], pa.binary(22))
    assert actions(gate.run_arrow(fixed.slice(1))) == ["b", None]
    assert actions(gate.run_arrow(pa.nulls(3))) == [None] * 3
    assert actions(gate.run_arrow(pa.array([None, None], pa.dictionary(pa.int8(), pa.string())))) == [None] * 2


OTHERS = [
    pa.int8(), pa.int64(), pa.uint64(), pa.float16(), pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("us"), pa.time64("ns"),
    pa.duration("s"), pa.decimal128(10, 2), pa.decimal256(40, 2), pa.list_(pa.string()), pa.large_list(pa.string()),
    pa.list_(pa.string(), 2), pa.map_(pa.string(), pa.string()), pa.struct([("message", pa.string())]),
    pa.dictionary(pa.int8(), pa.int64()), pa.month_day_nano_interval(),
]  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS, ids=str)
def test_every_other_type_is_refused_in_words(gate, kind):
    with pytest.raises(ValueError, match='the column "message" is of type .*, and messages are texts or bytes'):
        gate.run_arrow(pa.table({"message": pa.nulls(2, kind)}))


@pytest.mark.parametrize("of", ["run_arrow", "schema"])
def test_what_does_not_fit_is_refused_before_anything_runs(gate, of):
    def call(columns, *arguments, **options):
        table = columns if isinstance(columns, pa.Table) else pa.table(columns)
        return getattr(gate, of)(table if of == "run_arrow" else table.schema, *arguments, **options)

    data = {"id": [1], "message": ["a=b"]}
    with pytest.raises(ValueError, match='there is no column "nope"; the input has "id", "message"'):
        call(data, "nope")
    with pytest.raises(ValueError, match="give a prefix"):
        call({"message": ["a=b"], "Status": ["x"]})
    call({"message": ["a=b"], "Status": ["x"]}, prefix="weir_")
    call({"message": ["a=b"], "Status": ["x"]}, keep=False)
    with pytest.raises(ValueError, match='the column "message" is of type Utf8, and times are'):
        call(data, now="message")
    with pytest.raises(ValueError, match='no column "gone"'):
        call(data, keep=["gone"])
    with pytest.raises(ValueError, match="2 columns"):
        call(pa.table([pa.array(["a"]), pa.array(["b"])], names=["message", "message"]))


@pytest.mark.parametrize("no_data", [None, 1, "text", object(), {"message": "a"}], ids=repr)
def test_what_is_no_arrow_data_is_refused(gate, no_data):
    with pytest.raises((TypeError, ValueError)):
        gate.run_arrow(no_data)


def test_the_schema_is_known_beforehand(gate, access):
    data = pa.table({"id": [1], "message": ["a=b"], "at": pa.array([1], pa.timestamp("us"))})
    for fmt in (gate, access):
        for options in ({}, {"typed": False}, {"keep": False}, {"keep": ["at", "id"]}, {"prefix": "w_"}, {"now": "at"}):
            said = pa.schema(fmt.schema(data.schema, **options))
            assert said == pa.table(fmt.run_arrow(data, **options)).schema
            assert said.names == fmt.run_arrow(data, **options).schema.names
    assert pa.schema(gate.schema()).names == ["event", "rest", "status", "error", "warnings"]
    assert pa.schema(gate.schema(data.schema, keep=["at", "id"])).names[:2] == ["at", "id"]


def test_what_is_kept_stays_beside_its_event(gate):
    data = pa.table({"id": pa.chunked_array([[1, 2], [3]]), "message": pa.chunked_array([RECORDS[:1], RECORDS[1:]])})
    result = pa.table(gate.run_arrow(data, keep=["id"]))
    assert result["id"].to_pylist() == [1, 2, 3]
    assert [e and e["source"]["ip"] for e in result["event"].to_pylist()] == ["192.0.2.7", None, "192.0.2.8"]


def test_a_record_that_is_wrong_has_a_row_that_says_so(access):
    wrong = ["", "hello", "[1]", "\ud83d".encode("utf-8", "surrogatepass"), b"\xff\xfe{}", "{" * 10_000, "{}" + " " * (20 << 20)]
    messages = [record.encode() if isinstance(record, str) else record for record in wrong]
    result = pa.table(access.run_arrow(pa.array(messages, pa.binary())))
    assert result.num_rows == len(wrong) and set(result["status"].to_pylist()) == {"unread", "partial", "failure"}
    for status, error, warnings in zip(result["status"].to_pylist(), result["error"].to_pylist(), result["warnings"].to_pylist()):
        assert warnings if status == "partial" else error
    nothing = pa.table(access.run_arrow(pa.array(['{"x":1}']), typed=True))
    assert nothing["status"].to_pylist() == ["unread"] == pa.table(access.run_arrow(pa.array(['{"x":1}']), typed=False))["status"].to_pylist()
    assert result["status"].to_pylist()[-1] == "failure"
    assert "16777216" in result["error"].to_pylist()[-1]
    for message, event, line in zip(messages, result["event"].to_pylist(), access.run_lines(messages)):
        assert json.loads(line)["message"] == event["message"]
    replaced = result["warnings"].to_pylist()[4]
    assert replaced and "UTF-8" in replaced[0]


def test_times_come_from_a_column_a_datetime_or_seconds():
    spec = """
name: dated
pipeline:
  - name: when
    external:
      name: date.parse
      properties: {input_field: original.message, output_field: datetime, format: "%b %d %H:%M:%S"}
  - name: set_date
stages:
  set_date:
    actions:
      - set:
          "@timestamp": "{{ when.datetime }}"
"""
    fmt = weir.Format(spec)
    record = "Feb 03 04:05:06"
    year = {1999: 917_827_200, 2026: NOW}
    for expected, seconds in year.items():
        at = datetime.fromtimestamp(seconds, timezone.utc)
        for now in (seconds, float(seconds), at):
            assert fmt.run(record, now=now)["@timestamp"].startswith(str(expected))
            typed = pa.table(fmt.run_arrow(pa.array([record]), now=now))
            assert typed["event"].to_pylist()[0]["@timestamp"].year == expected
    for unit, factor in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)):
        times = pa.array([seconds * factor for seconds in year.values()], pa.timestamp(unit, tz="UTC"))
        table = pa.table({"message": [record] * 2, "at": times})
        result = pa.table(fmt.run_arrow(table, now="at", keep=False))
        assert [event["@timestamp"].year for event in result["event"].to_pylist()] == list(year)
    with pytest.raises(ValueError, match="without a time zone"):
        fmt.run(record, now=datetime(2026, 1, 1))
    for wrong in (float("nan"), float("inf"), 1e30, "yesterday", []):
        with pytest.raises((ValueError, TypeError)):
            fmt.run(record, now=wrong)


def test_batches_are_cut_by_size_and_read_once(gate):
    large = "action=DENY src=192.0.2.7 more=" + "x" * (8 << 20)
    data = pa.table({"message": pa.array([large] * 40, pa.large_string())})
    batches = [pa.record_batch(batch) for batch in gate.run_arrow(data)]
    assert sum(batch.num_rows for batch in batches) == 40
    assert 3 <= len(batches) and max(batch.nbytes for batch in batches) < 200 << 20
    stream = gate.run_arrow(pa.array(RECORDS))
    assert pa.table(stream).num_rows == 3 and list(stream) == []
    with pytest.raises(ValueError, match="handed on already"):
        pa.table(stream)


def test_data_that_fails_while_it_is_read_is_an_error(gate):
    def failing():
        yield batch()
        raise RuntimeError("the disk is gone")

    batches = gate.run_arrow(pa.RecordBatchReader.from_batches(batch().schema, failing()))
    assert len(next(batches)) == 3
    with pytest.raises(Exception, match="the disk is gone"):
        next(batches)


def test_rows_of_structs_that_are_null_are_refused(gate):
    rows = pa.array([{"message": "a=b"}, None])
    with pytest.raises(ValueError, match="null as a whole"):
        list(gate.run_arrow(rows))


def test_whatever_arrow_data_comes_nothing_panics(gate, access):
    """Random tables: every type, nulls, slices, chunks. A panic would be no `Exception`."""
    chance = random.Random(24)
    kinds = [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view(), pa.null(), *OTHERS]
    alphabet = ["", "action=a", "{", '{"Action":"login"', "}", "\x00", "é", "\U0001f600", " src=192.0.2.1", '"', "\\ud800"]
    ran = refused = 0
    for _ in range(600):
        kind, rows = chance.choice(kinds), chance.randrange(40)
        texts = ["".join(chance.choices(alphabet, k=chance.randrange(6))) for _ in range(rows)]
        values = [None if chance.random() < 0.2 else text for text in texts]
        try:
            column = pa.array(values, pa.string()).cast(kind) if chance.random() < 0.8 else pa.nulls(rows, kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            column = pa.nulls(rows, kind)
        if rows and chance.random() < 0.2 and pa.types.is_string(column.type):
            column = column.dictionary_encode()
        start = chance.randrange(rows + 1)
        table = pa.table({"id": list(range(rows)), "message": column}).slice(start, chance.randrange(rows + 1))
        fmt, typed = chance.choice([gate, access]), chance.random() < 0.7
        try:
            result = pa.table(fmt.run_arrow(table, typed=typed, keep=chance.choice([True, False, ["id"]])))
            assert result.num_rows == table.num_rows
            result.validate(full=True)
            nulls = [message is None for message in table["message"].to_pylist()]
            assert [event is None for event in result["event"].to_pylist()] == nulls
            ran += 1
        except ValueError:
            refused += 1
    assert ran > 150 and refused > 150
