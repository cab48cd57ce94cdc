"""The registry in a real PostgreSQL, as a centre with many workstations keeps it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import import_registry, running_services
from app.core.dispatch import ManualDispatcher
from app.core.errors import StorageUnavailable
from app.domain.camera import CallUp
from app.services.credentials import MemoryCredentials
from app.settings.command_line import Options
from tests.fakes.postgres import PostgresServer

ROWS = """\
district,district_name,district_number,site,site_name,site_number,camera,camera_name,camera_number,main_url,sub_url
BNU,Bannu,2,BNU-41,Gate,41,BNU-41-3,بنوں گیٹ,3,rtsp://viewer:Kanary77@10.2.41.3/main,rtsp://10.2.41.3/sub
BNU,Bannu,2,BNU-41,Gate,41,BNU-41-4,Gate left,4,nonsense,
"""


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    with PostgresServer() as server:
        yield server.url


def test_import_and_start_on_postgresql(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "cameras.csv"
    file.write_text(ROWS, encoding="utf-8")
    options = Options(data_dir=tmp_path, database_url=database_url, import_cameras=file)
    keys = MemoryCredentials()
    status, text = import_registry(options, keys)
    assert (status, text.splitlines()[0]) == (2, "Cameras added: 1 (BNU-41-3)")
    assert "line 3" in text.lower()
    status, text = import_registry(options, keys)
    assert "Cameras unchanged: 1" in text
    with running_services(options, ManualDispatcher(), keys) as services:
        camera = services.registry.called(CallUp(2, 41, 3))
        assert camera is not None
        assert camera.name == "بنوں گیٹ"
        assert camera.main_url == "rtsp://10.2.41.3/main"
    assert not (tmp_path / "nigehban.db").exists()


def test_a_server_that_is_away_is_said_in_words(tmp_path: Path) -> None:
    address = "postgresql+psycopg://nobody:Kanary77@127.0.0.1:9/none"
    options = Options(data_dir=tmp_path, database_url=address)
    with (
        pytest.raises(StorageUnavailable) as caught,
        running_services(options, ManualDispatcher(), MemoryCredentials()),
    ):
        pytest.fail("started without its database")
    assert "Kanary77" not in f"{caught.value} {caught.value.advice}"
