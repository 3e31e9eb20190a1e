"""The same bytes as the command line's, and columns that are the event."""

import json

import pyarrow as pa
import pytest
import weir
from material import ACCESS, CLOUDFLARE, NOW, command, formats, many_records, pairs


def json_column(fmt, messages, **options):
    table = pa.table(fmt.run_arrow(pa.table({"message": pa.array(messages, pa.string())}), typed=False, now=NOW, **options))
    return table["event"].to_pylist()


def printed(folder, records, tmp_path):
    """What `weir run` prints for these records, a line each."""
    file = tmp_path / "records.ndjson"
    file.write_text("".join(f"{record}\n" for record in records), encoding="utf-8")
    at = "2026-11-30T00:00:00Z"
    return command("run", folder, file, "--now", at, "--quiet").decode().splitlines()


def test_every_recorded_message_of_every_own_format_gives_the_bytes_of_the_command_line(tmp_path):
    count = 0
    for folder in formats(CLOUDFLARE.parent):
        messages = list(pairs(folder))
        lines = [message for message in messages if message.strip() and not set(message) & set("\r\n")]
        assert len(messages) - len(lines) <= 3, f"{folder} has messages of several lines"
        if not lines:
            continue
        fmt = weir.load(folder)
        expected = printed(folder, lines, tmp_path)
        assert json_column(fmt, lines) == expected
        assert [line.decode() for line in fmt.run_lines(lines, now=NOW)] == expected
        assert [fmt.run_json(line, now=NOW).decode() for line in lines[:5]] == expected[:5]
        count += len(lines)
    assert count > 500


def test_many_records_give_the_bytes_of_the_command_line(tmp_path, access):
    records = list(many_records(20_000))
    assert json_column(access, records) == printed(ACCESS, records, tmp_path)


def test_a_module_sends_each_record_to_its_format_as_the_command_line_does(tmp_path):
    messages = [message for folder in formats(CLOUDFLARE) for message in pairs(folder) if message.strip()]
    messages = [message for message in messages if not set(message) & set("\r\n")] + ["no record at all", "{}", "[1]"]
    module = weir.load(CLOUDFLARE)
    table = pa.table(module.run_arrow(pa.table({"message": messages}), typed=False, now=NOW))
    assert table["event"].to_pylist() == printed(CLOUDFLARE, messages, tmp_path)
    datasets = table["dataset"].to_pylist()
    assert set(datasets) - {None} == set(module.datasets)
    assert datasets[-3:] == [None] * 3 and table["status"].to_pylist()[-3:] == ["failure"] * 3


def merged(columns, rest):
    """An event put together again from its columns and the rest."""
    event = {key: value for key, value in columns.items() if value is not None}
    for key, value in event.items():
        if isinstance(value, dict):
            event[key] = merged(value, {})
    for key, value in rest.items():
        event[key] = merged(event[key], value) if isinstance(event.get(key), dict) and isinstance(value, dict) else value
    return event


def is_same(event, back, kind):
    """Whether what was read back says the same: numbers by value, a single value as a list of it, a time as its text, JSON as what it says."""
    if pa.types.is_struct(kind) if kind is not None else False:
        if not isinstance(event, dict) or not isinstance(back, dict) or event.keys() != back.keys():
            return event == back
        kinds = {field.name: field.type for field in kind}
        return all(is_same(event[key], back[key], kinds.get(key)) for key in event)
    if event == back and type(event) is type(back):
        return True
    if isinstance(back, list) and not isinstance(event, list):
        return len(back) == 1 and is_same(event, back[0], kind.value_type if kind else None)
    if isinstance(back, list) and isinstance(event, list):
        return len(back) == len(event) and all(is_same(a, b, kind.value_type if kind else None) for a, b in zip(event, back))
    if hasattr(back, "isoformat"):
        text = back.strftime("%Y-%m-%dT%H:%M:%S") + (f".{back.microsecond:06}" if back.microsecond else "") + "Z"
        return text == event
    return event == back or (isinstance(back, str) and json.loads(back) == event)


@pytest.mark.parametrize("typed_input", [pa.string(), pa.binary()], ids=str)
def test_columns_and_rest_put_together_are_the_event_for_every_pair_of_every_format(typed_input):
    count = with_rest = 0
    for folder in formats():
        messages = list(pairs(folder))
        if not messages:
            continue
        try:
            fmt = weir.Format(*texts(folder))
        except weir.FormatError:
            continue
        messages = [m.encode(errors="replace") for m in messages] if typed_input == pa.binary() else [m.encode(errors="replace").decode() for m in messages]
        table = pa.table({"message": pa.array(messages, typed_input)})
        typed = pa.table(fmt.run_arrow(table, now=NOW))
        events = [json.loads(line) for line in fmt.run_lines(messages, now=NOW)]
        kind = typed.schema.field("event").type
        rows = zip(events, in_python(typed["event"]), typed["rest"].to_pylist())
        for event, columns, rest in rows:
            back = merged(columns, json.loads(rest) if rest else {})
            assert is_same(event, back, kind), (folder, event, back)
            with_rest += rest is not None
        count += len(events)
    assert count > 500 and with_rest > 0


def in_python(column):
    """Rows as Python has them; times beyond its years would fail, and no recorded event has one."""
    return column.to_pylist()


def texts(folder):
    parser = folder / "ingest/parser.yml"
    fields = [path for path in (folder.parent / "_meta/fields.yml", folder / "_meta/fields.yml") if path.is_file()]
    named = [(str(path), path.read_text(encoding="utf-8")) for path in fields]
    return (str(parser), parser.read_text(encoding="utf-8")), named
