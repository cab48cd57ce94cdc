"""Words and state colours can be told from what they stand on (WCAG 2.1, 1.4.3 and 1.4.11)."""

import re

import pytest

from ui.theme import tokens
from ui.theme.stylesheet import style_sheet

WORDS = ("TEXT", "TEXT_DIM")
SURFACES = (
    "BACKGROUND",
    "SURFACE",
    "SURFACE_RAISED",
    "SURFACE_HOVER",
    "TILE_EMPTY",
    "CAPTION",
    "SELECTION_BACKGROUND",
)
STATES = (
    "LIVE",
    "STALE",
    "CONNECTING",
    "RECONNECTING",
    "UNAUTHORISED",
    "OFFLINE",
    "CLOSED",
    "REPLAY",
    "PAUSED",
    "CLIP",
)
SEVERITIES = ("INFO", "WARNING", "ERROR")
EVENTS = ("EVENT_INFORMATION", "EVENT_NOTICE", "EVENT_WARNING", "EVENT_ALARM")


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_the_known_one() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("word", WORDS)
def test_words_can_be_read(word: str, surface: str) -> None:
    assert contrast(getattr(tokens, word), getattr(tokens, surface)) >= 4.5


def test_words_on_the_accent_can_be_read() -> None:
    assert contrast(tokens.TEXT_ON_ACCENT, tokens.ACCENT) >= 4.5


@pytest.mark.parametrize("surface", ["BACKGROUND", "SURFACE", "SURFACE_RAISED", "TILE_EMPTY"])
@pytest.mark.parametrize("state", [*STATES, *SEVERITIES, *EVENTS, "SELECTED"])
def test_states_can_be_seen(state: str, surface: str) -> None:
    assert contrast(getattr(tokens, state), getattr(tokens, surface)) >= 3.0


@pytest.mark.parametrize("state", STATES)
def test_the_words_of_states_can_be_read_on_a_tile(state: str) -> None:
    assert contrast(getattr(tokens, state), tokens.CAPTION) >= 4.5


def test_no_two_states_share_a_colour() -> None:
    assert len({getattr(tokens, state) for state in STATES}) == len(STATES)


def test_the_style_sheet_has_only_colours_of_the_tokens() -> None:
    known = {value for name, value in vars(tokens).items() if name.isupper()}
    assert set(re.findall(r"#[0-9a-f]{6}", style_sheet())) <= known
