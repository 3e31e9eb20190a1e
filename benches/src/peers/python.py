"""Maps records to events by a function of Python, or with jinja2 and native values; told when by commands on standard input."""

import importlib
import ipaddress
import json
import re
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path


def address(text):
    """An address in its shortest form, IPv4 where it stands for one; nothing for what is no address."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


def timestamp(text):
    if text.isdigit():
        micros = int(text[:10]) * 1_000_000 + int(text[10:16].ljust(6, "0"))
        at = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=micros)
    else:
        at = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00")).astimezone(timezone.utc)
    return at.isoformat()


CASTS = {"text": str, "number": lambda value: value, "list": list}


def setter(environment, field, kind, text):
    """A field's path, its cast, and a function from a record to its value."""
    path = field.split(".")
    if "{" not in text:
        constant = json.loads(text) if kind != "text" else text
        return path[:-1], path[-1], CASTS[kind], lambda record: constant
    only = re.fullmatch(r"\{\{([^{}]*)\}\}", text)
    # An expression alone gives its value as it is; rendered, text that looks like a number would become one.
    run = environment.compile_expression(only[1]) if only else environment.from_string(text).render
    return path[:-1], path[-1], CASTS[kind], run


def templates(fields):
    """A function from a line to an event that renders a template for each field."""
    from jinja2 import ChainableUndefined, Undefined
    from jinja2.nativetypes import NativeEnvironment

    environment = NativeEnvironment(undefined=ChainableUndefined)
    environment.filters.update(address=address, timestamp=timestamp, tojson=lambda value: value)
    setters = [setter(environment, *field) for field in fields]

    def event(text):
        record = json.loads(text)
        found = {"message": text}
        for above, name, cast, run in setters:
            value = run(record=record)
            if value is None or value == "" or value == [] or isinstance(value, Undefined):
                continue
            inner = found
            for part in above:
                inner = inner.setdefault(part, {})
            inner[name] = cast(value)
        return found

    return event


def mapping(path):
    """The function of a module, or one that renders the templates of a file."""
    if path.suffix == ".py":
        sys.path.insert(0, str(path.parent))
        return importlib.import_module(path.stem).event
    return templates(json.loads(path.read_text(encoding="utf-8")))


def encoded(event, line):
    return json.dumps(event(line.decode()), ensure_ascii=False, separators=(",", ":")).encode()


def run(event, lines):
    begin = time.thread_time_ns()
    with open("/dev/null", "wb") as nowhere:
        for line in lines.split(b"\n"):
            if line:
                nowhere.write(encoded(event, line) + b"\n")
    return time.thread_time_ns() - begin


def main():
    event = mapping(Path(sys.argv[1]))
    lines = b""
    for command in sys.stdin:
        command = command.rstrip("\n")
        if command == "ready":
            print("ready", flush=True)
        elif command.startswith("read "):
            with open(command[5:], "rb") as file:
                lines = file.read()
            print("read", flush=True)
        elif command == "events":
            for line in lines.split(b"\n"):
                if line:
                    print(encoded(event, line).decode())
            sys.stdout.flush()
        elif command == "pass":
            print(run(event, lines), flush=True)


main()
