"""Words of records: folded so that people find what they know was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.storage.record_words import Sought, column_of, mark, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Gate LEFT, gate", ["gate", "left"]),
        ("BNU-41-3", ["bnu", "41", "3"]),
        ("Café Straße", ["cafe", "strasse"]),
        ("ﻼ", ["لا"]),
        ("موٹر سائيكل", ["موٹر", "ساییکل"]),
        ("گاڑی گاڑي", ["گاڑی"]),
        ("مُحَمَّد محمـــد", ["محمد"]),
        ("پښتو ته", ["پښتو", "تہ"]),
        ("خیبر\u200cپختونخوا", ["خیبر", "پختونخوا"]),
        ("۱۴:۰۲ ١٤", ["14", "02"]),
        ("d=bnu ' \" * ( \0 \\", ["d", "bnu"]),
        ("", []),
    ],
)
def test_texts_become_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text())
def test_a_word_has_no_sign_that_means_something_in_a_query(text: str) -> None:
    words = words_of(text)
    assert all(word.isalnum() for word in words)
    assert words_of(" ".join(words)) == words


def test_very_long_texts_are_bounded() -> None:
    assert max(map(len, words_of("x" * 1000))) == 64
    assert len(words_of(" ".join(map(str, range(30_000))))) == 20_000


def test_a_mark_is_no_word_and_differs_by_kind_and_value() -> None:
    marks = {mark("camera", "1"), mark("camera", "2"), mark("tag", "1")}
    assert len(marks) == 3
    assert all(words_of(each) != [each] for each in marks)
    assert column_of(["gate"], ["t=1"]) == "t=1 gate"


def test_no_beginning_of_a_word_is_that_of_a_mark() -> None:
    """ "f" once found every bookmark: each has a mark for its flag."""
    assert not any(
        mark("flag", "raised").startswith(word) for word in words_of("f fl flag c camera")
    )


def test_what_is_sought_is_said_in_both_languages() -> None:
    sought = Sought.of("gate 41-3", [["c=1", "c=2"], [], ["f=1"]], instead=["n=1"])
    assert sought.for_fts5() == (
        '(("gate" * AND "41" * AND "3" *) OR "n=1") AND ("c=1" OR "c=2") AND ("f=1")'
    )
    assert sought.for_tsquery() == (
        "(('gate':* & '41':* & '3':*) | 'n=1') & ('c=1' | 'c=2') & ('f=1')"
    )


def test_nothing_is_sought_with_an_empty_text_and_no_marks() -> None:
    assert Sought.of(" -- ", [[]], instead=["c=1"]).is_open
