"""Ten thousand cameras, from the file to the search."""

import time
from pathlib import Path

from app.bootstrap import import_registry, running_services
from app.core.dispatch import ManualDispatcher
from app.domain.camera import CallUp
from app.services.credentials import MemoryCredentials
from app.settings.command_line import Options

CAMERAS = 10_000
HEADER = (
    "district,district_name,district_number,site,site_name,site_number,camera,camera_name,"
    "camera_number,main_url,sub_url,latitude,longitude,credential,analytics_id,pole\n"
)


def _write(file: Path, login: str) -> None:
    with file.open("w", encoding="utf-8") as csv:
        csv.write(HEADER)
        for index in range(CAMERAS):
            district, site, number = index // 2500 + 1, index // 5 % 500 + 1, index % 5 + 1
            code = f"D{district}-{site}"
            url = f"rtsp://{login}10.{district}.{site // 250}.{site % 250}:554/{number}"
            csv.write(
                f"D{district},District {district},{district},{code},Site {site},{site},"
                f"{code}-{number},Camera {number} of {site},{number},{url}/main,{url}/sub,"
                f"32.5,70.{index},,a{index},p{index}\n"
            )


def test_ten_thousand_cameras_import_in_time_and_again_without_a_change(tmp_path: Path) -> None:
    file = tmp_path / "cameras.csv"
    _write(file, "admin:pw-{of-all}@")
    options = Options(data_dir=tmp_path / "data", import_cameras=file)
    keys = MemoryCredentials()
    started = time.monotonic()
    status, text = import_registry(options, keys)
    assert time.monotonic() - started < 10.0
    assert (status, text.splitlines()[0][:20]) == (0, "Cameras added: 10000")
    status, text = import_registry(options, keys)
    assert "Cameras unchanged: 10000" in text
    with running_services(options, ManualDispatcher(), keys) as services:
        assert len(services.registry.cameras) == CAMERAS
        camera = services.registry.called(CallUp(2, 41, 3))
        assert camera is not None
        assert camera.main_url == "rtsp://10.2.0.41:554/3/main"
        assert services.registry.search("D2-41-3", 5)[0] == camera


def test_an_import_works_beside_a_running_wall(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "cameras.csv"
    _write(file, "")
    dispatcher = ManualDispatcher()
    with running_services(Options(data_dir=data), dispatcher) as services:
        status, _ = import_registry(Options(data_dir=data, import_cameras=file))
        assert status == 0
        services.registry.reload()
        deadline = time.monotonic() + 30
        while not services.registry.cameras and time.monotonic() < deadline:
            dispatcher.wait(0.1)
            dispatcher.drain()
        assert len(services.registry.cameras) == CAMERAS


def test_a_file_that_is_no_registry_changes_nothing_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "cameras.csv"
    file.write_text("name;address\n", encoding="utf-8")
    status, text = import_registry(Options(data_dir=tmp_path / "data", import_cameras=file))
    assert status == 2
    assert text.startswith("Nothing was imported. The header row of ")
    assert "separated by commas" in text
