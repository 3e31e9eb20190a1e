"""A destination fails in every way that destinations do, under load: nothing is lost, and the other sinks keep their pace.

    python tests/receiver/outages.py [SECONDS] [MODE]...        each for 60 seconds unless given
"""

import shutil
import sys
import tempfile
import time

from harness.claims import Claims
from harness.destination import Destination
from harness.receiver import Receiver, free_port
from harness.sender import Ledger, Load
from harness.stored import Held, lines

MODES = Destination.MODES[1:]

SINKS = """
  ndjson: {{type: ndjson, to: events/ndjson, age: 300ms}}
  endpoint: {{type: http, url: 'http://127.0.0.1:{port}/events', timeout: 5s, size: 1MB}}
  search: {{type: elasticsearch, url: 'http://127.0.0.1:{bulk}', timeout: 5s, size: 1MB}}
"""


class Pace:
    """What came in and what the file sink took, over a time."""

    def __init__(self, receiver, seconds):
        before = self.now(receiver)
        time.sleep(seconds)
        self.accepted, self.taken = (now - then for now, then in zip(self.now(receiver), before))

    def now(self, receiver):
        """Records that were accepted, and events that the file sink took."""
        taken = receiver.metric("weir_sink_events_total", 'sink="ndjson"')
        return receiver.metric("weir_intake_records_total"), taken

    def is_kept(self, before):
        """Whether files keep up with what comes, or are written as fast as before where the machine does not let them."""
        return self.taken >= 0.9 * min(self.accepted, before.taken)


def outage(receiver, destinations, mode, seconds, claims):
    """One way to fail, for both destinations."""
    before = Pace(receiver, seconds)
    failures = receiver.metric("weir_sink_failures_total")
    for destination in destinations:
        destination.begin(mode)
    pace = Pace(receiver, seconds)
    behind = receiver.metrics("weir_sink_behind_entries")
    failed = receiver.metric("weir_sink_failures_total") - failures
    for destination in destinations:
        destination.begin("works")
    is_hit = all(behind[f'sink="{name}"'] > 0 for name in ("endpoint", "search"))
    claims.hold(f"{mode}: the sinks are held up", is_hit and (failed > 0 or mode == "slow"), f"{failed:.0f} tries failed")
    told = f"{pace.taken:.0f} of {pace.accepted:.0f} records in {seconds:.0f} s, {before.taken:.0f} of {before.accepted:.0f} before"
    claims.hold(f"{mode}: files keep within 10 %", pace.is_kept(before), told)
    receiver.until("the sinks get on", lambda: not any(receiver.metrics("weir_sink_failing").values()))


def main():
    """All ways to fail, or those that are named."""
    seconds = next((float(argument) for argument in sys.argv[1:] if argument.isdigit() and argument not in MODES), 60)
    folder = tempfile.mkdtemp()
    destinations = [Destination(free_port()), Destination(free_port())]
    sinks = SINKS.format(port=destinations[0].port, bulk=destinations[1].port)
    receiver = Receiver(folder, sinks, "delivery: {max_retry_wait: 1 s}")
    receiver.start()
    ledger = Ledger()
    with Claims() as claims:
        with Load(receiver.port, 4, 500, ledger, pause=0.3):
            time.sleep(2)
            for mode in [mode for mode in MODES if mode in sys.argv] or MODES:
                outage(receiver, destinations, mode, seconds, claims)
        receiver.drain()
        claims.hold("it ends in order", receiver.stop() == 0)
        held = Held(lines(receiver.events / "ndjson"), ledger)
        claims.hold("ndjson", held.is_right() and held.events > 0, held)
        known = {identity for identity, _, _ in lines(receiver.events / "ndjson")}
        for name, destination in zip(("endpoint", "search"), destinations):
            more = sum(destination.ids.values()) - len(destination.ids)
            is_same = set(destination.ids) == known
            claims.hold(f"{name} has the events of the files", is_same, f"{len(destination.ids)} ids, {more} came again")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
