"""A format in Python: loaded, run, pickled, tested; what is wrong with it is told."""

import concurrent.futures
import copy
import doctest
import json
import pickle
import subprocess
import sys
import threading
import time

import pyarrow as pa
import pytest
import weir
from material import ACCESS, CLOUDFLARE, GATE, NOW, ROOT
from weir import _weir


def test_the_examples_of_the_module_run():
    results = doctest.testmod(weir)
    assert results.attempted >= 5 and results.failed == 0


def test_a_record_is_text_or_bytes_and_its_event_a_dict(gate):
    expected = {"action": "deny"}
    for record in ("action=DENY src=192.0.2.7", b"action=DENY src=192.0.2.7"):
        assert gate.run(record)["event"] == expected
        assert json.loads(gate.run_json(record)) == gate.run(record) == json.loads(gate.run_lines([record])[0])
    assert gate.run_lines([]) == [] and len(gate.run_lines(iter(["a=1", b"a=2"] * 40))) == 80
    for wrong in (None, 1, ["a"], bytearray(b"a")):
        with pytest.raises(TypeError, match="a record is str or bytes, not"):
            gate.run(wrong)
    with pytest.raises(TypeError):
        gate.run_lines(5)
    assert gate.run("\ud800")["message"] == "\ufffd" * len(gate.run("\ud800")["message"])


def test_what_is_wrong_with_a_format_is_told_with_its_place(tmp_path):
    with pytest.raises(weir.FormatError) as caught:
        weir.Format(("mine.yml", "name: a\npipeline:\n  - name: [1\n"))
    finding = caught.value.findings[0]
    assert (finding.file, finding.severity) == ("mine.yml", "error") and finding.line >= 3
    assert "mine.yml:" in str(caught.value) and str(finding) == finding.rendered
    assert isinstance(caught.value, ValueError)

    partial = GATE.replace("kv.parse-kv", "kv.parse-kvx")
    (tmp_path / "ingest").mkdir()
    (tmp_path / "ingest/parser.yml").write_text(partial)
    with pytest.warns(weir.FormatWarning, match="kv.parse-kvx"):
        fmt = weir.load(tmp_path)
    assert "action" not in fmt.run("action=DENY src=192.0.2.7").get("event", {})
    with pytest.raises(weir.FormatError, match="kv.parse-kvx"):
        weir.load(tmp_path, strict=True)
    (tmp_path / "empty").mkdir()
    with pytest.raises(OSError, match="no formats"):
        weir.load(tmp_path / "empty")
    with pytest.raises(OSError):
        weir.load("no/such/path")


def test_names_that_differ_in_case_alone_are_a_finding_and_the_later_one_is_in_rest():
    names = ("user.badge", "user.BADGE")
    fields = "".join(f"{name}: {{name: {name}, type: keyword}}\n" for name in names)
    spec = GATE.replace("event.action:", "user.badge: one\n          user.BADGE: two\n          event.action:")
    fmt = weir.Format(spec, [("fields.yml", fields)])
    found = [finding for finding in fmt.findings if finding.code == "column-case"]
    assert len(found) == 1 and all(name in found[0].title for name in names)
    row = pa.table(fmt.run_arrow(pa.array(["action=a src=192.0.2.1"]))).to_pylist()[0]
    columns = {**row["event"]["user"], **json.loads(row["rest"])["user"]}
    assert (columns["badge"], columns["BADGE"]) == ("one", "two")
    assert len(json.loads(row["rest"])["user"]) == 1


def test_a_format_is_pickled_by_its_texts_and_compiled_once(access):
    pickled = pickle.dumps(access)
    assert len(pickled) < 200_000
    assert pickle.loads(pickled) is pickle.loads(pickled)
    before = _weir.compilations()
    record = '{"Action":"login","Email":"ada@example.com"}'
    for _ in range(200):
        assert pickle.loads(pickled).run_json(record, now=NOW) == access.run_json(record, now=NOW)
    assert _weir.compilations() == before
    assert copy.deepcopy(access).name == access.name
    module = weir.load(CLOUDFLARE)
    assert pickle.loads(pickle.dumps(module)).datasets == module.datasets
    script = "import pickle, sys; f = pickle.load(sys.stdin.buffer); sys.stdout.buffer.write(f.run_json(%r, now=%d))" % (record, NOW)
    other = subprocess.run([sys.executable, "-c", script], input=pickled, capture_output=True, check=True, timeout=60)
    assert other.stdout == access.run_json(record, now=NOW)


def test_recorded_pairs_are_run(access):
    report = access.test()
    assert report and report.ok and report.passed == report.total > 30
    assert {pair["passed"] for pair in report.pairs} == {True}
    assert str(report) == f"{report.total} of {report.total} pairs pass"
    with pytest.raises(OSError, match="made of texts"):
        weir.Format(GATE).test()


def test_a_pair_that_fails_is_told(tmp_path):
    (tmp_path / "ingest").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "ingest/parser.yml").write_text(GATE)
    pair = {"input": {"message": "action=DENY"}, "expected": {"message": "action=DENY", "event": {"action": "allow"}}}
    (tmp_path / "tests/deny.json").write_text(json.dumps(pair))
    report = weir.load(tmp_path).test()
    assert not report and (report.passed, report.total) == (0, 1)
    assert "deny: " in str(report) and report.pairs[0]["differences"]


def test_fields_and_ddl_name_what_comes_out(gate, access):
    fields = {field.name: field for field in access.fields}
    assert fields["source.ip"].type == "ip" and fields["event.category"].many
    assert access.ddl("spark").startswith("STRUCT<`event`: STRUCT<") and "`@timestamp`: TIMESTAMP" in access.ddl("spark")
    assert access.ddl("duckdb").startswith('STRUCT("event" STRUCT(') and '"category" VARCHAR[]' in access.ddl("duckdb")
    assert gate.ddl("duckdb", typed=False).startswith('STRUCT("event" VARCHAR, "status"')
    with pytest.raises(ValueError, match='"spark" and "duckdb"'):
        gate.ddl("oracle")


def test_other_threads_run_while_a_table_does(access, sample):
    table = pa.table({"message": sample * 3_000})
    ticks, done = 0, threading.Event()

    def work():
        pa.table(access.run_arrow(table, now=NOW))
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        ticks += 1
        time.sleep(0.001)
    thread.join()
    assert ticks > 5, "the interpreter's lock was held"


def test_many_threads_give_the_same_events(access, sample):
    expected = access.run_lines(sample, now=NOW)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for lines in pool.map(lambda _: access.run_lines(sample, now=NOW), range(64)):
            assert lines == expected


def test_every_own_format_loads_without_a_word():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        module = weir.load(CLOUDFLARE, strict=True)
        assert len(module.datasets) == len(list(CLOUDFLARE.glob("*/dataset.yml"))) and module.name is None
        windows = [path.parents[1] for path in (ROOT / "specs/windows").glob("*/ingest/parser.yml")]
        assert windows and all(weir.load(path, strict=True).name for path in [*windows, ACCESS])
