"""Starts the program: what needs no window is answered before Qt is loaded."""

from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Run the program with its command line; returns the exit status."""
    if "--version" in arguments:
        from app.version import __version__

        print(f"Nigehban {__version__}")  # noqa: T201 - the answer to --version
        return 0
    from ui.session import open_windows

    return open_windows(arguments)
