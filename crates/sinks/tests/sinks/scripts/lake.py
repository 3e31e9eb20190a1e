"""What pyarrow and DuckDB see of Parquet files below a folder: one folder a line, one answer a line."""

import json
import os
import pathlib
import sys

import duckdb
import pyarrow.parquet as parquet


def leaves(schema, path=()):
    for index in range(len(schema)):
        column = schema.column(index)
        yield column.path, column.physical_type, str(column.logical_type), column.max_definition_level, column.max_repetition_level


def ids(field, path=""):
    """The field id of each column by its path."""
    path = f"{path}/{field.name}"
    yield path, int((field.metadata or {}).get(b"PARQUET:field_id", b"0"))
    for index in range(field.type.num_fields):
        yield from ids(field.type.field(index), path)


def seen(folder):
    files, rows = {}, []
    for path in sorted(pathlib.Path(folder).rglob("*.parquet")):
        table = parquet.read_table(path, partitioning=None)
        times = table.column("@timestamp").to_pylist() if "@timestamp" in table.column_names else []
        metadata = parquet.read_metadata(path)
        files[str(path.relative_to(folder))] = {
            "rows": table.num_rows,
            "sorted": times == sorted(times),
            "sorting": [metadata.schema.column(group.sorting_columns[0].column_index).path if group.sorting_columns else None for group in map(metadata.row_group, range(metadata.num_row_groups))],
            "compression": metadata.row_group(0).column(0).compression,
            "leaves": [list(leaf) for leaf in leaves(metadata.schema)],
            "ids": dict(pair for field in table.schema for pair in ids(field)),
        }
        rows += table.to_pylist()
    pattern = f"{folder}/**/*.parquet"
    query = "select count(*), count(distinct event.id), min(\"@timestamp\")::varchar, sum(len(event.category)), sum(event.duration), count(rest) from read_parquet(?, union_by_name=true)"
    summary = duckdb.execute("set timezone='UTC'").execute(query, [pattern]).fetchone()
    folders = duckdb.execute("select date::varchar, count(*) from read_parquet(?, hive_partitioning=true, union_by_name=true) group by 1 order by 1", [pattern]).fetchall() if "date=" in "".join(files) else []
    return {"files": files, "rows": rows, "duckdb": [None if value is None else str(value) for value in summary], "folders": folders}


for line in sys.stdin:
    print(json.dumps(seen(json.loads(line)), default=str), flush=True)

# Everything is answered. The pool of threads that pyarrow ends at an orderly exit aborts the process now and then.
os._exit(0)
