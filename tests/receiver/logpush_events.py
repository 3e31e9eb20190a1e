"""Counts the events of a Logpush flow: lines, and rows as pyarrow and DuckDB read them. Fails unless each record is there.

    python logpush_events.py FOLDER RECORDS
"""

import json
import pathlib
import sys

import duckdb
import pyarrow.dataset

folder, records = pathlib.Path(sys.argv[1]), int(sys.argv[2])

lines = [json.loads(line) for file in sorted((folder / "ndjson").rglob("*.ndjson")) for line in file.open()]
ids = {event["event"]["id"] for event in lines}
rays = {json.loads(event["message"])["RayID"] for event in lines}

table = pyarrow.dataset.dataset(folder / "parquet", partitioning="hive").to_table()
rows = {event["id"] for event in table.column("event").to_pylist()}

files = f"{folder}/parquet/**/*.parquet"
count, distinct = duckdb.execute(f"select count(*), count(distinct event.id) from '{files}'").fetchone()

print(f"NDJSON   {len(lines)} events, {len(ids)} ids, {len(rays)} of {records} records")
print(f"pyarrow  {table.num_rows} rows, {len(rows)} ids, {len(table.schema)} columns")
print(f"DuckDB   {count} rows, {distinct} ids")
print(f"twice    {len(lines) - len(rays)} (batches that were stored, and whose answer the kill cut off)")
if len(rays) != records or len(ids) != len(lines) or rows != ids or not len(lines) == table.num_rows == count == distinct:
    sys.exit("they differ")
