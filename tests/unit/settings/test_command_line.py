"""Every option of the contract is understood; a bad one gets a sentence and status 2."""

from pathlib import Path

import pytest

from app.settings.command_line import Options, parse_command_line
from app.version import __version__


def test_nothing_said_means_nothing_chosen() -> None:
    assert parse_command_line([]) == Options()


def test_all_options_together() -> None:
    options = parse_command_line(
        [
            "--data-dir", "/d", "--database-url", "sqlite:////x.db", "--config", "/c.toml",
            "--screens", "3", "--layout", "3X5", "--district", "BNU", "--page", "2", "--kiosk",
            "--run-seconds", "12.5", "--screenshot", "/s.png", "--report", "/r.json",
        ]
    )  # fmt: skip
    assert options == Options(
        data_dir=Path("/d"), database_url="sqlite:////x.db", config=Path("/c.toml"), screens=3,
        layout=options.layout, district="BNU", page=2, kiosk=True, run_seconds=12.5,
        screenshot=Path("/s.png"), report=Path("/r.json"),
    )  # fmt: skip
    assert options.layout == "3x5"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--demo", Options(demo=True)),
        ("--self-check", Options(self_check=True)),
        ("--import-cameras /a.csv", Options(import_cameras=Path("/a.csv"))),
        ("--demo --data-dir /d", Options(demo=True, data_dir=Path("/d"))),
    ],
)
def test_what_to_do(arguments: str, expected: Options) -> None:
    assert parse_command_line(arguments.split()) == expected


def test_a_relative_path_means_the_folder_of_now() -> None:
    assert parse_command_line(["--data-dir", "x"]).data_dir == Path.cwd() / "x"


@pytest.mark.parametrize("name", ["1", "4", "64", "1+5", "1+12", "2+8", "8x8"])
def test_layouts_are_known_by_name_and_by_rows_and_columns(name: str) -> None:
    assert parse_command_line(["--layout", name]).layout is not None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--layout", "17"], "there is no layout '17': choose 1, 4, 9"),
        (["--layout", "0x3"], "there is no layout '0x3'"),
        (["--screens", "0"], "'0' is not a number of screens from 1 to 16"),
        (["--screens", "many"], "'many' is not a number of screens"),
        (["--screens", "9" * 5000], "is not a number of screens"),
        (["--page", "0"], "'0' is not a page"),
        (["--run-seconds", "-1"], "is not a number of seconds above 0"),
        (["--run-seconds", "nan"], "is not a number of seconds above 0"),
        (["--screenshot", "a.jpg"], "'a.jpg' does not end in .png"),
        (["--report", "a.txt"], "'a.txt' does not end in .json"),
        (["--district", "  "], "a value is missing"),
        (["--data-dir", ""], "a value is missing"),
        (["--demo", "--database-url", "sqlite://"], "leave --database-url away"),
        (["--demo", "--import-cameras", "a.csv"], "--import-cameras works alone"),
        (["--screen", "2"], "unrecognized arguments"),
        (["cameras.csv"], "unrecognized arguments"),
    ],
)
def test_a_bad_option_gets_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parse_command_line(arguments)
    assert left.value.code == 2
    assert sentence in " ".join(capsys.readouterr().err.split())


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse_command_line(["--version"])
    assert left.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_the_password_of_a_database_does_not_show_itself() -> None:
    options = parse_command_line(["--database-url", "postgresql://u:Dd8-secret@h/x"])
    assert "Dd8" not in repr(options)
