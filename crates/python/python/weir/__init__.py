"""Declarative intake formats: raw security logs in, ECS events out.

A format is compiled once; then it takes records one by one, or a column of Arrow data of any library:

>>> import weir
>>> gate = weir.Format('''
... name: gate
... pipeline:
...   - name: pairs
...     external:
...       name: kv.parse-kv
...       properties: {input_field: original.message}
...   - name: set_event
... stages:
...   set_event:
...     actions:
...       - set:
...           event.action: "{{ pairs.message.action | lower }}"
...           source.ip: "{{ pairs.message.src }}"
... ''')
>>> gate
<Format gate>
>>> event = gate.run("action=DENY src=192.0.2.7")
>>> event["event"]["action"], event["source"]["ip"]
('deny', '192.0.2.7')

What is wrong with a record is in its event, and nothing is raised for it. What is wrong with a format is raised, with its place:

>>> try:
...     weir.Format("stages: [")
... except weir.FormatError as error:
...     print(error.findings[0].code, error.findings[0].line)
yaml-syntax 1
"""

from functools import lru_cache as _lru_cache
from typing import Any as _Any

from weir._weir import (
    Batch,
    Batches,
    Field,
    Finding,
    Format,
    FormatError,
    FormatWarning,
    Schema,
    TestReport,
    __version__,
    load,
)
from weir._weir import rebuilt as _rebuilt

__all__ = [
    "Batch",
    "Batches",
    "Field",
    "Finding",
    "Format",
    "FormatError",
    "FormatWarning",
    "Schema",
    "TestReport",
    "__version__",
    "load",
]


@_lru_cache(maxsize=64)
def _compiled(state: _Any) -> Format:
    return _rebuilt(state)


def _rebuild(state: _Any) -> Format:
    """The format that was pickled; a process compiles the same texts once."""
    return _compiled(_hashable(state))


def _hashable(state: _Any) -> _Any:
    return tuple(_hashable(part) for part in state) if isinstance(state, (list, tuple)) else state
