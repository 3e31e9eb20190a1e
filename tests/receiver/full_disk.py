"""Fills the disk of the receiver's log under load for a time, and holds what it answers and what is stored against what was acknowledged.

    python tests/receiver/full_disk.py [SECONDS]        as root: it mounts a tmpfs of 96 MiB; 30 seconds unless given
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from harness.claims import Claims, percentile
from harness.receiver import Receiver
from harness.sender import Client, Ledger, Load
from harness.stored import Held, lines, rows


# Sinks note their cuts on the same disk, and are to try again soon.
MORE = "log: {segment_bytes: 8 MiB}\ndelivery: {max_retry_wait: 2 s}"


def fill(ballast):
    """Takes all room there is."""
    with ballast.open("ab") as file:
        try:
            while True:
                os.write(file.fileno(), bytes(64 << 10))
        except OSError:
            pass


def refused(receiver, body, ballast, seconds):
    """Keeps the disk full, and pushes: the statuses, and the seconds to the answers that are 503."""
    client, statuses, took = Client(receiver.port), [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        fill(ballast)
        begun = time.monotonic()
        status, _ = client.push(body)
        statuses.append(status)
        if status == 503:
            took.append(time.monotonic() - begun)
        time.sleep(0.05)
    return statuses, took


def accepts_again(receiver, body):
    """How many seconds it takes until a body is answered 200."""
    begun, client = time.monotonic(), Client(receiver.port)
    while client.push(body)[0] != 200 and time.monotonic() - begun < 60:
        time.sleep(0.02)
    return time.monotonic() - begun


def proof(folder, mounted, seconds, claims):
    """Load, a full disk, room again."""
    receiver = Receiver(folder, more=MORE, data=mounted)
    receiver.start()
    ledger = Ledger()
    probe = ledger.begin(1)
    ledger.may_be[probe.number] = 1 << 20
    body = probe.body()
    with Load(receiver.port, 4, 2_000, ledger, pause=0.1) as load:
        time.sleep(2)
        before = load.statuses.get(200, 0)
        fill(mounted / "ballast")
        receiver.until("it is full", lambda: fill(mounted / "ballast") or Client(receiver.port).push(body)[0] == 503)
        statuses, took = refused(receiver, body, mounted / "ballast", seconds)
        ready = receiver.get("/readyz")
        alive = receiver.process.poll() is None
        (mounted / "ballast").unlink()
        again = accepts_again(receiver, body)
        time.sleep(2)
        after = load.statuses.get(200, 0)
    claims.hold("the load went on before and after", 0 < before < after, f"{before} and {after} batches")
    claims.hold("503 on a full disk", len(took) > 0.9 * len(statuses), f"{len(took)} of {len(statuses)} in {seconds} s")
    told = f"p50 {1e3 * percentile(took, 50):.0f} ms, p99 {1e3 * percentile(took, 99):.0f} ms"
    claims.hold("503 within 50 ms, 95 in 100", percentile(took, 95) < 0.05, told)
    claims.hold("/readyz tells it", ready[0] == 503 and alive, ready)
    claims.hold("it accepts again within 2 s", again < 2, f"{again:.2f} s")
    receiver.drain()
    claims.hold("it ends in order", receiver.stop() == 0)
    for name, read in (("ndjson", lines), ("parquet", rows)):
        held = Held(read(receiver.events / name), ledger)
        claims.hold(name, held.is_right() and held.events > 0, held)


def main():
    """Mounts the small disk."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30
    folder = pathlib.Path(tempfile.mkdtemp())
    mounted = folder / "small"
    mounted.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", mounted], check=True)
    try:
        with Claims() as claims:
            proof(folder, mounted, seconds, claims)
    finally:
        subprocess.run(["umount", "-l", mounted], check=True)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
