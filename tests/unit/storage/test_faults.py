"""Failures of a database server are the world's; mistakes in our statements are ours."""

import pytest
from sqlalchemy.exc import DBAPIError

from app.storage.faults import storage_fault


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
