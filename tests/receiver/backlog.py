"""A sink takes nothing until the log has a backlog; then it drains while bodies are still accepted.

    python tests/receiver/backlog.py [GIGABYTES]        of log, 1 unless given; bodies are not compressed, as the log is to be large
"""

import os
import shutil
import sys
import tempfile
import threading
import time

from harness.claims import Claims
from harness.receiver import Receiver
from harness.sender import Batch, Client

RECORDS = 5_000


class Drain(threading.Thread):
    """Reads the receiver's standard output and counts its lines, once it may."""

    def __init__(self, pipe):
        super().__init__(daemon=True)
        self.pipe, self.may, self.lines = pipe, threading.Event(), 0

    def run(self):
        self.may.wait()
        while piece := os.read(self.pipe, 1 << 20):
            self.lines += piece.count(b"\n")


def fill(receiver, bodies, size):
    """Pushes until the log is so large: records that were acknowledged."""
    client, records = Client(receiver.port), 0
    while receiver.metric("weir_log_bytes") < size:
        for body in bodies:
            records += RECORDS * (client.push(body, encoding=None)[0] == 200)
    return records


def rate(drain, seconds):
    """Lines a second over a time."""
    before, begun = drain.lines, time.monotonic()
    time.sleep(seconds)
    return (drain.lines - before) / (time.monotonic() - begun)


def main():
    """Fills, drains alone for a while, drains while accepting."""
    size = float(sys.argv[1] if len(sys.argv) > 1 else 1) * 1e9
    folder = tempfile.mkdtemp()
    receiver = Receiver(folder, "\n  out: {type: stdout}", "log: {bytes: 64 GiB}")
    bodies = [("\n".join(Batch(number, RECORDS).lines()) + "\n").encode() for number in range(1, 9)]
    ours, theirs = os.pipe()
    with Claims() as claims:
        receiver.start(out=theirs)
        os.close(theirs)
        drain = Drain(ours)
        drain.start()
        begun = time.monotonic()
        sent = fill(receiver, bodies, size)
        bytes_of_log = receiver.metric("weir_log_bytes")
        claims.hold("there is a backlog", bytes_of_log >= size, f"{bytes_of_log / 1e9:.1f} GB, {sent} records in {time.monotonic() - begun:.0f} s")
        receiver.kill()
        ours, theirs = os.pipe()
        opened = receiver.start(out=theirs)
        os.close(theirs)
        claims.hold("it opens within 5 s", opened < 5, f"{opened:.1f} s")
        drain = Drain(ours)
        drain.start()
        drain.may.set()
        alone = rate(drain, 10)
        client, taken = Client(receiver.port), []
        pushing = threading.Event()

        def push():
            while not pushing.is_set():
                begun = time.monotonic()
                if client.push(bodies[0], encoding=None)[0] == 200:
                    taken.append(time.monotonic() - begun)
                time.sleep(0.2)

        thread = threading.Thread(target=push)
        thread.start()
        beside = rate(drain, 10)
        pushing.set()
        thread.join()
        sent += RECORDS * len(taken)
        claims.hold("it accepts meanwhile", len(taken) > 5, f"{len(taken)} batches of {RECORDS}, the slowest in {max(taken, default=0):.2f} s")
        claims.hold("it drains at 80 % of its pace", beside > 0.8 * alone, f"{alone:.0f} records/s alone, {beside:.0f} while accepting")
        receiver.drain(3600)
        memory = receiver.memory()
        claims.hold("memory is at most 256 MiB", memory < 256, f"{memory:.0f} MiB")
        claims.hold("it ends in order", receiver.stop() == 0)
        drain.join(10)
        claims.hold("all records are events", drain.lines >= sent, f"{drain.lines} lines of {sent} records")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
