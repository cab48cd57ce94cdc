#!/usr/bin/env python3
"""One command each: set up, show, test, check and lock. `dev.py --help` explains the verbs.

Needs nothing but Python 3.11; everything else is installed on the way.
"""

import signal
import sys
from pathlib import Path


def main() -> int:
    """Return the exit status of the verb that was asked for."""
    if sys.version_info < (3, 11):  # noqa: UP036  an older Python gets a sentence, not a traceback
        print(f"dev.py: Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
        return 2
    # Unwind when told to stop, so that the virtual display and everything else is stopped too.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    # Isolated mode (`python3 -I`) leaves the script's own folder out.
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from devtool.verbs import run_verb

    return run_verb(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
