"""Senders that push batches until they are answered with 200, as the job of a log push does, and remember what was acknowledged."""

import gzip
import json
import random
import threading
import time
import urllib.error
import urllib.request

RECORD = {
    "Action": "login", "Allowed": True, "AppDomain": "wiki.example.com", "Connection": "onetimepin", "Country": "fr",
    "CreatedAt": "2024-05-14T08:30:12Z", "Email": "ada@example.com", "IPAddress": "192.0.2.17",
}


def number_of(ray):
    """The number that a record was sent with."""
    return int(ray.removeprefix("n"))


class Senders:
    """Threads that push until they are told to stop."""

    def __init__(self, url, key, threads=4, largest=400):
        self.url, self.key, self.largest = url, key, largest
        self.acknowledged, self.ids = set(), {}
        self.answers = {}
        self.lock, self.stopping, self.next = threading.Lock(), threading.Event(), 0
        self.threads = [threading.Thread(target=self.push, args=(seed,), daemon=True) for seed in range(threads)]
        for thread in self.threads:
            thread.start()

    def take(self, count):
        with self.lock:
            self.next += count
            return range(self.next - count, self.next)

    def push(self, seed):
        chance = random.Random(seed)
        while not self.stopping.is_set():
            numbers = self.take(chance.randint(1, self.largest))
            lines = "".join(json.dumps(RECORD | {"RayID": f"n{number}"}) + "\n" for number in numbers)
            body = gzip.compress(lines.encode(), 1)
            while (ids := self.send(body)) is None:
                time.sleep(0.2)
            with self.lock:
                self.acknowledged.update(numbers)
                self.ids.update(zip(numbers, ids, strict=True))
            # The store of the broker is a process of Python: it takes more than it gives back in time.
            time.sleep(chance.uniform(1, 3))

    def send(self, body):
        """The ids of the events, if the body was stored."""
        headers = {"Content-Encoding": "gzip", "X-SEKOIAIO-INTAKE-KEY": self.key}
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                self.count(answer.status)
                return json.load(answer)["event_ids"]
        except urllib.error.HTTPError as error:
            self.count(error.code)
            if error.code == 503 and not error.headers.get("Retry-After"):
                self.count("503 without Retry-After")
        except OSError as error:
            self.count(type(error).__name__)
        return None

    def count(self, answer):
        with self.lock:
            self.answers[answer] = self.answers.get(answer, 0) + 1

    def stop(self):
        """Lets each batch that was begun be acknowledged."""
        self.stopping.set()
        for thread in self.threads:
            thread.join()
