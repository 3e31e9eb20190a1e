"""System calls of the binary fail once, or kill it, under load: it is ready again by itself, or it ends with a failure; nothing is lost.

    python tests/receiver/calls.py [TIMES]      fails each thread's first call of a kind, then each one's second, …; 3 unless given. Needs strace

Half-done writes, which strace cannot make, are made below the same code by `crates/log` and `crates/sinks`, at every call.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from harness.claims import Claims
from harness.receiver import Receiver
from harness.sender import Ledger, Load
from harness.stored import Held, lines, rows

# Those that are made for files alone: what wakes threads or talks to clients is no matter of the disk.
CALLS = ("pwrite64", "fdatasync", "fsync", "rename", "unlink", "fallocate", "ftruncate")
FAULTS = ("error=EIO", "error=ENOSPC", "error=EINTR", "signal=KILL")
LOG = "log: {segment_bytes: 1 MiB}"


def weir_of(receiver):
    """The process below strace."""
    children = pathlib.Path(f"/proc/{receiver.process.pid}/task/{receiver.process.pid}/children").read_text().split()
    return int(children[0]) if children else None


def load(receiver, ledger, seconds):
    """Pushes for a time, or until the process has ended."""
    with Load(receiver.port, 4, 500, ledger, pause=0.02):
        end = time.monotonic() + seconds
        while time.monotonic() < end and receiver.process.poll() is None:
            time.sleep(0.05)


def is_ready_again(receiver):
    """Whether it is ready within 10 s."""
    end = time.monotonic() + 10
    while time.monotonic() < end and receiver.process.poll() is None:
        if receiver.get("/readyz")[0] == 200:
            return True
        time.sleep(0.05)
    return False


def case(call, fault, when):
    """One failing call: what became of the process, what does not hold, and whether the call was made at all."""
    folder = tempfile.mkdtemp()
    receiver, ledger = Receiver(folder, more=LOG), Ledger()
    trace = f"{folder}/trace"
    inject = ("-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={when}")
    receiver.start(wait=False, under=("strace", "-f", "-qq", "-o", trace, *inject))
    load(receiver, ledger, 2.5)
    ready = is_ready_again(receiver)
    code = receiver.process.poll()
    is_made = code == -9 or "(INJECTED)" in pathlib.Path(trace).read_text(errors="replace")
    if code is None:
        subprocess.run(["kill", "-9", str(weir_of(receiver))], check=False)
        receiver.process.wait()
    receiver.start()
    load(receiver, ledger, 0.3)
    receiver.drain()
    wrong = [] if ready or code not in (None, 0) else [f"neither ready nor ended: {code}\n{receiver.said(5)}"]
    wrong += [f"exit code {code}"] if (code := receiver.stop()) else []
    for name, read in (("ndjson", lines), ("parquet", rows)):
        held = Held(read(receiver.events / name), ledger)
        wrong += [] if held.is_right() and held.events else [f"{name}: {held}"]
    shutil.rmtree(folder)
    return "ready" if ready else "ended", wrong, is_made


def made_case(call, fault, when):
    """A case in which the call is made: some are made now and then, so that it takes several tries."""
    for _ in range(4):
        what, wrong, is_made = case(call, fault, when)
        if is_made or wrong:
            break
    return what, wrong, is_made


def main():
    """Every kind of call, every kind of failure."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with Claims() as claims:
        for call in CALLS:
            for fault in FAULTS:
                cases = [made_case(call, fault, when) for when in range(1, times + 1)]
                made = sum(is_made for _, _, is_made in cases)
                became = ", ".join(what for what, _, _ in cases)
                wrong = [text for _, texts, _ in cases for text in texts]
                claims.hold(f"{call} {fault}", made and not wrong, f"{made} of {times} calls made: {became} {wrong or ''}")


if __name__ == "__main__":
    main()
