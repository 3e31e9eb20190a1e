"""What a million Access Requests records cost from the socket to NDJSON with the log fsynced; rsyslog with its disk queue beside it, with its loss.

    python tests/receiver/speed.py [RECORDS]            a million unless given

Times of CPU are those of the process with what the system does for it. Rates are of the whole machine as it was, with the clients on it.
"""

import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from harness.claims import Claims, percentile
from harness.receiver import Receiver, cpu_of, free_port
from harness.sender import Batch, Client

CLIENTS = 8
BATCH = 1_000

SINK = "\n  ndjson: {type: ndjson, to: events/ndjson, age: 1s}"

RSYSLOG = """
global(workDirectory="{folder}" maxMessageSize="64k")
module(load="imtcp")
template(name="line" type="string" string="%msg%\\n")
ruleset(name="all" {queue}) {{ action(type="omfile" file="{folder}/out" template="line") }}
input(type="imtcp" port="{port}" address="127.0.0.1" ruleset="all")
"""

# How many records each is measured with at most: the one that syncs takes some hundred a second.
QUEUES = {
    "on disk, synced": (10_000, 'queue.type="Disk" queue.filename="q" queue.syncQueueFiles="on" queue.checkpointInterval="1"'),
    "in memory, to disk when full": (100_000, 'queue.type="LinkedList" queue.filename="q" queue.saveOnShutdown="on" queue.size="100000"'),
}


def push(receiver, records):
    """Pushes so many records from several clients, and waits until they are delivered: seconds of CPU, of the push, of all, of each answer."""
    bodies = [Batch(number, BATCH).body(6) for number in range(1, 33)]
    left, lock, took = [records // BATCH], threading.Lock(), []

    def run(number):
        client = Client(receiver.port)
        while True:
            with lock:
                if not left[0]:
                    return
                left[0] -= 1
            begun = time.monotonic()
            status = 0
            while status != 200:
                status, _ = client.push(bodies[(number + left[0]) % len(bodies)])
            took.append(time.monotonic() - begun)

    before, cpu, begun = receiver.metric("weir_sink_events_total"), receiver.cpu(), time.monotonic()
    threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pushed = time.monotonic() - begun
    receiver.until("all is mapped", lambda: receiver.metric("weir_sink_events_total") >= before + records, 600, 0.05)
    receiver.drain()
    return receiver.cpu() - cpu, pushed, time.monotonic() - begun, took


def ours(records, claims):
    """The receiver."""
    folder = tempfile.mkdtemp()
    receiver = Receiver(folder, SINK)
    receiver.start()
    push(receiver, 20_000)
    cpu, pushed, all_of_it, took = push(receiver, records)
    a_million = cpu / records * 1e6
    claims.hold("at most 4 CPU-seconds a million records", a_million <= 4, f"{a_million:.2f} s")
    told = f"{records / all_of_it:.0f}/s to NDJSON, {records / pushed:.0f}/s to the answer, load {loaded()}"
    claims.hold("at least 250,000 records/s", records / all_of_it >= 250_000, told)
    told = f"p50 {1e3 * percentile(took, 50):.0f} ms, p99 {1e3 * percentile(took, 99):.0f} ms, {CLIENTS} clients, {BATCH} records each"
    claims.hold("p99 to the answer is at most 250 ms", percentile(took, 99) <= 0.25, told)
    claims.hold("memory is at most 256 MiB", receiver.memory() <= 256, f"{receiver.memory():.0f} MiB")
    claims.hold("it ends in order", receiver.stop() == 0)
    shutil.rmtree(folder)


def loaded():
    """How many processes wanted the machine's cores during the last minute."""
    return pathlib.Path("/proc/loadavg").read_text().split()[0]


class Rsyslog:
    """rsyslogd that takes syslog over TCP into a queue, and writes the messages to a file."""

    def __init__(self, folder, queue):
        self.folder, self.port = pathlib.Path(folder), free_port()
        text = RSYSLOG.format(folder=folder, port=self.port, queue=queue)
        (self.folder / "rsyslog.conf").write_text(text)
        self.process = None

    def start(self):
        """Starts it, and waits until it listens."""
        command = ["/usr/sbin/rsyslogd", "-n", "-f", self.folder / "rsyslog.conf", "-i", self.folder / "pid"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                time.sleep(0.05)

    def written(self):
        """Which messages are in the file."""
        out = self.folder / "out"
        text = out.read_bytes() if out.exists() else b""
        return set(re.findall(rb'"RayID":"([0-9a-f]{16})"', text))

    def settled(self):
        """Waits until nothing more is written for two seconds: which messages are."""
        size, out = -1, self.folder / "out"
        while size != (size := out.stat().st_size if out.exists() else 0):
            time.sleep(2)
        return self.written()


def messages(number):
    """A thousand records as messages of syslog, and their names."""
    lines = Batch(number, BATCH).lines()
    return "".join(f"<13>1 2026-01-01T00:00:00Z h app 1 LOG - {line}\n" for line in lines).encode()


def theirs(name, queue, records, claims):
    """rsyslog: what so many messages cost it, and how many are lost by kill -9."""
    folder = tempfile.mkdtemp()
    peer = Rsyslog(folder, queue)
    connection = peer.start()
    cpu, begun = cpu_of(peer.process.pid), time.monotonic()
    for number in range(1, records // BATCH + 1):
        connection.sendall(messages(number))
    while len(peer.written()) < records and time.monotonic() - begun < 300:
        time.sleep(0.5)
    took, cpu = time.monotonic() - begun, cpu_of(peer.process.pid) - cpu
    print(f"beside  rsyslog, queue {name}: {cpu / records * 1e6:.2f} CPU-seconds a million, {records / took:.0f}/s, unmapped")
    sent = records // BATCH
    until = time.monotonic() + 2
    while time.monotonic() < until:
        sent += 1
        connection.sendall(messages(sent))
    peer.process.kill()
    peer.process.wait()
    peer.start()
    lost = sent * BATCH - len(peer.settled())
    peer.process.kill()
    peer.process.wait()
    print(f"beside  rsyslog, queue {name}: {lost} of {sent * BATCH} messages that its socket took are lost by kill -9", flush=True)
    claims.hold(f"rsyslog was measured, queue {name}", took < 300)
    shutil.rmtree(folder)


def main():
    """The receiver, then rsyslog."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with Claims() as claims:
        ours(records, claims)
        for name, (most, queue) in QUEUES.items():
            theirs(name, queue, min(records, most), claims)


if __name__ == "__main__":
    main()
