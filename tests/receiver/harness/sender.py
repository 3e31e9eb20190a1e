"""Batches of Access Requests records with names of their own, and clients that push them."""

import gzip
import http.client
import json
import random
import threading
import time

from .receiver import FORMAT, KEY

SAMPLE = json.loads((FORMAT / "samples/access_requests.ndjson").read_text().splitlines()[1])
BEFORE, AFTER = json.dumps(SAMPLE | {"RayID": "/"}, separators=(",", ":")).split('"/"')
BEFORE, AFTER = BEFORE + '"', '"' + AFTER


class Batch:
    """So many records, each with the batch's number and its own as its RayID."""

    def __init__(self, number, records):
        self.number, self.records = number, records

    def lines(self):
        """Its records as texts of JSON."""
        return [f"{BEFORE}{self.number:010x}{record:06x}{AFTER}" for record in range(self.records)]

    def body(self, level=1):
        """Its records as gzip of lines."""
        return gzip.compress(("\n".join(self.lines()) + "\n").encode(), level)


class Client:
    """A client with one connection, which it opens again where it broke."""

    def __init__(self, port, timeout=30):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def push(self, body, key=KEY, path="/plain/batch", encoding="gzip"):
        """The status and the body of the answer; 0 where none came whole."""
        headers = {"X-SEKOIAIO-INTAKE-KEY": key} | ({"Content-Encoding": encoding} if encoding else {})
        try:
            try:
                self.connection.request("POST", path, body, headers)
            except (BrokenPipeError, ConnectionResetError):
                # Who is refused early may have an answer all the same.
                if self.connection.sock is None:
                    raise
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return 0, b""


class Ledger:
    """What was sent: records by batch, how often a batch may be stored, and the first event's id of what was acknowledged."""

    def __init__(self):
        self.records, self.may_be, self.acknowledged = {}, {}, {}
        self.lock = threading.Lock()
        self.next = 0

    def begin(self, records):
        """A new batch."""
        with self.lock:
            self.next += 1
            self.records[self.next], self.may_be[self.next] = records, 0
            return Batch(self.next, records)

    def answered(self, batch, status, answer):
        """Notes what became of one push. A 503 may have been stored all the same, as may what nobody answered."""
        with self.lock:
            if status in (0, 200, 503):
                self.may_be[batch.number] += 1
            if status == 200:
                self.acknowledged[batch.number] = answer[15:51].decode()

    def acknowledged_records(self):
        """How many records were acknowledged so far."""
        with self.lock:
            return sum(self.records[number] for number in self.acknowledged)


class Load:
    """Clients that push batches of 1 to `most` records until they are told to end; those with even numbers until each is answered 200."""

    def __init__(self, port, clients, most, ledger, pause=0.0):
        self.port, self.most, self.ledger, self.pause = port, most, ledger, pause
        self.ends = threading.Event()
        self.statuses, self.seconds = {}, []
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        for thread in self.threads:
            thread.join()

    def run(self, number):
        """One client."""
        chance, client = random.Random(number), Client(self.port)
        while not self.ends.is_set():
            # As many small ones as large ones.
            batch = self.ledger.begin(round(self.most ** chance.random()))
            body = batch.body()
            while not self.push(client, batch, body) and number % 2 == 0 and not self.ends.is_set():
                time.sleep(0.02)

    def push(self, client, batch, body):
        """Pushes a batch once, and says whether it was acknowledged."""
        begun = time.monotonic()
        status, answer = client.push(body)
        self.ledger.answered(batch, status, answer)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == 200:
            self.seconds.append(time.monotonic() - begun)
        time.sleep(self.pause if status == 200 else 0.02)
        return status == 200
