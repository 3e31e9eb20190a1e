"""weir in Spark: raw records in a DataFrame become events, in batch and in streams.

    events = df.transform(weir.spark.events("specs/cloudflare/access_requests", "value"))

`events` is the base form: it owns the schema, checks the columns on the driver, and compiles the format once in each Python worker.
`function` and `register` are for SQL, views and declarative pipelines, where a DataFrame's schema may not be asked for.

pyspark and pyarrow are imported when one of these is called, and not before.
Why these forms and no others: `docs/decisions/0194`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from os import PathLike
from typing import TYPE_CHECKING, Any, Union

import weir

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["dead_letters", "events", "function", "good", "register"]

Source = Union[weir.Format, str, "PathLike[str]"]


def events(
    fmt: Source,
    column: str = "value",
    *,
    typed: bool = True,
    keep: bool | Sequence[str] = True,
    prefix: str = "",
    now: datetime | float | str | None = None,
) -> Callable[[DataFrame], DataFrame]:
    """What turns a DataFrame of raw records into one of events: `df.transform(weir.spark.events(fmt))`.

    The columns that are kept come first, as they are. Then: `dataset` (of a module of formats), `event` (a struct, or JSON if not `typed`),
    `rest` (JSON of all that has no column), `status`, `error`, `warnings`, each with `prefix` before its name.

    `now` is the time against which dates without a year are read: a datetime, seconds, or a column's name. If none is given, a batch
    takes the driver's clock, once; a stream takes that of the worker.
    """
    loaded = _loaded(fmt)

    def transform(df: DataFrame) -> DataFrame:
        fixed = time.time() if now is None and not df.isStreaming else now
        schema = _schema(loaded, df, column, typed, keep, prefix, fixed)
        if keep is not True:
            df = df.select(*map(_quoted, _needed(column, keep, fixed)))

        def run(batches: Iterator[Any]) -> Iterator[Any]:
            import pyarrow

            for batch in batches:
                results = loaded.run_arrow(batch, column, typed=typed, keep=keep, prefix=prefix, now=fixed)
                yield from map(pyarrow.record_batch, results)

        return df.mapInArrow(run, schema)

    return transform


def function(fmt: Source, *, typed: bool = True, times: bool = False, now: datetime | float | None = None) -> Any:
    """A column function: `df.select(weir.spark.function(fmt)("value"))`.

    It gives a struct of `event`, `rest`, `status`, `error` and `warnings`, or the event as JSON if not `typed`. With `times` it takes a
    second column: the time of each record. Without, `now` is fixed on the driver.

    A typed one needs Spark 4.1: before, Spark's functions give structs through pandas, fifteen times slower; use `events` there.
    """
    loaded = _loaded(fmt)
    if times and now is not None:
        raise ValueError("times says that a column has the time of each record, so now cannot be given, too")
    fixed: Any = "now" if times else time.time() if now is None else now
    from pyspark.sql import functions

    arrow_udf: Any = getattr(functions, "arrow_udf", None)
    if arrow_udf is None:
        return _pandas_function(loaded, typed, times, fixed)

    def run(arrays: Iterator[Any]) -> Iterator[Any]:
        for array in arrays:
            yield _result(loaded, array, typed, fixed)

    returns = loaded.ddl("spark") if typed else "string"
    # A filter above a function that is deterministic would run it twice.
    return arrow_udf(_hinted(run, times), returns).asNondeterministic()


def register(spark: SparkSession, name: str, fmt: Source, **options: Any) -> Any:
    """Makes a function that SQL can call by this name: `SELECT name(value) FROM raw`. Options as those of `function`."""
    return spark.udf.register(name, function(fmt, **options))


def good(df: DataFrame, *, prefix: str = "") -> DataFrame:
    """The rows whose record became an event."""
    return df.where(~_is_dead(prefix))


def dead_letters(df: DataFrame, *, prefix: str = "") -> DataFrame:
    """The rows whose record failed, or of which nothing was read; `error` says why. With `good` that is all rows."""
    return df.where(_is_dead(prefix))


def _is_dead(prefix: str) -> Any:
    from pyspark.sql.functions import coalesce, col, lit

    return coalesce(col(_quoted(f"{prefix}status")).isin("failure", "unread"), lit(False))


def _loaded(fmt: Source) -> weir.Format:
    return fmt if isinstance(fmt, weir.Format) else weir.load(fmt)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _needed(column: str, keep: bool | Sequence[str], now: Any) -> list[str]:
    kept = [] if keep is False or keep is True else list(keep)
    return list(dict.fromkeys([*kept, column, *([now] if isinstance(now, str) else [])]))


def _schema(fmt: weir.Format, df: DataFrame, column: str, typed: bool, keep: Any, prefix: str, now: Any) -> Any:
    """The schema of the result, as Spark has it. Spark matches columns by their places, so nobody else may write it."""
    import pyarrow
    from pyspark.sql.pandas.types import from_arrow_schema
    from pyspark.sql.types import StructType

    incoming = df.schema
    # Columns that are kept are not read: any type will do for those that Arrow does not have.
    arrow = pyarrow.schema([(field.name, _arrow_type(field.dataType)) for field in incoming])
    options: dict[str, Any] = {"typed": typed, "keep": keep, "prefix": prefix, "now": now}
    names = fmt.schema(arrow, column, **options).names
    result = from_arrow_schema(pyarrow.schema(fmt.schema(column=column, typed=typed, prefix=prefix)))
    by_name = {field.name: field for field in incoming}
    kept = [by_name[name] for name in names[: len(names) - len(result)]]
    return StructType([*kept, *result])


def _arrow_type(spark_type: Any) -> Any:
    import pyarrow
    from pyspark.sql.pandas.types import to_arrow_type

    try:
        return to_arrow_type(spark_type)
    except Exception:
        return pyarrow.struct([])


def _result(fmt: weir.Format, array: Any, typed: bool, now: Any) -> Any:
    """The results for an array of records, or for one of records and one of times, as one array."""
    import pyarrow

    arrays = list(array) if isinstance(array, tuple) else [array]
    batch = pyarrow.record_batch(arrays, ["message", "now"][: len(arrays)])
    results = [pyarrow.array(result) for result in fmt.run_arrow(batch, typed=typed, keep=False, now=now)]
    kind = pyarrow.struct(list(pyarrow.schema(fmt.schema(typed=typed))))
    whole = pyarrow.concat_arrays(results) if results else pyarrow.array([], kind)
    return whole if typed else whole.field("event")


def _hinted(run: Callable[..., Any], times: bool) -> Callable[..., Any]:
    """Spark looks at the hints to find out what kind of function it is."""
    import pyarrow

    array: Any = pyarrow.Array
    arrays: Any = Iterator
    pair: Any = tuple
    run.__annotations__ = {"arrays": arrays[pair[array, array] if times else array], "return": arrays[array]}
    return run


def _pandas_function(fmt: weir.Format, typed: bool, times: bool, now: Any) -> Any:
    if typed:
        raise NotImplementedError(
            "a typed column function needs Spark 4.1 or later; use df.transform(weir.spark.events(fmt)), or typed=False for JSON"
        )
    import pandas
    import pyarrow
    from pyspark.sql import functions

    pandas_udf: Any = functions.pandas_udf  # type: ignore[attr-defined,unused-ignore]

    def json(series: Any) -> Any:
        arrays = [pyarrow.Array.from_pandas(one) for one in (series if isinstance(series, tuple) else (series,))]
        lines = _result(fmt, tuple(arrays) if times else arrays[0], False, now)
        return pandas.Series(lines.to_pylist(), dtype=object)

    if times:

        def run_timed(message: pandas.Series, now: pandas.Series) -> pandas.Series:
            return json((message, now))

        run: Any = run_timed
        run.__annotations__ = dict.fromkeys(("message", "now", "return"), pandas.Series)
    else:

        def run_plain(message: pandas.Series) -> pandas.Series:
            return json(message)

        run = run_plain
        run.__annotations__ = dict.fromkeys(("message", "return"), pandas.Series)
    return pandas_udf(run, "string").asNondeterministic()
