"""Reads the registry file row by row; one bad row never takes the rows after it along."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from app.core.errors import OperatorError

REQUIRED = (
    "district", "district_number", "site", "site_number", "camera", "camera_number", "main_url",
)  # fmt: skip
LONGEST_LINE = 64 * 1024
_MOST_LINES_A_ROW = 50
_OVERLONG = "\ud800"
"""Stands for a line that is too long; a lone surrogate that no decoding yields."""
_UNDECODED = re.compile("[\ud800-\udfff]")


class ImportRefused(OperatorError):
    """The file as a whole cannot be read as a registry."""


class RowRefused(ValueError):
    """One row is refused; the message is a sentence without secrets."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, in which line of the file (the header is line 1)."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class RegistryLine:
    """One row: values without surrounding blanks, by column in lower case."""

    line: int
    values: dict[str, str]


class RegistryCsv:
    """The opened file, after its header. Close it with ``with``."""

    def __init__(self, path: Path) -> None:
        """Raises ``ImportRefused`` when there is no such file or its header is none."""
        try:
            # Bytes that are not UTF-8 become lone surrogates, so that only their row is refused.
            self._file: IO[str] = path.open(
                encoding="utf-8-sig", errors="surrogateescape", newline=""
            )
        except OSError as error:
            raise ImportRefused(
                f"The file {path} cannot be opened: {error.strerror}",
                advice="Check its name and the right to read it.",
            ) from error
        self._next_line = 1
        self._returned: deque[str] = deque()
        try:
            self.columns = self._header(path)
        except (ImportRefused, OSError):
            self._file.close()
            raise

    def __enter__(self) -> "RegistryCsv":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[RegistryLine | Refusal]:
        while True:
            line = self._next_line
            try:
                fields = self._row()
            except RowRefused as refused:
                yield Refusal(line, str(refused))
                continue
            if fields is None:
                return
            if any(fields):
                yield RegistryLine(line, dict(zip(self.columns, fields, strict=True)))

    def _header(self, path: Path) -> tuple[str, ...]:
        first = self._take_line()
        if first is None:
            raise ImportRefused(f"The file {path} is empty", advice="It needs a header row.")
        if "\0" in first or "\udcff\udcfe" in first or "\udcfe\udcff" in first:
            raise ImportRefused(
                f"The file {path} is not UTF-8 text",
                advice="Save it as 'CSV UTF-8' in the spreadsheet program.",
            )
        try:
            fields = next(csv.reader([first]), [])
        except csv.Error as error:
            raise ImportRefused(f"The header row of {path} is no CSV: {error}") from error
        columns = [field.strip().lower() for field in fields]
        while columns and not columns[-1]:
            columns.pop()
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            advice = "The header row names the columns, separated by commas; see the README."
            if max(first.count(";"), first.count("\t")) > first.count(","):
                advice = "The columns must be separated by commas, not by semicolons or tabs."
            raise ImportRefused(
                f"The header row of {path} lacks {', '.join(missing)}", advice=advice
            )
        twice = sorted({name for name in columns if columns.count(name) > 1})
        if twice:
            names = ", ".join(name or "a column without a name" for name in twice)
            raise ImportRefused(f"The header row of {path} has twice: {names}")
        return tuple(columns)

    def _row(self) -> list[str] | None:
        """The next row's fields; None at the end. A quoted field may go over several lines."""
        first = self._take_line()
        if first is None:
            return None
        ahead = [first]
        reader = csv.reader(_remembered(ahead, self._lines()), strict=True)
        try:
            fields = next(reader)
            self._check(ahead, fields)
        except csv.Error as error:
            self._give_back(ahead)
            if len(ahead) > 1 or "unexpected end" in str(error):
                raise RowRefused("a quotation mark is opened and never closed") from error
            raise RowRefused(f"the row is no CSV: {error}") from error
        except RowRefused:
            self._give_back(ahead)
            raise
        return [field.strip() for field in fields[: len(self.columns)]]

    def _check(self, ahead: list[str], fields: list[str]) -> None:
        text = "".join(ahead)
        if _OVERLONG in text:
            raise RowRefused(f"the line is longer than {LONGEST_LINE:,} characters")
        if "\0" in text:
            raise RowRefused("the row contains a NUL byte")
        if _UNDECODED.search(text):
            raise RowRefused("the row is not UTF-8 text")
        if not any(field.strip() for field in fields):
            return
        surplus = fields[len(self.columns) :]
        if len(fields) < len(self.columns) or any(field.strip() for field in surplus):
            raise RowRefused(
                f"the row has {len(fields)} fields, the header has {len(self.columns)}"
            )

    def _lines(self) -> Iterator[str]:
        return islice(iter(self._take_line, None), _MOST_LINES_A_ROW - 1)

    def _give_back(self, taken: list[str]) -> None:
        """Only the first of the lines is refused; the others are read again as rows."""
        self._returned.extendleft(reversed(taken[1:]))
        self._next_line -= len(taken) - 1

    def _take_line(self) -> str | None:
        """The next line as it stands; None at the end. An endless line is cut and refused."""
        if self._returned:
            self._next_line += 1
            return self._returned.popleft()
        line = self._file.readline(LONGEST_LINE)
        if not line:
            return None
        self._next_line += 1
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            while rest := self._file.readline(LONGEST_LINE):
                if rest.endswith(("\n", "\r")):
                    break
            return _OVERLONG
        return line


def _remembered(taken: list[str], more: Iterator[str]) -> Iterator[str]:
    yield taken[0]
    for line in more:
        taken.append(line)
        yield line
