"""What lies in files of events, held against what was sent."""

import collections
import pathlib
import re

# The event's id and the record's RayID, which has the numbers of the batch and of the record.
LINE = re.compile(rb'"event":\{[^{}]*?"id":"([0-9a-f-]{36})"')
RAY = re.compile(rb'"RayID":"([0-9a-f]{10})([0-9a-f]{6})"')


def lines(folder):
    """The id, batch and record of each event in files of lines."""
    for file in sorted(pathlib.Path(folder).rglob("*.ndjson")):
        with file.open("rb") as opened:
            for line in opened:
                ray = RAY.search(line)
                yield LINE.search(line)[1].decode(), int(ray[1], 16), int(ray[2], 16)


def rows(folder):
    """The id, batch and record of each event in Parquet."""
    import pyarrow.parquet

    for file in sorted(pathlib.Path(folder).rglob("*.parquet")):
        table = pyarrow.parquet.ParquetFile(file).read(columns=["event.id", "cloudflare.RayID"])
        ids = table.column("event").combine_chunks().field("id").to_pylist()
        rays = table.column("cloudflare").combine_chunks().field("RayID").to_pylist()
        for identity, ray in zip(ids, rays):
            yield identity, int(ray[:10], 16), int(ray[10:], 16)


class Held:
    """Events of one sink against the ledger: how many are lost, wrong, or twice."""

    def __init__(self, events, ledger):
        times, ids = collections.Counter(), set()
        self.events = self.wrong = 0
        for identity, batch, record in events:
            self.events += 1
            if identity in ids:
                continue
            ids.add(identity)
            times[batch, record] += 1
            is_first = record == 0 and ledger.acknowledged.get(batch)
            # Of a batch that was stored once its first event has the id that was answered.
            self.wrong += bool(is_first) and ledger.may_be[batch] == 1 and identity != is_first
        self.twice = self.events - len(ids)
        all_of_them = ((batch, record) for batch in ledger.acknowledged for record in range(ledger.records[batch]))
        self.missing = [place for place in all_of_them if place not in times]
        self.lost = len(self.missing)
        self.too_often = sum(count > ledger.may_be[batch] for (batch, _), count in times.items())
        # Stored again because the sender could not know that it was: events with ids of their own.
        self.sent_again = sum(count - 1 for count in times.values())

    def __str__(self):
        return (
            f"{self.events} events, {self.lost} acknowledged records lost, {self.twice} twice with equal ids, "
            f"{self.too_often} more often than they were sent, {self.wrong} with another id than answered "
            f"({self.sent_again} sent again by clients without an answer)"
        ) + (f"; the first lost (batch, record): {self.missing[:3]}" if self.missing else "")

    def is_right(self):
        """Nothing is lost or made up, and at most one event in a hundred is there twice, with equal ids."""
        return not self.lost and not self.too_often and not self.wrong and self.twice <= self.events / 100
