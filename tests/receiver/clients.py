"""Programs that people send with, unmodified, push 100,000 records each through a restart of the receiver.

    python tests/receiver/clients.py [RECORDS] [curl|requests|rsyslog|syslog-ng]...

The receiver is killed with -9 under curl and requests, which send again what was not answered. It is ended in order under rsyslog and syslog-ng,
which send over TLS with the manual's configuration: syslog has no answer, so that a kill takes what their sockets held.
`bash tests/receiver/prepare.sh` installs the programs; one that is missing is a failure.
"""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from harness.claims import Claims
from harness.receiver import KEY, ROOT, Receiver, free_port
from harness.sender import Batch, Ledger
from harness.stored import Held, lines, rows

PROGRAMS = ("curl", "requests", "rsyslog", "syslog-ng")
BATCH = 1_000

# What part is sent before the restart.
BEFORE = 0.4
HEADER = f"X-SEKOIAIO-INTAKE-KEY: {KEY}"

# Beside the manual's action: where messages come from, and where the program keeps its files in this proof.
RSYSLOG = """
global(workDirectory="{folder}" defaultNetstreamDriverCAFile="{folder}/cert.pem")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{folder}/socket" CreatePath="on" RateLimit.Interval="0" UseSysTimeStamp="off")
{action}
"""
SYSLOG_NG = """@version: 3.35
options {{ keep-hostname(yes); time-reopen(1); stats-freq(0); log-msg-size(65536); }};
source local {{ unix-dgram("{folder}/socket" so-rcvbuf(1048576) log-iw-size(200000)); }};
{action}
log {{ source(local); destination(weir); flags(flow-control); }};
"""


class Sending(threading.Thread):
    """What one program is given; `sent` grows from 0 to 1."""

    def __init__(self, receiver, folder, records):
        super().__init__(daemon=True)
        self.receiver, self.folder, self.batches = receiver, folder, records // BATCH
        self.sent = 0.0

    def url(self):
        """Where batches go."""
        return f"http://127.0.0.1:{self.receiver.port}/plain/batch"


class Curl(Sending):
    """A curl for each batch."""

    def run(self):
        for number in range(1, self.batches + 1):
            (self.folder / "body").write_bytes(Batch(number, BATCH).body())
            retry = ["--retry", "600", "--retry-all-errors", "--retry-delay", "1", "--silent", "--fail", "--output", "/dev/null"]
            what = ["-H", HEADER, "-H", "Content-Encoding: gzip", "--data-binary", f"@{self.folder}/body"]
            subprocess.run(["curl", *retry, *what, self.url()], check=True)
            self.sent = number / self.batches


class Requests(Sending):
    """A session of Python's requests that sends again."""

    def run(self):
        import requests

        session = requests.Session()
        headers = {"X-SEKOIAIO-INTAKE-KEY": KEY, "Content-Encoding": "gzip"}
        for number in range(1, self.batches + 1):
            while not self.is_taken(session, headers, Batch(number, BATCH).body()):
                time.sleep(0.2)
            self.sent = number / self.batches

    def is_taken(self, session, headers, body):
        """Whether a batch was answered 200."""
        import requests

        try:
            return session.post(self.url(), data=body, headers=headers, timeout=30).status_code == 200
        except requests.RequestException:
            return False


class Syslog(Sending):
    """A program that takes messages from a socket of this machine, and waits for its reader: nothing is dropped before the program has it."""

    def __init__(self, receiver, folder, records, program):
        super().__init__(receiver, folder, records)
        self.process, self.down = program(folder, receiver.syslog), threading.Event()

    def run(self):
        path = self.folder / "socket"
        while not path.exists():
            time.sleep(0.05)
        local = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        for number in range(1, self.batches + 1):
            if self.sent >= BEFORE:
                self.down.wait()
            for line in Batch(number, BATCH).lines():
                local.sendto(f"<13>Jan  1 00:00:00 app[1]: {line}".encode(), str(path))
            self.sent = number / self.batches


def manual(program):
    """The action of the manual's page, as it stands there, for this machine."""
    page = (ROOT / "docs/receiver/syslog.md").read_text()
    action = re.search(rf"## {program}\n+```\n(.*?)```", page, re.DOTALL)[1]
    return action.replace("HOST", "localhost").replace('intake_key=\\"KEY\\"', f'intake_key=\\"{KEY}\\"')


def rsyslog(folder, port):
    """rsyslogd with the manual's action, which tries again each second instead of each half minute."""
    action = manual("rsyslog").replace("10514", str(port)).replace('resumeRetryCount="-1"', 'resumeRetryCount="-1" action.resumeInterval="1" queue.size="200000"')
    (folder / "rsyslog.conf").write_text(RSYSLOG.format(folder=folder, action=action))
    return subprocess.Popen(["/usr/sbin/rsyslogd", "-n", "-f", folder / "rsyslog.conf", "-i", folder / "pid"])


def syslog_ng(folder, port):
    """syslog-ng with the manual's destination, its certificates and its folder aside."""
    action = manual("syslog-ng").replace("10514", str(port)).replace("/etc/ssl/certs/ca-certificates.crt", f"{folder}/cert.pem")
    action = action.replace("reliable(yes)", f'reliable(yes) dir("{folder}")')
    (folder / "syslog-ng.conf").write_text(SYSLOG_NG.format(folder=folder, action=action))
    # Debian has it beside rsyslog in no other way than unpacked.
    unpacked = ROOT / "target/receiver-tests/syslog-ng/usr"
    root = unpacked if unpacked.exists() else pathlib.Path("/usr")
    files = [f"--persist-file={folder}/persist", f"--pidfile={folder}/pid", f"--control={folder}/control"]
    modules = f"--module-path={next(root.glob('lib/syslog-ng/*/libafsocket.so')).parent}"
    command = [root / "sbin/syslog-ng", "-F", "--no-caps", "-f", folder / "syslog-ng.conf", modules, *files]
    return subprocess.Popen(command, env=os.environ | {"LD_LIBRARY_PATH": str(root / "lib/syslog-ng")})


def certificate(folder):
    """A pair for localhost."""
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run([*command.split(), *names], check=True, stderr=subprocess.DEVNULL)


def proof(program, records, folder, claims):
    """One program, one restart."""
    certificate(folder)
    syslog = free_port()
    more = f"syslog: {{listen: '127.0.0.1:{syslog}', tls: {{certificate: cert.pem, key: key.pem}}}}"
    receiver = Receiver(folder, more=more)
    receiver.syslog = syslog
    receiver.start()
    kinds = {"curl": Curl, "requests": Requests}
    if program in kinds:
        sending, end = kinds[program](receiver, folder, records), receiver.kill
    else:
        sending = Syslog(receiver, folder, records, {"rsyslog": rsyslog, "syslog-ng": syslog_ng}[program])
        end = receiver.stop
    sending.start()
    try:
        receiver.until("some were sent", lambda: sending.sent >= BEFORE, 600)
        stored = receiver.metric("weir_intake_records_total")
        end()
        if program not in kinds:
            sending.down.set()
        time.sleep(2)
        receiver.start()
        claims.hold(f"{program}: the restart comes in the middle", stored < records, f"after {stored:.0f} of {records} records")
        ledger = Ledger()
        ledger.records = {number: BATCH for number in range(1, records // BATCH + 1)}
        ledger.acknowledged = dict.fromkeys(ledger.records, "")
        ledger.may_be = dict.fromkeys(ledger.records, 3)
        receiver.until("all were sent", lambda: sending.sent == 1 or not sending.is_alive(), 600, 0.2)
        arrived(receiver)
    finally:
        if hasattr(sending, "process"):
            sending.process.kill()
    receiver.drain()
    claims.hold(f"{program}: it ends in order", receiver.stop() == 0)
    for name, read in (("ndjson", lines), ("parquet", rows)):
        held = Held(read(receiver.events / name), ledger)
        claims.hold(f"{program}: {name}", held.is_right(), held)


def arrived(receiver):
    """Waits until no record came for 20 s: what is missing then does not come."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < 20:
        receiver.until("it answers", receiver.is_ready)
        stored = receiver.metric("weir_intake_records_total")
        if stored != last:
            last, since = stored, time.monotonic()
        time.sleep(1)


def main():
    """All programs, or those that are named."""
    arguments = sys.argv[1:]
    records = int(next((argument for argument in arguments if argument.isdigit()), 100_000))
    with Claims() as claims:
        for program in [name for name in arguments if name in PROGRAMS] or PROGRAMS:
            folder = pathlib.Path(tempfile.mkdtemp())
            proof(program, records, folder, claims)
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
