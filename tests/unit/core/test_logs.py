"""The log file holds every line and no secret."""

import errno
import io
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.logs import start_logging


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    yield logging.getLogger("somebody.else")
    assert all(type(handler).__module__ != "app.core.logs" for handler in logging.root.handlers)


def test_a_line_goes_into_the_file_without_its_secret(
    tmp_path: Path, logger: logging.Logger
) -> None:
    stop = start_logging(tmp_path / "logs", to_stderr=False)
    logger.warning("lost %s", "rtsp://admin:S3cret@h/live")
    stop()
    text = (tmp_path / "logs/nigehban.log").read_text(encoding="utf-8")
    assert "lost rtsp://***@h/live" in text


def test_a_refused_file_leaves_standard_error(
    tmp_path: Path, logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    stop = start_logging(tmp_path / "logs", to_stderr=False)
    logger.info("heard")
    stop()
    said = capsys.readouterr().err
    assert "No log file can be written" in said
    assert "heard" in said


def test_a_full_disk_drops_the_line_instead_of_printing_its_arguments(
    logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    spoken = io.StringIO()
    monkeypatch.setattr(sys, "stderr", Full())
    stop = start_logging(None)
    monkeypatch.setattr(sys, "stderr", spoken)
    logger.info("login %s", "S3cret")
    stop()
    assert spoken.getvalue() == ""


def test_a_program_without_a_console_logs_into_the_file_only(
    tmp_path: Path, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    stop = start_logging(tmp_path)
    logger.info("heard")
    stop()
    assert "heard" in (tmp_path / "nigehban.log").read_text(encoding="utf-8")


def test_the_level_is_as_wanted_and_as_before_afterwards(tmp_path: Path) -> None:
    before = logging.root.level
    stop = start_logging(tmp_path, to_stderr=False, level=logging.ERROR)
    assert logging.root.level == logging.ERROR
    stop()
    assert logging.root.level == before
