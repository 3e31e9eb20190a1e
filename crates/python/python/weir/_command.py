"""The command line, as the script `weir` calls it."""

import signal
import sys

from weir._weir import command_line


def main() -> None:
    # The command line is no Python: who interrupts it ends it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(command_line(["weir", *sys.argv[1:]]))
