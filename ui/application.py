"""Starts the program: what needs no window is answered before Qt is loaded."""

import sys
from collections.abc import Sequence

from app.settings.command_line import Options, parse_command_line

EXIT_CANNOT_START = 1


def run(arguments: Sequence[str]) -> int:
    """Run the program with its command line; returns the exit status.

    0 is a good end, 1 a start that failed for a reason of the world, 2 a bad option or a refused
    row, 3 a self-check that found something missing, 4 a data folder that is in use.
    """
    options = parse_command_line(arguments)
    if options.import_cameras is not None:
        return _import(options)
    if options.store_credential is not None:
        from app.services.credential_entry import store_credential

        status, text = store_credential(options.store_credential)
        print(text)  # noqa: T201 - the answer to --store-credential
        return status
    if options.self_check:
        from app.services.self_check import self_check

        status, text = self_check(options)
        print(text)  # noqa: T201 - the answer to --self-check
        return status
    return _open(options)


def _import(options: Options) -> int:
    from app.bootstrap import import_registry

    status, text = import_registry(options)
    print(text)  # noqa: T201 - the answer to --import-cameras
    return status


def _open(options: Options) -> int:
    from app.core.errors import DataFolderBusy, OperatorError
    from app.services.instance_lock import EXIT_BUSY
    from ui.session import open_windows

    try:
        return open_windows(options)
    except OperatorError as error:
        print(f"{error}. {error.advice}".strip(), file=sys.stderr)  # noqa: T201 - no window to say it in
        return EXIT_BUSY if isinstance(error, DataFolderBusy) else EXIT_CANNOT_START
