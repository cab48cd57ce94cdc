"""Failures of a database server are the world's; mistakes in our statements are ours."""

from types import SimpleNamespace

import pytest
from sqlalchemy.exc import DBAPIError

from app.storage.faults import leave_out_rows, storage_fault


class OperationalError(Exception):
    """Named as every driver names it."""


class ProgrammingError(Exception):
    """The same."""


def test_a_server_that_does_not_answer_is_named() -> None:
    fault = storage_fault(DBAPIError("SELECT 1", {}, OperationalError("refused")))
    assert "does not answer" in str(fault)
    assert "--database-url" in (fault.advice if fault else "")


def test_a_connection_that_broke_is_named() -> None:
    broken = DBAPIError("SELECT 1", {}, ProgrammingError(), connection_invalidated=True)
    assert storage_fault(broken) is not None


@pytest.mark.parametrize("error", [ProgrammingError("syntax"), ZeroDivisionError()])
def test_a_mistake_of_ours_is_none(error: Exception) -> None:
    assert storage_fault(DBAPIError("SELEKT 1", {}, error)) is None


def test_what_a_server_says_about_a_row_stays_out_of_the_error() -> None:
    class UniqueViolation(Exception):
        diag = SimpleNamespace(message_primary="duplicate key value")

    cause = UniqueViolation("duplicate key value\nDETAIL: Failing row contains (Kanary77)")
    error = DBAPIError("INSERT", {}, cause)
    leave_out_rows(error)
    assert "Kanary77" not in f"{error} {error.orig} {error!r}"
    assert "duplicate key value" in str(error)
    plain = DBAPIError("INSERT", {}, ProgrammingError("syntax"))
    leave_out_rows(plain)
    assert "syntax" in str(plain)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("53100", "disk of the database server is full"),
        ("53300", "no room for this workstation"),
        ("40P01", "at the same moment"),
        ("25006", "takes no changes"),
        ("42501", "does not allow"),
        ("08006", "does not answer"),
    ],
)
def test_what_a_server_refuses_is_named_by_its_code(state: str, words: str) -> None:
    cause = OperationalError("x")
    cause.sqlstate = state  # type: ignore[attr-defined]  # as psycopg's errors have it
    fault = storage_fault(DBAPIError("INSERT", {}, cause))
    assert words in str(fault)
    assert fault is not None
    assert fault.advice
