"""Which rules match which events: rules go through pipelines and pySigma's SQLite backend, events are rows of a table."""

import json
import re
import sqlite3
import sys

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.processing.pipeline import ProcessingPipeline


def flattened(value, name="", into=None):
    into = {} if into is None else into
    if isinstance(value, dict):
        for key, inner in value.items():
            flattened(inner, f"{name}.{key}" if name else key, into)
    elif isinstance(value, list):
        if len(value) == 1:
            flattened(value[0], name, into)
    elif value is not None:
        # A column of text would have 8080.0 as another text than 8080; for SQLite, too, they are one number.
        is_whole = isinstance(value, float) and value.is_integer()
        into[name] = str(value) if isinstance(value, bool) else int(value) if is_whole else value
    return into


def is_number(value):
    return isinstance(value, int) or (isinstance(value, str) and re.fullmatch("0|-?[1-9][0-9]{0,15}", value))


def table(events, names):
    rows = [{key.lower(): value for key, value in flattened(event).items()} for event in events]
    columns = sorted({name.lower() for name in names} | {name for row in rows for name in row})[:1900]
    database = sqlite3.connect(":memory:")
    database.create_function("REGEXP", 2, lambda pattern, value: value is not None and re.search(pattern, str(value)) is not None)
    kinds = {}
    for column in columns:
        values = [row[column] for row in rows if column in row]
        kinds[column] = "NUMERIC" if values and all(map(is_number, values)) else "TEXT COLLATE NOCASE"
    quoted = {column: column.replace('"', '""') for column in columns}
    definitions = ", ".join(f'"{quoted[column]}" {kinds[column]}' for column in columns)
    database.execute(f'CREATE TABLE logs ("#" INTEGER, {definitions})')
    for number, row in enumerate(rows):
        values = [number] + [row.get(column) for column in columns]
        database.execute(f"INSERT INTO logs VALUES ({', '.join('?' * len(values))})", values)
    return database


for line in sys.stdin:
    asked = json.loads(line)
    pipelines = [ProcessingPipeline.from_yaml(text) for text in asked["pipelines"]]
    pipeline = sum(pipelines[1:], pipelines[0]) if pipelines else None
    queries = []
    for text in asked["rules"]:
        try:
            queries.append(sqliteBackend(pipeline).convert(SigmaCollection.from_yaml(text)))
        except Exception:
            queries.append(None)
    names = set()
    for query in queries:
        for text in query or []:
            names |= set(re.findall(r"`([^`]+)`", text))
            names |= set(re.findall(r"\b([A-Za-z_][A-Za-z0-9_]*)(?= LIKE| IS| REGEXP|=)", re.sub(r"'(?:[^']|'')*'", "''", text)))
    database = table(asked["events"], names)
    answers = []
    for query in queries:
        if query is None:
            answers.append(None)
            continue
        found = set()
        try:
            for text in query:
                found |= {row[0] for row in database.execute(text.replace("SELECT *", 'SELECT "#"', 1))}
            answers.append(sorted(found))
        except sqlite3.Error as error:
            answers.append(f"sqlite: {error}")
    print(json.dumps(answers), flush=True)
