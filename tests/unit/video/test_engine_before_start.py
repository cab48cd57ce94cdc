"""What is asked of the engine before its workers run, and of cameras that cannot be there yet."""

from collections.abc import Iterator

import pytest

from app.core.dispatch import ManualDispatcher
from app.domain.camera import CameraCode
from app.domain.stream import StreamState
from app.video.engine import EngineSettings, VideoEngine
from app.video.engine_types import ViewKey, ViewSpec
from app.video.stream_record import Phase
from tests.fakes.directory import FakeDirectory

FIRST, SECOND = CameraCode("DIK-1-1"), CameraCode("DIK-1-2")


@pytest.fixture
def engine() -> Iterator[VideoEngine]:
    """Never started: closing it must do all the same."""
    directory = FakeDirectory()
    settings = EngineSettings(board_bytes=64 << 20)
    engine = VideoEngine(directory.camera, ManualDispatcher(), settings)
    yield engine
    engine.close()


def show(engine: VideoEngine, *codes: CameraCode) -> None:
    engine.show({ViewKey(f"0/{code}"): ViewSpec(code, 320, 180) for code in codes}, ())


def phases(engine: VideoEngine) -> dict[str, Phase]:
    return {stream.camera: record.phase for stream, record in engine.records.items()}


def test_what_was_asked_for_before_the_start_waits_to_be_opened(engine: VideoEngine) -> None:
    show(engine, FIRST)
    assert phases(engine) == {FIRST: Phase.WAITING}
    assert engine.status(ViewKey(f"0/{FIRST}")).state is StreamState.CONNECTING


def test_a_camera_that_cannot_be_there_yet_is_not_asked_for(engine: VideoEngine) -> None:
    there = {FIRST}
    engine.may_open = there.__contains__
    show(engine, FIRST, SECOND)
    assert phases(engine) == {FIRST: Phase.WAITING, SECOND: Phase.IDLE}
    assert engine.status(ViewKey(f"0/{SECOND}")).state is StreamState.CONNECTING
    there.add(SECOND)
    engine.open_wanted()
    assert phases(engine) == {FIRST: Phase.WAITING, SECOND: Phase.WAITING}
