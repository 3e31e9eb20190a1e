"""`python -m weir` is `weir`."""

from weir._command import main

main()
