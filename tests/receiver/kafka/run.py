#!/usr/bin/env python3
"""`log: kafka` against a real broker: brokers and workers are killed, workers come and go, and nothing may be lost.

    tests/receiver/kafka/run.py --weir target/release/weir                 20 kills of each, and 1, 4 and 1 workers
    tests/receiver/kafka/run.py --weir target/release/weir --lying-broker  idempotence on: this broker loses then, and has to be found out

It needs Linux, python3 with venv, and the network for two packages, which it installs below `target`.

Why this broker: `docs/decisions/0153`.
"""

import argparse
import contextlib
import pathlib
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import checker
import cluster
from senders import Senders

ROOT = pathlib.Path(__file__).resolve().parents[3]
FORMAT = ROOT / "specs" / "cloudflare" / "access_requests"
SINKS = ("one", "two")
PARTITIONS = 8


class Weir:
    """A process of weir in a folder of its own."""

    def __init__(self, program, name, folder, role, configuration):
        self.program, self.name, self.folder, self.role = program, name, folder / name, role
        self.folder.mkdir(exist_ok=True)
        self.configuration = self.folder / "weir.yml"
        self.configuration.write_text(configuration)
        self.process = None
        self.start()

    def start(self):
        command = [self.program, self.role, "--config", self.configuration]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def kill(self):
        self.end(signal.SIGKILL, 30)

    def stop(self):
        """Ends it in order; its exit code has to be 0."""
        if (code := self.end(signal.SIGTERM, 60)) != 0:
            sys.exit(f"{self.name} ended with {code}: {self.folder / 'log'}")

    def end(self, how, within):
        if (code := self.process.poll()) is not None:
            sys.exit(f"{self.name} has ended by itself with {code}: {self.folder / 'log'}")
        self.process.send_signal(how)
        return self.process.wait(within)


class Test:
    """The processes of a run, and the folder that they write to."""

    def __init__(self, arguments, folder, brokers):
        self.arguments, self.folder, self.brokers = arguments, folder, brokers
        self.key, self.port = secrets.token_hex(16), cluster.free_port()
        self.server = Weir(arguments.weir, "server", folder, "serve", self.configuration(f"127.0.0.1:{self.port}"))
        self.workers = []

    def configuration(self, listen):
        idempotence = "true" if self.arguments.lying_broker else "false"
        sinks = "\n".join(
            f"  {sink}: {{type: ndjson, to: {self.folder}/events/{sink}, age: {age}}}"
            for sink, age in zip(SINKS, ("1s", "3s"), strict=True)
        )
        return f"""
data: data
http: [{{listen: '{listen}'}}]
intakes:
  access: {{format: '{FORMAT}', key: '{self.key}'}}
log:
  kafka:
    brokers: '{self.brokers}'
    topic: raw
    idempotence: {idempotence}
    properties: {{session.timeout.ms: '6000', heartbeat.interval.ms: '1000'}}
sinks:
{sinks}
"""

    def add_worker(self):
        name = f"worker-{len(self.workers)}"
        listen = f"127.0.0.1:{cluster.free_port()}"
        self.workers.append(Weir(self.arguments.weir, name, self.folder, "worker", self.configuration(listen)))

    def wait_until_ready(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5).close()
                return
            time.sleep(0.1)
        sys.exit(f"the server is not ready after 60 s: {self.server.folder / 'log'}")

    def wait_for_all(self, acknowledged, within):
        """Waits until both sinks have all that was acknowledged, or nothing more comes."""
        until, before = time.monotonic() + within, -1
        while time.monotonic() < until:
            seen = [checker.seen(self.folder / "events" / sink) for sink in SINKS]
            if all(acknowledged <= ids.keys() for ids in seen):
                return
            count = sum(len(ids) for ids in seen)
            if count != before:
                until, before = time.monotonic() + within, count
            time.sleep(2)


def progress(what, senders):
    print(f"{time.strftime('%H:%M:%S')} {what}; {len(senders.acknowledged)} records acknowledged", flush=True)


def run(arguments, folder, environment):
    brokers = cluster.Cluster(environment, folder)
    try:
        brokers.make_topic("raw", PARTITIONS)
        test = Test(arguments, folder, brokers.brokers)
        test.wait_until_ready()
        test.add_worker()
        chance = random.Random(arguments.seed)
        senders = Senders(f"http://127.0.0.1:{test.port}/plain/batch", test.key)
        for kill in range(arguments.broker_kills):
            time.sleep(chance.uniform(0.5, 3))
            brokers.kill_broker(chance.uniform(0, 1.5))
            progress(f"the broker was killed {kill + 1} times", senders)
        if not arguments.lying_broker:
            kill_workers(test, senders, chance)
            come_and_go(test, senders)
        senders.stop()
        progress("all senders have ended", senders)
        test.wait_for_all(senders.acknowledged, 180)
        for worker in test.workers:
            worker.stop()
        test.server.stop()
        print(f"answers to senders: {senders.answers}", flush=True)
        return [
            checker.report(sink, senders.acknowledged, senders.ids, checker.seen(folder / "events" / sink))
            for sink in SINKS
        ]
    finally:
        brokers.stop()


def kill_workers(test, senders, chance):
    """Kills a worker again and again while another one may take what it had."""
    test.add_worker()
    for kill in range(test.arguments.worker_kills):
        time.sleep(chance.uniform(1, 8))
        worker = chance.choice(test.workers)
        worker.kill()
        worker.start()
        progress(f"workers were killed {kill + 1} times", senders)
    # The one that was killed last has to be up before it can end in order.
    time.sleep(8)
    test.workers.pop().stop()


def come_and_go(test, senders):
    """From one worker to four and back to one."""
    for _ in range(3):
        test.add_worker()
        time.sleep(8)
        progress(f"{len(test.workers)} workers", senders)
    while len(test.workers) > 1:
        test.workers.pop(0).stop()
        time.sleep(8)
        progress(f"{len(test.workers)} workers", senders)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", type=pathlib.Path, required=True, help="the program, built with the feature kafka")
    parser.add_argument("--broker-kills", type=int, default=20)
    parser.add_argument("--worker-kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lying-broker", action="store_true", help="the loss has to be found")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for all that is written")
    arguments = parser.parse_args()
    arguments.weir = arguments.weir.resolve()
    environment = cluster.installed(ROOT / "target" / "kafka-peers")
    with contextlib.ExitStack() as stack:
        if arguments.keep:
            arguments.keep.mkdir(parents=True)
        folder = arguments.keep or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        results = run(arguments, folder.resolve(), environment)
    found = any(lost for lost, _, _ in results)
    if arguments.lying_broker:
        print("the loss was found" if found else "NOTHING WAS FOUND: the checker is no good, or the broker is better now")
        sys.exit(0 if found else 1)
    sys.exit(1 if found or any(unequal or other for _, unequal, other in results) else 0)


if __name__ == "__main__":
    main()
