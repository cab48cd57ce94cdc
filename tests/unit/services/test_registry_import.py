"""Good rows are kept, bad ones are refused in words, and passwords go to the key store only."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import CredentialStoreUnavailable
from app.domain.camera import CallUp, CameraCode
from app.services.credentials import Credential, LoginTooLong, MemoryCredentials, StoreState
from app.services.registry_csv import ImportRefused
from app.services.registry_import import ImportReport, import_cameras
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from app.storage.registry import Registry, RegistryRepository

HEADER = (
    "district,district_name,district_number,site,site_name,site_number,camera,camera_name,"
    "camera_number,main_url,sub_url,latitude,longitude,credential,analytics_id,pole"
)
GOOD = "BNU,Bannu,2,BNU-41,North gate,41,BNU-41-3,Gate east,3,rtsp://10.0.0.3/main,,,,,,"
CANARY = "Zq7-canary/42"
CANARY_QUOTED = "Zq7-canary%2F42"


class Bench:
    """A registry of its own, and files to import into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(sqlite_url(folder / "wall.db"))
        bring_up_to_date(self.database, folder / "backups")
        self.keys = MemoryCredentials()

    def read(self, *lines: str | bytes, header: str = HEADER) -> ImportReport:
        content = [line if isinstance(line, bytes) else line.encode() for line in (header, *lines)]
        file = self.folder / "cameras.csv"
        file.write_bytes(b"\n".join(content) + b"\n")
        return import_cameras(file, self.database, self.keys)

    @property
    def registry(self) -> Registry:
        with self.database.reading() as session:
            return RegistryRepository(session).load()

    @property
    def codes(self) -> list[str]:
        return [camera.code for camera in self.registry.cameras]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.database.close()


def row(**values: str) -> str:
    """``GOOD`` with some columns replaced."""
    fields = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | values
    return ",".join(fields.values())


def second(**values: str) -> str:
    """Another good row of the same site."""
    return row(**({"camera": "BNU-41-4", "camera_number": "4"} | values))


def test_a_row_becomes_a_camera_with_all_its_columns(bench: Bench) -> None:
    report = bench.read(
        row(
            camera_name="نگہبان",
            sub_url="rtsp://10.0.0.3/sub",
            latitude="32.98",
            longitude="-70.5",
            credential="site-41",
            analytics_id="a3",
            pole="7 b",
        )
    )
    assert (report.added, report.exit_status) == (["BNU-41-3"], 0)
    (camera,) = bench.registry.cameras
    assert (camera.name, camera.call_up) == ("نگہبان", CallUp(2, 41, 3))
    assert (camera.latitude, camera.longitude) == (32.98, -70.5)
    assert (camera.sub_url, camera.credential) == ("rtsp://10.0.0.3/sub", "site-41")
    assert (camera.analytics_id, camera.attributes) == ("a3", {"pole": "7 b"})


def test_importing_the_same_file_again_changes_nothing(bench: Bench) -> None:
    lines = (row(main_url=f"rtsp://admin:{CANARY_QUOTED}@10.0.0.3/"), second(pole="7"))
    bench.read(*lines)
    before = bench.registry
    report = bench.read(*lines)
    assert (report.added, report.changed, report.unchanged) == ([], [], 2)
    assert (report.passwords_stored, report.exit_status) == (0, 0)
    assert bench.registry == before


def test_a_changed_row_changes_its_camera_only(bench: Bench) -> None:
    bench.read(GOOD, second())
    report = bench.read(GOOD, second(camera_name="Gate west"))
    assert (report.changed, report.unchanged) == (["BNU-41-4"], 1)
    assert [camera.name for camera in bench.registry.cameras] == ["Gate east", "Gate west"]


def test_cameras_that_the_file_does_not_name_stay(bench: Bench) -> None:
    bench.read(GOOD)
    bench.read(second())
    assert bench.codes == ["BNU-41-3", "BNU-41-4"]


def test_a_column_that_is_missing_leaves_what_is_stored(bench: Bench) -> None:
    bench.read(row(sub_url="rtsp://10.0.0.3/sub", pole="7", latitude="1", longitude="2"))
    short = "district,district_number,site,site_number,camera,camera_number,main_url"
    report = bench.read("BNU,2,BNU-41,41,BNU-41-3,3,rtsp://10.0.0.9/main", header=short)
    (camera,) = bench.registry.cameras
    assert report.changed == ["BNU-41-3"]
    assert (camera.name, camera.sub_url, camera.attributes) == (
        "Gate east", "rtsp://10.0.0.3/sub", {"pole": "7"},
    )  # fmt: skip
    assert camera.main_url == "rtsp://10.0.0.9/main"
    assert bench.registry.districts[0].name == "Bannu"


def test_an_empty_field_clears_what_is_stored(bench: Bench) -> None:
    bench.read(row(sub_url="rtsp://10.0.0.3/sub", pole="7"))
    bench.read(GOOD)
    (camera,) = bench.registry.cameras
    assert (camera.sub_url, camera.attributes) == (None, {})


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "no camera code": (second(camera=""), "camera is missing"),
    "no district code": (second(district=""), "district is missing"),
    "no url": (second(main_url=""), "main_url is missing"),
    "duplicate code": (second(camera="BNU-41-3"), "already stands in line 2"),
    "duplicate number": (second(camera_number="3"), "2.41.3 already belongs to BNU-41-3"),
    "number in words": (second(camera_number="four"), "camera_number is no number"),
    "negative number": (second(site_number="-4"), "site_number is no number"),
    "huge number": (second(camera_number="4" * 400), "camera_number is no number"),
    "url that is none": (second(main_url="10.0.0.4"), "main_url is no URL"),
    "url with a blank": (second(main_url="rtsp://10.0.0.4/a b"), "main_url is no URL"),
    "unknown scheme": (second(main_url="ftp://10.0.0.4/x"), "begins with ftp://"),
    "local file": (second(main_url="file:///etc/passwd"), "main_url"),
    "bad sub url": (second(sub_url="sub"), "sub_url is no URL"),
    "bad port": (second(main_url="rtsp://10.0.0.4:99999/"), "cannot be read"),
    "bad host": (second(main_url="rtsp://[::1/x"), "cannot be read"),
    "empty host": (second(main_url="rtsp://:554/x"), "names no host"),
    "overlong url": (second(main_url="rtsp://h/" + "a" * 3000), "longer than 2048"),
    "nul byte": (second(camera_name="a\0b"), "NUL byte"),
    "escape code": (second(camera_name="a\x1b[2Jb"), "cannot be printed"),
    "wrong encoding": (second(camera_name="X").encode().replace(b"X", b"\xe9"), "not UTF-8"),
    "too few fields": ("BNU,Bannu,2", "3 fields, the header has 16"),
    "too many fields": (second() + ",more", "17 fields, the header has 16"),
    "latitude": (second(latitude="91", longitude="7"), "latitude is no number from -90 to 90"),
    "not a number": (second(latitude="nan", longitude="7"), "latitude is no number"),
    "half a place": (second(latitude="32"), "only make sense together"),
    "district name": (second(district_name="Banu"), "the district BNU is 2 'Bannu' in line 2"),
    "district number": (second(district_number="3"), "the district BNU is 2"),
    "site name": (second(site_name="South"), "the site BNU-41 is 41 'North gate' in line 2"),
    "number of another district": (second(district="LKM"), "district number 2 already belongs"),
    "number of another site": (second(site="BNU-42"), "site number 41 of district BNU already"),
    "password in another column": (second(pole="rtsp://u:pw1@h"), "pole holds a password"),
    "open quotation mark": (second(camera_name='"Gate'), "quotation mark"),
    "stray quotation mark": (second(camera_name='"Gate"x'), "no CSV"),
    "overlong name": (second(camera_name="x" * 201), "longer than 200"),
    "overlong line": (second(pole="x" * 200_000), "longer than 65,536"),
    "overlong attribute": (second(pole="x" * 3000), "pole is longer"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_row_is_refused_with_its_line_and_the_others_stay(name: str, bench: Bench) -> None:
    bad, sentence = REFUSED[name]
    last = row(camera="BNU-41-5", camera_number="5", pole='"quoted, 5"')
    report = bench.read(GOOD, bad, last)
    assert [(refusal.line, sentence in refusal.sentence) for refusal in report.refused] == [
        (3, True)
    ], report.refused
    assert bench.codes == ["BNU-41-3", "BNU-41-5"]
    assert report.exit_status == 2
    assert "line 3" in report.text()


def test_a_quoted_field_may_go_over_several_lines(bench: Bench) -> None:
    report = bench.read(row(pole='"seven\nor eight"'), second(camera=""))
    assert bench.registry.cameras[0].attributes == {"pole": "seven\nor eight"}
    assert [refusal.line for refusal in report.refused] == [4]


def test_blank_lines_and_byte_order_mark_do_not_matter(bench: Bench) -> None:
    report = bench.read("", GOOD, ",,", "", second(), header="\ufeff" + HEADER)
    assert (bench.codes, report.refused) == (["BNU-41-3", "BNU-41-4"], [])


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_understood(bench: Bench, ending: str) -> None:
    file = bench.folder / "cameras.csv"
    file.write_bytes((HEADER + ending + GOOD + ending).encode())
    assert import_cameras(file, bench.database, bench.keys).added == ["BNU-41-3"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (HEADER.replace("main_url", "url").encode(), "lacks main_url"),
        (HEADER.replace(",", ";").encode(), "lacks"),
        (HEADER.encode("utf-16"), "not UTF-8"),
        ((HEADER + ",pole").encode(), "has twice: pole"),
    ],
)
def test_a_file_that_is_no_registry_is_refused_as_a_whole(
    bench: Bench, content: bytes, sentence: str
) -> None:
    file = bench.folder / "cameras.csv"
    file.write_bytes(content)
    with pytest.raises(ImportRefused, match=sentence):
        import_cameras(file, bench.database, bench.keys)
    assert bench.codes == []


def test_a_file_that_is_not_there_is_named(bench: Bench) -> None:
    with pytest.raises(ImportRefused, match=r"nowhere\.csv cannot be opened"):
        import_cameras(bench.folder / "nowhere.csv", bench.database, bench.keys)


def test_numbers_may_be_exchanged_within_a_file(bench: Bench) -> None:
    bench.read(GOOD, second())
    report = bench.read(row(camera_number="4"), second(camera_number="3"))
    assert report.refused == []
    assert bench.codes == ["BNU-41-4", "BNU-41-3"]


def test_a_number_of_a_camera_outside_the_file_is_not_taken(bench: Bench) -> None:
    bench.read(GOOD, second())
    report = bench.read(row(camera_number="4"))
    assert [refusal.sentence for refusal in report.refused] == [
        "the call-up number 2.41.4 already belongs to BNU-41-4"
    ]
    assert bench.registry.cameras[0].call_up == CallUp(2, 41, 3)


def test_a_refused_exchange_refuses_what_depended_on_it(bench: Bench) -> None:
    bench.read(GOOD, second(), row(camera="BNU-41-5", camera_number="5"))
    report = bench.read(row(camera_number="4"), second(camera_number="5"))
    assert [refusal.line for refusal in report.refused] == [2, 3]
    assert [camera.call_up.camera for camera in bench.registry.cameras] == [3, 4, 5]


def test_numbers_of_stored_districts_and_sites_are_not_taken(bench: Bench) -> None:
    bench.read(GOOD)
    report = bench.read(
        row(district="LKM", district_name="Lakki", site="LKM-1", camera="LKM-1-1"),
        row(site="BNU-50", site_name="Mall", camera="BNU-50-1"),
    )
    assert [refusal.line for refusal in report.refused] == [2, 3]
    assert bench.codes == ["BNU-41-3"]


def test_a_site_code_may_come_back_in_another_district(bench: Bench) -> None:
    report = bench.read(
        row(site="41"),
        row(district="LKM", district_name="Lakki", district_number="3", site="41", camera="L1"),
    )
    assert report.refused == []
    assert [site.district for site in bench.registry.sites] == ["BNU", "LKM"]


def _everything_written(bench: Bench) -> bytes:
    bench.database.close()
    files = [file for file in bench.folder.rglob("*") if file.suffix != ".csv" and file.is_file()]
    with closing(sqlite3.connect(bench.folder / "wall.db")) as raw:
        dump = "\n".join(raw.iterdump()).encode()
    return dump + b"".join(file.read_bytes() for file in files)


@pytest.mark.parametrize(
    "columns",
    [
        {"main_url": f"rtsp://admin:{CANARY_QUOTED}@10.0.0.3/main"},
        {"sub_url": f"rtsp://admin:{CANARY_QUOTED}@10.0.0.3/sub"},
        {"main_url": f"http://10.0.0.3/v?user=admin&password={CANARY_QUOTED}"},
    ],
)
def test_a_password_in_a_url_goes_to_the_key_store_and_nowhere_else(
    bench: Bench, columns: dict[str, str]
) -> None:
    report = bench.read(row(**columns))
    assert report.passwords_stored == 1
    (camera,) = bench.registry.cameras
    assert camera.credential == "camera:BNU-41-3"
    assert bench.keys.get("camera:BNU-41-3") == ("admin", CANARY)
    written = _everything_written(bench)
    assert CANARY.encode() not in written
    assert CANARY_QUOTED.encode() not in written
    assert "canary" not in report.text()


def test_a_password_column_goes_to_the_key_store(bench: Bench) -> None:
    report = bench.read(GOOD + f",admin,{CANARY}", header=HEADER + ",username,password")
    assert report.passwords_stored == 1
    assert bench.keys.get("camera:BNU-41-3") == ("admin", CANARY)
    assert CANARY.encode() not in _everything_written(bench)


def test_the_credential_column_names_the_entry(bench: Bench) -> None:
    url = f"rtsp://admin:{CANARY_QUOTED}@10.0.0.3/main"
    report = bench.read(
        row(credential="site-41", main_url=url), second(credential="site-41", main_url=url)
    )
    assert (report.passwords_stored, report.exit_status) == (1, 0)
    assert bench.keys.get("site-41") == ("admin", CANARY)


def test_two_passwords_for_one_credential_contradict_each_other(bench: Bench) -> None:
    report = bench.read(
        row(credential="site-41", main_url="rtsp://admin:first-1@10.0.0.3/"),
        second(credential="site-41", main_url="rtsp://admin:other-2@10.0.0.3/"),
    )
    assert [refusal.line for refusal in report.passwords_refused] == [3]
    assert (len(bench.codes), report.exit_status) == (2, 2)
    assert bench.keys.get("site-41") == ("admin", "first-1")


def test_two_passwords_for_one_camera_refuse_the_row(bench: Bench) -> None:
    report = bench.read(
        row(main_url="rtsp://a:one-1@10.0.0.3/", sub_url="rtsp://a:two-2@10.0.0.3/"), second()
    )
    assert "two different logins" in report.refused[0].sentence
    assert bench.codes == ["BNU-41-4"]


def test_a_password_with_a_slash_is_never_taken_for_a_path(bench: Bench) -> None:
    report = bench.read(row(main_url="rtsp://admin:1234/5secret@10.0.0.3/main"), second())
    assert "%2F" in report.refused[0].sentence
    assert "5secret" not in report.text()
    assert b"5secret" not in _everything_written(bench)


def test_a_login_too_long_for_the_store_is_the_only_one_refused(bench: Bench) -> None:
    class Picky(MemoryCredentials):
        def put(self, name: str, login: Credential) -> None:

            if len(login.password) > 100:
                raise LoginTooLong(f"The login {name} is too long for a key store")
            super().put(name, login)

    bench.keys = Picky()
    report = bench.read(
        row(main_url=f"rtsp://a:{'x' * 1500}@10.0.0.3/"), second(main_url="rtsp://a:pw-2@10.0.0.4/")
    )
    assert [refusal.line for refusal in report.passwords_refused] == [2]
    assert report.passwords_stored == 1


class NoStore(MemoryCredentials):
    state = StoreState.MISSING

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def get(self, name: str) -> Credential | None:
        self.asked += 1
        raise CredentialStoreUnavailable(StoreState.MISSING.value, advice="Install one.")


def test_without_a_key_store_the_cameras_stay_and_the_passwords_are_refused(bench: Bench) -> None:
    bench.keys = keys = NoStore()
    url = f"rtsp://admin:{CANARY_QUOTED}@10.0.0.3/main"
    report = bench.read(row(main_url=url), second(main_url=url))
    assert [refusal.line for refusal in report.passwords_refused] == [2, 3]
    assert "no key store" in report.text()
    assert (len(bench.codes), report.exit_status) == (2, 2)
    assert bench.registry.cameras[0].main_url == "rtsp://10.0.0.3/main"
    assert keys.asked == 1
    written = _everything_written(bench)
    assert CANARY.encode() not in written
    assert CANARY_QUOTED.encode() not in written
    assert "canary" not in report.text()


def test_a_password_can_be_brought_later(bench: Bench) -> None:
    line = row(main_url="rtsp://admin:pw-later@10.0.0.3/main")
    bench.keys = NoStore()
    bench.read(line)
    bench.keys = MemoryCredentials()
    report = bench.read(line)
    assert (report.unchanged, report.passwords_stored, report.exit_status) == (1, 1, 0)


def test_the_report_counts_and_names_cameras(bench: Bench) -> None:
    bench.read(GOOD)
    lines = [row(camera=CameraCode(f"BNU-41-{n}"), camera_number=str(n)) for n in range(10, 30)]
    text = bench.read(row(camera_name="New"), *lines).text()
    assert "Cameras added: 20 (BNU-41-10, BNU-41-11, " in text
    assert ", …)" in text
    assert "Cameras changed: 1 (BNU-41-3)" in text
