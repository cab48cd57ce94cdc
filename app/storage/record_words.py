"""The words by which a record is found, the same in every database.

A record's row holds its words with spaces between them: those of its texts, folded, and one
*mark* for each value it can be filtered by (camera, flag, …). SQLite's FTS5 and PostgreSQL's GIN
index them, so that any combination of filters is one walk over sorted lists. Neither database
folds or splits anything itself: what is found does not depend on its version or locale.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

_LONGEST_WORD = 64
_MOST_WORDS = 20_000
_MARK_BYTES = 6
_ONE_SHAPE = str.maketrans("يىكهةۃۀەڪ", "ییکہہہہہک", "\u0640")
"""Arabic letters that keyboards for Urdu, Pashto and Arabic write in several ways; without the
stroke that only lengthens a word."""


def words_of(*texts: str) -> list[str]:
    """The different words of the texts, folded, in the order in which they come."""
    found: dict[str, None] = {}
    for text in texts:
        for word in text.translate(_FOLDING).split():
            found[word[:_LONGEST_WORD]] = None
    return list(found)[:_MOST_WORDS]


def mark(kind: str, value: str) -> str:
    """What stands among the words for a value; no word that a person writes begins like it."""
    digest = blake2b(value.encode("utf-8", "replace"), digest_size=_MARK_BYTES).hexdigest()
    return f"={kind}={digest}"


def column_of(words: Iterable[str], marks: Iterable[str]) -> str:
    """The content of the column ``words``."""
    return " ".join((*marks, *words))


@dataclass(frozen=True, slots=True)
class Sought:
    """All of ``beginnings`` (or one of ``instead``), and one mark of each of ``groups``."""

    beginnings: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(
        cls, text: str, groups: Iterable[Iterable[str]], instead: Iterable[str] = ()
    ) -> "Sought":
        """``groups`` that are empty ask for nothing."""
        wanted = tuple(tuple(sorted(group)) for group in groups)
        beginnings = tuple(words_of(text))
        return cls(
            beginnings, tuple(sorted(instead)) if beginnings else (), tuple(filter(None, wanted))
        )

    @property
    def is_open(self) -> bool:
        return not self.beginnings and not self.groups

    def for_fts5(self) -> str:
        """As a query of SQLite's FTS5."""
        texts = _all([f'"{word}" *' for word in self.beginnings], " AND ")
        return self._joined(texts, '"{}"', " AND ", " OR ")

    def for_tsquery(self) -> str:
        """As a ``tsquery`` of PostgreSQL."""
        texts = _all([f"'{word}':*" for word in self.beginnings], " & ")
        return self._joined(texts, "'{}'", " & ", " | ")

    def _joined(self, texts: str, quoted: str, and_: str, or_: str) -> str:
        instead = [quoted.format(each) for each in self.instead]
        parts = [or_.join((texts, *instead))] if texts else []
        parts += [or_.join(quoted.format(each) for each in group) for group in self.groups]
        return and_.join(f"({part})" for part in parts)


def _all(words: Sequence[str], and_: str) -> str:
    return f"({and_.join(words)})" if words else ""


class _Folding(dict[int, str]):
    """What each letter becomes, for ``str.translate``; found out when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code)).casefold()
        found = "".join(map(_folded_letter, unicodedata.normalize("NFKD", plain)))
        self[code] = found = found.translate(_ONE_SHAPE)
        return found


def _folded_letter(letter: str) -> str:
    if letter.isalnum():
        digit = unicodedata.decimal(letter, None)
        return letter if digit is None else str(digit)
    return "" if unicodedata.combining(letter) else " "


_FOLDING = _Folding()
