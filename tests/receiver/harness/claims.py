"""How a proof is told: what is claimed, what was measured, and a failure in the end where a claim does not hold."""

import sys
import time


class Claims:
    """Claims of a script. Leaving it fails where one does not hold."""

    def __init__(self):
        self.failed, self.begun = [], time.monotonic()

    def __enter__(self):
        return self

    def hold(self, claim, is_so, measured=""):
        """Tells a claim with what was measured for it."""
        print(f"{'holds' if is_so else 'FAILS'}  {claim}: {measured}", flush=True)
        if not is_so:
            self.failed.append(claim)

    def __exit__(self, kind, *_):
        if kind is None:
            print(f"{time.monotonic() - self.begun:.0f} s", flush=True)
            if self.failed:
                sys.exit(f"{len(self.failed)} claims do not hold")


def percentile(values, share):
    """The value that so many percent are below or equal."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)] if ordered else float("inf")
