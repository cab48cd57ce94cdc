"""How much of a clip is whole, wherever its writer stopped."""

from pathlib import Path

import pytest

from app.video.fragments import WholePart, cut_to_whole, whole_part
from tests.unit.video.fragmented import fragment, fragmented, head, sound

ONE = len(fragment(0, 15))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clip.mp4.part"


@pytest.mark.parametrize("durations", [True, False])
def test_a_whole_file_is_measured(file: Path, durations: bool) -> None:
    content = fragmented(4, 15, durations=durations)
    file.write_bytes(content)
    assert whole_part(file) == WholePart(len(content), 60, 4.0)


def test_wherever_it_stops_the_whole_fragments_before_count(file: Path) -> None:
    content = fragmented(3, 15)
    for length in range(0, len(content), 7):
        file.write_bytes(content[:length])
        whole = (length - len(head())) // ONE if length >= len(head()) else 0
        expected = WholePart(len(head()) + whole * ONE, whole * 15, float(whole)) if whole else None
        assert whole_part(file) == expected, length


def test_a_fragment_of_sound_alone_counts_no_picture(file: Path) -> None:
    content = fragmented(2, 15) + sound(2)
    file.write_bytes(content + sound(3)[:-1])
    assert cut_to_whole(file) == WholePart(len(content), 30, 2.0)


def test_what_follows_the_last_whole_fragment_is_cut_off(file: Path) -> None:
    content = fragmented(2, 15)
    file.write_bytes(content + fragment(2, 15)[:-1])
    assert cut_to_whole(file) == WholePart(len(content), 30, 2.0)
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "content", [b"", b"not a film", bytes(100), head(), head(0) + fragment(0, 15), b"\xff" * 64]
)
def test_what_is_no_clip_has_nothing_whole(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert cut_to_whole(file) is None
    assert file.read_bytes() == content
