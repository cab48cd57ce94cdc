"""The run report keeps its contract."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.redaction import SECRETS
from app.domain.camera import CameraCode
from app.domain.geometry import Rect
from app.domain.stream import PictureClock, StreamKind, StreamState
from app.services.run_report import (
    ProcessFigures,
    RunFigures,
    ScreenFigures,
    TileFigures,
    quantile,
    run_report,
    write_report,
)
from app.version import __version__
from app.video.engine_types import TileStatus, ViewFigures

CODE = CameraCode("BNU-41-3")
LIVE = TileStatus(StreamState.LIVE, kind=StreamKind.SUB, clock=PictureClock.CAMERA)
COUNTED = ViewFigures(CODE, StreamKind.SUB, 120, 118, 2, 1, 83.456, (0.05, 0.07, 0.2))


def figures(tile: TileFigures, ticks: tuple[float, ...] = (1.0, 2.0, 3.0)) -> RunFigures:
    return RunFigures(
        duration_s=12.3456,
        screens=[ScreenFigures(0, 1920, 1080)],
        tiles=[tile],
        tick_ms=ticks,
        events_dropped=0,
        process=ProcessFigures(1.5, (2.25, 2.5), 312.34, 2, 1),
    )


def test_the_report_is_the_one_of_the_contract() -> None:
    tile = TileFigures(CODE, 0, Rect(2, 4, 476, 266), LIVE, 117, COUNTED)
    assert json.loads(json.dumps(run_report(figures(tile)))) == {
        "version": __version__,
        "duration_s": 12.346,
        "screens": [{"index": 0, "width": 1920, "height": 1080}],
        "tiles": [
            {
                "camera": "BNU-41-3",
                "screen": 0,
                "rect": [2, 4, 476, 266],
                "stream": "sub",
                "state": "live",
                "presented": 117,
                "superseded": 2,
                "reconnects": 1,
                "first_picture_ms": 83.46,
                "picture_age_ms": {"p50": 70.0, "p95": 200.0, "max": 200.0},
                "clock": "camera",
            }
        ],
        "ui": {"tick_ms": {"p50": 2.0, "p95": 3.0, "p99": 3.0, "max": 3.0}, "events_dropped": 0},
        "process": {
            "gui_cpu_s": 1.5,
            "worker_cpu_s": [2.25, 2.5],
            "rss_mb": 312.3,
            "workers": 2,
            "restarts": 1,
        },
    }


def test_a_tile_that_never_had_a_picture_says_so() -> None:
    waiting = TileStatus(StreamState.CONNECTING)
    tile = TileFigures(CODE, 0, Rect(0, 0, 10, 10), waiting, 0, None)
    text = json.dumps(run_report(figures(tile, ())))
    found = json.loads(text)
    assert found["tiles"][0]["stream"] is None
    assert found["tiles"][0]["first_picture_ms"] is None
    assert found["tiles"][0]["picture_age_ms"] == {"p50": None, "p95": None, "max": None}
    assert found["ui"]["tick_ms"]["p99"] is None


def test_a_secret_never_reaches_the_file(tmp_path: Path) -> None:
    SECRETS.add("hunter22")
    write_report({"camera": "rtsp://admin:hunter22@10.0.0.1/"}, tmp_path / "report.json")
    text = (tmp_path / "report.json").read_text()
    assert "hunter22" not in text
    assert "admin" not in text or "***" in text


def test_a_folder_that_is_not_there_raises_nothing_but_os_errors(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(OSError, match="file"):
        write_report({}, blocked / "report.json")


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1.0))
def test_a_quantile_is_one_of_the_values_and_leaves_its_share_below(
    values: list[float], share: float
) -> None:
    ordered = sorted(values)
    found = quantile(ordered, share)
    assert found in ordered
    assert sum(value <= found for value in ordered) >= share * len(ordered) - 1e-6
