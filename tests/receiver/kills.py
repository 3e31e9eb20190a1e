"""Kills the receiver at any moment under load, and holds what is in NDJSON and Parquet against what was acknowledged.

    python tests/receiver/kills.py [KILLS] [--forget]

Eight clients push batches of 1 to 5,000 records. Half of them send again what was not answered, as Logpush does. A fifth of the kills come
within 100 ms of the start, while the log is recovered; the others up to 700 ms after it is ready. After each 50 kills everything is delivered and checked.
`--forget` removes one file of each sink before it is checked: the proof has to fail.
"""

import random
import shutil
import sys
import tempfile
import time

from harness.claims import Claims
from harness.receiver import Receiver
from harness.sender import Ledger, Load
from harness.stored import Held, lines, rows

ROUND = 50


def kill(receiver, chance):
    """Starts the receiver and kills it somewhere."""
    if chance.random() < 0.2:
        receiver.start(wait=False)
        time.sleep(chance.uniform(0, 0.1))
    else:
        receiver.start()
        time.sleep(chance.uniform(0, 0.7))
    receiver.kill()


def forget(receiver):
    """Removes the largest file of each sink: what a receiver that loses something would do."""
    for ending in ("ndjson", "parquet"):
        max(receiver.events.rglob(f"*.{ending}"), key=lambda file: file.stat().st_size).unlink()


def check(receiver, ledger, claims, until):
    """Delivers everything, checks it, and removes it."""
    receiver.start()
    receiver.drain()
    code = receiver.stop()
    if "--forget" in sys.argv:
        forget(receiver)
    for name, read in (("ndjson", lines), ("parquet", rows)):
        held = Held(read(receiver.events / name), ledger)
        claims.hold(f"{name} after {until} kills", held.is_right() and held.events > 0, held)
    claims.hold("it ends in order", code == 0, f"exit code {code}")
    shutil.rmtree(receiver.events, ignore_errors=True)


def main():
    """Kills so often as the first argument says, 200 times without it."""
    kills = int(next((argument for argument in sys.argv[1:] if argument.isdigit()), 200))
    chance = random.Random(kills)
    records = 0
    with tempfile.TemporaryDirectory() as folder, Claims() as claims:
        receiver = Receiver(folder)
        for first in range(0, kills, ROUND):
            ledger = Ledger()
            ledger.next = first << 20
            number = min(ROUND, kills - first)
            with Load(receiver.port, 8, 5_000, ledger):
                for _ in range(number):
                    kill(receiver, chance)
            check(receiver, ledger, claims, first + number)
            records += ledger.acknowledged_records()
        claims.hold("records were acknowledged", records > 100 * kills, f"{records} records in {kills} kills")


if __name__ == "__main__":
    main()
