"""The real program as a child process: how it starts, what it refuses, how it ends."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from app.version import __version__
from tests.fakes.xvfb import VirtualScreen

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
HEADER = (
    "district,district_name,district_number,site,site_name,site_number,camera,camera_name,"
    "camera_number,main_url,sub_url,latitude,longitude,credential,analytics_id\n"
)
ROW = "BNU,Bannu,2,BNU-{0},Gate {0},{0},BNU-{0}-1,Gate {0} north,1,rtsp://127.0.0.1:1/{0},,,,,\n"

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def screen() -> Iterator[VirtualScreen]:
    with VirtualScreen(1280, 720) as screen:
        yield screen


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def start(screen: VirtualScreen, data: Path) -> Iterator[Start]:
    """Start the program on the virtual screen; whatever still runs afterwards is ended."""
    running: list[subprocess.Popen[str]] = []

    def begin(*options: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), "--data-dir", str(data), *options],
            env={**screen.environment(), **_own_folders()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _own_folders() -> dict[str, str]:
    """The folders and the key store that the test's own fixtures have chosen."""
    names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "PYTHON_KEYRING_BACKEND")
    return {name: os.environ[name] for name in names if name in os.environ}


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def wait_for(is_so: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            pytest.fail(f"the program ended: {process.communicate()}")


def wait_for_window(process: "subprocess.Popen[str]", data: Path) -> None:
    """Until the log of the data folder exists, the instance lock is held and hooks are set."""
    wait_for((data / "logs" / "crash.log").exists, process)


def cameras_csv(folder: Path, sites: Sequence[int]) -> Path:
    file = folder / "cameras.csv"
    file.write_text(HEADER + "".join(ROW.format(site) for site in sites), encoding="utf-8")
    return file


def run_code(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def test_version_is_told_without_a_display_and_without_qt() -> None:
    code = (
        "import sys; sys.argv = ['main.py', '--version']\n"
        "import runpy\n"
        "try: runpy.run_path('main.py', run_name='__main__')\n"
        "except SystemExit as end: status = end.code\n"
        "assert not [name for name in sys.modules if name.startswith('PySide6')]\n"
        "sys.exit(status)\n"
    )
    done = run_code(code)
    assert (done.returncode, done.stdout) == (0, f"Nigehban {__version__}\n"), done.stderr


def test_a_spawned_worker_that_imports_main_loads_neither_qt_nor_services() -> None:
    code = (
        "import sys, main\n"
        "print([n for n in sys.modules if n.partition('.')[0] in {'PySide6', 'ui', 'app'}])"
    )
    done = run_code(code)
    assert done.stdout == "[]\n"


def test_a_bad_option_is_refused_in_a_sentence(start: Start) -> None:
    status, _, err = finish(start("--layout", "17"))
    assert status == 2
    assert "there is no layout '17'" in err
    assert "Traceback" not in err


def test_an_empty_registry_starts_and_is_explained_on_the_wall(
    start: Start, tmp_path: Path
) -> None:
    picture, report = tmp_path / "wall.png", tmp_path / "report.json"
    status, _, err = finish(
        start("--run-seconds", "2", "--screenshot", str(picture), "--report", str(report))
    )
    assert (status, "Traceback" in err) == (0, False), err
    assert (tmp_path / "wall-1.png").stat().st_size > 1000
    assert (tmp_path / "wall-console.png").stat().st_size > 1000
    found = json.loads(report.read_text())
    assert found["version"] == __version__
    assert [screen["index"] for screen in found["screens"]] == [1]
    assert found["tiles"] == []
    assert found["process"]["workers"] >= 1


def test_imported_cameras_are_on_the_wall_with_a_reason_why_not_live(
    start: Start, tmp_path: Path
) -> None:
    status, out, _ = finish(start("--import-cameras", str(cameras_csv(tmp_path, range(1, 6)))))
    assert status == 0
    assert "Cameras added: 5" in out
    report = tmp_path / "report.json"
    status, _, err = finish(
        start(
            "--kiosk", "--layout", "4", "--page", "2", "--run-seconds", "3", "--report", str(report)
        )
    )
    assert status == 0, err
    found = json.loads(report.read_text())
    assert found["screens"] == [{"index": 1, "width": 1280, "height": 720}]
    (tile,) = found["tiles"]
    assert (tile["camera"], tile["screen"], tile["presented"]) == ("BNU-5-1", 1, 0)
    assert tile["state"] in ("connecting", "reconnecting", "offline")
    assert found["ui"]["tick_ms"]["p50"] is not None


def test_a_refused_row_ends_with_status_2(start: Start, tmp_path: Path) -> None:
    file = cameras_csv(tmp_path, [1])
    file.write_text(file.read_text() + ROW.format(2).replace("rtsp://127.0.0.1:1/2", "nonsense"))
    status, out, _ = finish(start("--import-cameras", str(file)))
    assert status == 2
    assert "line 3" in out
    assert "Cameras added: 1" in out


def test_a_second_program_on_the_same_folder_says_so_and_leaves(start: Start, data: Path) -> None:
    first = start("--kiosk")
    wait_for_window(first, data)
    status, _, err = finish(start("--kiosk"))
    assert status == 4
    assert "already runs on the data folder" in err
    assert "Traceback" not in err
    first.terminate()
    assert finish(first)[0] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order_with_everything_written(
    start: Start, data: Path, tmp_path: Path, number: signal.Signals
) -> None:
    report = tmp_path / "report.json"
    process = start("--report", str(report))
    wait_for_window(process, data)
    process.send_signal(number)
    status, _, err = finish(process)
    assert (status, "Traceback" in err) == (0, False), err
    assert json.loads(report.read_text())["version"] == __version__
    assert not (data / "logs" / "crash.log").exists()
    assert (data / "wall-state.json").exists()


def test_damaged_files_are_kept_aside_and_the_wall_starts(
    start: Start, data: Path, tmp_path: Path
) -> None:
    data.mkdir()
    settings = tmp_path / "settings.toml"
    settings.write_text("[video\nworkers = = 2")
    (data / "wall-state.json").write_bytes(b'{"screens": [\x00\xff')
    (data / "windows.ini").write_bytes(b"\xff\xfe[[[ console=@ByteArray(")
    process = start("--config", str(settings), "--run-seconds", "2")
    status, _, err = finish(process)
    assert status == 0, err
    assert len(list(tmp_path.glob("settings.toml.damaged-*"))) == 1
    assert len(list(data.glob("wall-state.json.damaged-*"))) == 1
    log = (data / "logs" / "nigehban.log").read_text()
    assert "Traceback" not in log


def test_what_was_on_the_screen_is_back_after_a_restart(
    start: Start, data: Path, tmp_path: Path
) -> None:
    finish(start("--import-cameras", str(cameras_csv(tmp_path, range(1, 40)))))
    assert finish(start("--kiosk", "--layout", "9", "--page", "3", "--run-seconds", "1"))[0] == 0
    report = tmp_path / "report.json"
    assert finish(start("--kiosk", "--run-seconds", "2", "--report", str(report)))[0] == 0
    codes = [tile["camera"] for tile in json.loads(report.read_text())["tiles"]]
    assert codes == [f"BNU-{site}-1" for site in range(19, 28)]


def test_a_crash_is_told_at_the_next_start(start: Start, data: Path) -> None:
    process = start("--kiosk")
    wait_for_window(process, data)
    process.send_signal(signal.SIGSEGV)
    process.wait(PATIENCE_S)
    assert finish(start("--kiosk", "--run-seconds", "1"))[0] == 0
    (kept,) = (data / "logs").glob("crash-*.log")
    assert "Segmentation fault" in kept.read_text()
    assert "crashed when it last ran" in (data / "logs" / "nigehban.log").read_text()


def test_the_self_check_says_what_is_there_and_what_is_missing(start: Start) -> None:
    status, out, _ = finish(start("--self-check"))
    assert status == 3  # the tests give their children no key store
    assert "MISSING key store" in out
    assert "ok      display" in out
    assert "ok      decoder" in out
