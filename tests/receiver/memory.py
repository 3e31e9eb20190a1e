"""The most memory that the receiver takes: large bodies at once, a bomb, and many slow connections beside honest clients.

    python tests/receiver/memory.py [MEGABYTES] [large|bomb|slow]...    of each of the four bodies, decoded; 60 unless given
"""

import gzip
import shutil
import socket
import sys
import tempfile
import threading
import time

from harness.claims import Claims, percentile
from harness.receiver import KEY, Receiver
from harness.sender import Batch, Client, Ledger, Load

MOST = 256
SLOW = 2_000


def large(receiver, megabytes, claims):
    """Four large bodies at once."""
    lines = ("\n".join(Batch(1, 10_000).lines()) + "\n").encode()
    # Members that are equal make one body of gzip.
    body = gzip.compress(lines, 1) * (megabytes * 1_000_000 // len(lines) + 1)
    records = 4 * 10_000 * (megabytes * 1_000_000 // len(lines) + 1)
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(Client(receiver.port, 600).push(body)[0])) for _ in range(4)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - begun
    claims.hold(f"four bodies of {megabytes} MB are taken", statuses == [200] * 4, f"{statuses} in {took:.0f} s")
    receiver.drain(3600)
    taken = receiver.metric("weir_sink_events_total", 'sink="ndjson"')
    claims.hold("all of them are delivered", taken == records, f"{taken:.0f} of {records} records")
    claims.hold(f"memory is at most {MOST} MiB", receiver.memory() <= MOST, f"{receiver.memory():.0f} MiB, with delivery")


def bomb(receiver, claims):
    """10 GB of zeros in 10 MB, to an intake that takes 64 MiB."""
    body = gzip.compress(bytes(100_000_000), 9) * 100
    before = receiver.memory()
    begun = time.monotonic()
    status, answer = Client(receiver.port, 600).push(body, key=KEY + "-small")
    claims.hold("a bomb of 10 GB is refused", status == 413, f"{len(body) / 1e6:.1f} MB, {status} in {time.monotonic() - begun:.1f} s")
    begun = time.monotonic()
    stranger, _ = Client(receiver.port, 120).push(body, key="a-key-of-nobody")
    claims.hold("a stranger's is not decoded", stranger in (0, 401), f"{stranger} in {time.monotonic() - begun:.2f} s")
    claims.hold("in constant memory", receiver.memory() < before + 32, f"{before:.0f} MiB before, {receiver.memory():.0f} after")


def honest(receiver, seconds):
    """The seconds to the answers of two honest clients, and their number."""
    with Load(receiver.port, 2, 500, Ledger(), pause=0.05) as load:
        time.sleep(seconds)
    return load.seconds


def slow(receiver, claims):
    """Connections that send a byte a second: a third in the head, the others in the body."""
    alone = honest(receiver, 15)
    head = f"POST /plain/batch HTTP/1.1\r\nHost: a\r\nX-SEKOIAIO-INTAKE-KEY: {KEY}\r\nContent-Length: 100000\r\n\r\n".encode()
    connections = []
    for number in range(SLOW):
        connection = socket.create_connection(("127.0.0.1", receiver.port))
        connection.sendall(head[:20] if number % 3 == 0 else head)
        connections.append(connection)
    ends = threading.Event()

    def trickle():
        while not ends.wait(1):
            for connection in connections:
                try:
                    connection.send(b"x", socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
                except OSError:
                    pass

    thread = threading.Thread(target=trickle)
    thread.start()
    beside = honest(receiver, 15)
    time.sleep(max(0, 30 - 15))
    ends.set()
    thread.join()
    left = receiver.metric("weir_connections", 'protocol="http"')
    told = f"p99 {1e3 * percentile(alone, 99):.0f} ms alone, {1e3 * percentile(beside, 99):.0f} ms beside {SLOW} slow ones"
    claims.hold("honest clients' p99 is under twice", percentile(beside, 99) < 2 * percentile(alone, 99), told)
    claims.hold("they are closed within 30 s", left < 50, f"{left:.0f} connections are open")
    claims.hold(f"memory is at most {MOST} MiB", receiver.memory() <= MOST, f"{receiver.memory():.0f} MiB")


def main():
    """A receiver for each, as the most memory is that of a process."""
    megabytes = int(next((argument for argument in sys.argv[1:] if argument.isdigit()), 60))
    proofs = {"large": lambda *to: large(to[0], megabytes, to[1]), "bomb": bomb, "slow": slow}
    more = "limits: {connections_per_address: 4096}"
    with Claims() as claims:
        for proof in [proofs[name] for name in proofs if name in sys.argv] or proofs.values():
            folder = tempfile.mkdtemp()
            receiver = Receiver(folder, more=more, intakes=f"small: {{format: FORMAT, key: {KEY}-small, decoded_bytes: 64 MiB}}")
            receiver.start()
            proof(receiver, claims)
            claims.hold("it ends in order", receiver.stop() == 0)
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
