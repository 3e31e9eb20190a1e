"""`weir serve` as a process: started, watched, killed, and ended in order."""

import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
FORMAT = ROOT / "specs/cloudflare/access_requests"
KEY = "key-of-the-proofs"

# Small files at short intervals, so that a run of a second cuts several.
SINKS = """
  ndjson: {type: ndjson, to: events/ndjson, age: 300ms, size: 2MB}
  parquet: {type: parquet, to: events/parquet, age: 500ms, size: 2MB}
"""


def binary():
    """The path of the binary under test: WEIR, or the one that was built last."""
    named = os.environ.get("WEIR")
    built = [ROOT / "target" / profile / "weir" for profile in ("release", "first", "debug")]
    found = [pathlib.Path(named)] if named else [path for path in built if path.exists()]
    if not found:
        raise SystemExit("no weir is built: cargo build --release -p weir-cli, or WEIR=path/to/weir")
    return max(found, key=lambda path: path.stat().st_mtime).resolve()


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def cpu_of(process):
    """Seconds of CPU of a process so far, of all its threads, with what the system did for it."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Receiver:
    """A receiver with its folder. `sinks` and `intakes` are further members of these parts of the configuration, `more` other parts."""

    def __init__(self, folder, sinks=SINKS, more="", data="data", intakes=""):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.events = self.folder / "events"
        self.told = self.folder / "told"
        self.process = None
        self.started = 0
        configuration = (
            f"data: {data}\nhttp: {{listen: '127.0.0.1:{self.port}'}}\n"
            f"intakes:\n  access: {{format: '{FORMAT}', key: {KEY}, requests: 4096}}\n  {intakes.replace('FORMAT', str(FORMAT))}\n"
            f"{more}\nsinks:{sinks}"
        )
        (self.folder / "weir.yaml").write_text(configuration)

    def start(self, wait=True, under=(), out=subprocess.DEVNULL):
        """Starts the process, below the command `under` if there is one, and waits until it is ready: seconds that it took."""
        begun = time.monotonic()
        command = [*under, str(binary()), "serve", "--config", str(self.folder / "weir.yaml")]
        with self.told.open("a") as told:
            self.process = subprocess.Popen(command, stderr=told, stdout=out, cwd=self.folder)
        self.started += 1
        if wait:
            self.until("it is ready", self.is_ready)
        return time.monotonic() - begun

    def is_ready(self):
        """Whether `/readyz` is answered 200."""
        return self.get("/readyz")[0] == 200

    def said(self, lines=20):
        """The last lines of its standard error."""
        return "\n".join(self.told.read_text().splitlines()[-lines:])

    def get(self, path, timeout=10):
        """The status and text of a page; 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def metrics(self, name):
        """The values of a metric by the text of its labels."""
        lines = re.findall(rf"^{name}(?:\{{(.*?)\}})? (\S+)$", self.get("/metrics")[1], re.MULTILINE)
        return {labels: float(value) for labels, value in lines}

    def metric(self, name, labels=""):
        """The sum of a metric over all labels that have this text."""
        return sum(value for found, value in self.metrics(name).items() if labels in found)

    def is_drained(self):
        """Whether every sink has stored all of the log."""
        behind = self.metrics("weir_sink_behind_entries")
        return bool(behind) and not any(behind.values())

    def drain(self, seconds=600):
        """Waits until every sink has stored all of the log."""
        self.until("all is delivered", self.is_drained, seconds, 0.2)

    def until(self, what, is_so, seconds=120, pause=0.02):
        """Waits until something is so; too long is a failure, and so is a process that has ended."""
        begun = time.monotonic()
        while not is_so():
            if self.process.poll() is not None:
                raise SystemExit(f"the receiver ended with {self.process.returncode} before {what}\n{self.said()}")
            if time.monotonic() - begun > seconds:
                raise SystemExit(f"not within {seconds} s: {what}\n{self.said()}")
            time.sleep(pause)

    def kill(self):
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Ends it in order: its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def cpu(self):
        """Seconds of CPU so far, of all its threads, with what the system did for it."""
        return cpu_of(self.process.pid)

    def memory(self):
        """The most memory that it had, in MiB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
