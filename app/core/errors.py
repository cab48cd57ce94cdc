"""Errors that a person can act on, apart from our own bugs."""


class OperatorError(Exception):
    """Something in the environment failed and a person can act on it.

    The message is a sentence fit for a control room and free of secrets; ``advice`` says what
    to try. Anything that is not an ``OperatorError`` is treated as our bug.
    """

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class StorageUnavailable(OperatorError):
    """The database cannot be opened, read or written."""


class DatabaseDamaged(StorageUnavailable):
    """The file of the database has a damage; the next start restores it from a copy."""


class RecordChanged(OperatorError):
    """Somebody changed or removed the record since it was read; nothing was written."""


class CredentialStoreUnavailable(OperatorError):
    """No key store that keeps secrets safely can be used on this workstation."""


class DataFolderBusy(OperatorError):
    """Another instance of the program works on the same data folder."""


class DataFolderUnavailable(OperatorError):
    """The data folder cannot be created or written."""
