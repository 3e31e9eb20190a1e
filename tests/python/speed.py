"""What the forms cost beside the command line: records a second of CPU time, one thread, Access Requests of 500 bytes.

    target/python-tests/bin/python tests/python/speed.py [RECORDS] [TURNS]

Turns of all forms alternate, since a machine has faster and slower minutes; the best turn of each counts.
"""

import resource
import subprocess
import sys
import tempfile
import threading
import time

import pyarrow as pa
import weir
from material import ACCESS, NOW, many_records


def cpu(work):
    """Seconds of CPU of this process."""
    before = time.process_time()
    work()
    return time.process_time() - before


def of_children(work):
    def spent():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = spent()
    work()
    return spent() - before


def main(count=200_000, turns=3):
    records = list(many_records(count))
    table = pa.table({"message": pa.array(records)})
    fmt = weir.load(ACCESS)
    file = tempfile.NamedTemporaryFile("w", suffix=".ndjson")
    file.write("".join(f"{record}\n" for record in records))
    file.flush()

    def arrow(typed, part=table):
        for _ in fmt.run_arrow(part, typed=typed, keep=False, now=NOW):
            pass

    def command():
        called = [sys.executable, "-m", "weir", "run", str(ACCESS), file.name, "--threads", "1", "--quiet", "--output", file.name + ".out"]
        subprocess.run(called, check=True)

    one_by_one = records[: count // 4]
    forms = {
        "weir run --threads 1": (count, lambda: of_children(command)),
        "run_arrow, typed": (count, lambda: cpu(lambda: arrow(True))),
        "run_arrow, JSON": (count, lambda: cpu(lambda: arrow(False))),
        "run_json, one by one": (len(one_by_one), lambda: cpu(lambda: [fmt.run_json(record, now=NOW) for record in one_by_one])),
        "run, dicts": (len(one_by_one), lambda: cpu(lambda: [fmt.run(record, now=NOW) and None for record in one_by_one])),
    }
    best = dict.fromkeys(forms, float("inf"))
    for _ in range(turns):
        for name, (_, measure) in forms.items():
            best[name] = min(best[name], measure())
    reference = count / best["weir run --threads 1"]
    for name, (rows, _) in forms.items():
        print(f"{name:24} {rows / best[name] / 1000:7.0f} k/s   {rows / best[name] / reference:.2f} of the command line")

    # Two threads: wall time, so it says something on a machine that is otherwise idle.
    halves = [table.slice(0, count // 2), table.slice(count // 2)]
    one = min(wall(lambda: arrow(True)) for _ in range(turns))
    two = min(wall(lambda: together([lambda half=half: arrow(True, half) for half in halves])) for _ in range(turns))
    print(f"two threads: {one / two:.2f} times one (wall time)")


def wall(work):
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def together(works):
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
