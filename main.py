"""Entry point of the video wall client.

Worker processes import this module again when they are spawned: nothing heavy at its top.
"""

import multiprocessing
import sys


def main() -> int:
    """Run the program; returns the exit status."""
    from ui.application import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
