"""What a failing database means, in words."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from app.core.errors import DatabaseDamaged, StorageUnavailable

_DAMAGED = "The database file is damaged"
_DISK_FULL = StorageUnavailable(
    "The disk is full: nothing can be saved in the database",
    advice="Free space on the disk of the data folder; nothing that was saved before is lost.",
)
_BY_NAME = (
    (("SQLITE_FULL",), str(_DISK_FULL), _DISK_FULL.advice),
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"),
        "The database is locked by another program",
        "Close the other program that uses the data folder and try again.",
    ),
    (
        ("SQLITE_READONLY", "SQLITE_PERM"),
        "The database cannot be written: the file or its folder is read-only",
        "Give this user the right to write to the data folder, or choose another one with "
        "--data-dir.",
    ),
    (
        ("SQLITE_CORRUPT", "SQLITE_NOTADB"),
        _DAMAGED,
        "Close the program and start it again: it puts the newest good copy of the folder "
        "backups in its place and keeps the damaged file.",
    ),
    (
        ("SQLITE_CANTOPEN", "SQLITE_AUTH"),
        "The database file cannot be opened",
        "Check that its folder exists and that this user may write there.",
    ),
    (
        ("SQLITE_IOERR",),
        "The disk does not read or write the database",
        "Check the disk of the data folder and the space left on it.",
    ),
)


_BY_STATE = (
    (
        "53100",
        "The disk of the database server is full: nothing can be saved",
        "Tell whoever looks after the server; nothing that was saved before is lost.",
    ),
    (
        "53",
        "The database server has no room for this workstation at the moment",
        "Try again; tell whoever looks after the server if it goes on.",
    ),
    (
        "40",
        "Another workstation changed the same records at the same moment: nothing was saved",
        "Try again.",
    ),
    (
        "25006",
        "The database server takes no changes at the moment",
        "Tell whoever looks after the server: it may be a copy of the one that is meant.",
    ),
    (
        "42501",
        "The database server does not allow this user to do that",
        "Tell whoever looks after the server: the user needs the right to make and change tables.",
    ),
)
"""By the beginning of PostgreSQL's error codes (appendix A of its manual)."""


def leave_out_rows(error: DBAPIError) -> None:
    """Take the content of rows out of a server's message, so that it gets into no log."""
    cause = error.orig
    said = getattr(getattr(cause, "diag", None), "message_primary", None)
    if cause is not None and said:
        cause.args = (said,)
        error.args = (f"({type(cause).__name__}) {said}",)


def storage_fault(error: DBAPIError) -> StorageUnavailable | None:
    """The environment's failure behind ``error``; None when it is a bug of ours."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        name = str(getattr(cause, "sqlite_errorname", ""))
        for starts, sentence, advice in _BY_NAME:
            if name.startswith(starts):
                kind = DatabaseDamaged if sentence is _DAMAGED else StorageUnavailable
                return kind(sentence, advice=advice)
        return None
    state = str(getattr(cause, "sqlstate", None) or "")
    for begins, sentence, advice in _BY_STATE:
        if state.startswith(begins):
            return StorageUnavailable(sentence, advice=advice)
    if error.connection_invalidated or type(cause).__name__ == "OperationalError":
        return StorageUnavailable(
            "The database server does not answer",
            advice="Check the network, the address given with --database-url and the server.",
        )
    return None
