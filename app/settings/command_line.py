"""The command line: the same for the source tree and the installed program."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.layout import LayoutName, UnknownLayoutError, layout
from app.version import __version__

MOST_SCREENS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line said; None where it said nothing."""

    demo: bool = False
    data_dir: Path | None = None
    database_url: str | None = None
    config: Path | None = None
    import_cameras: Path | None = None
    store_credential: str | None = None
    screens: int | None = None
    layout: LayoutName | None = None
    district: str | None = None
    page: int | None = None
    """Counted from 1, as people do."""
    kiosk: bool = False
    run_seconds: float | None = None
    screenshot: Path | None = None
    report: Path | None = None
    self_check: bool = False

    def __repr__(self) -> str:
        return "Options(…)"  # the database URL may hold a password


def parse_command_line(arguments: Sequence[str]) -> Options:
    """Read ``arguments`` (without the program's name).

    A bad option ends the program with a sentence on stderr and status 2, ``--help`` and
    ``--version`` with 0.
    """
    parser = _parser()
    found = parser.parse_args(arguments)
    if found.import_cameras and (found.demo or found.self_check):
        parser.error("--import-cameras works alone: leave --demo and --self-check away")
    if found.store_credential and (found.demo or found.self_check or found.import_cameras):
        parser.error("--store-credential works alone")
    if found.demo and found.database_url:
        parser.error("--demo brings a registry of its own: leave --database-url away")
    return Options(**vars(found))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nigehban", description="The video wall of a command centre.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"Nigehban {__version__}")
    what = parser.add_argument_group("what to do")
    what.add_argument(
        "--demo", action="store_true", help="start the demo city on this machine and show it"
    )
    what.add_argument(
        "--import-cameras", type=_path, metavar="FILE.csv",
        help="read the registry and print what was added, changed and refused; "
        "status 0, or 2 if a row was refused (the good rows are kept)",
    )  # fmt: skip
    what.add_argument(
        "--store-credential", type=_text, metavar="NAME",
        help="ask for a user and a password (or read them, or a client certificate with its key, "
        "from standard input) and put them into the system's key store",
    )  # fmt: skip
    what.add_argument(
        "--self-check", action="store_true",
        help="start everything, open nothing, report what is missing; status 0 or 3",
    )  # fmt: skip
    _add_places(parser)
    _add_wall(parser)
    _add_run(parser)
    return parser


def _add_places(parser: argparse.ArgumentParser) -> None:
    where = parser.add_argument_group("where things live")
    where.add_argument(
        "--data-dir", type=_path, metavar="DIR", help="database, clips, snapshots, logs"
    )
    where.add_argument(
        "--database-url", type=_text, metavar="URL",
        help="another database than the one in the data folder, as SQLAlchemy writes it; "
        "leave passwords to ~/.pgpass, others can read a command line",
    )  # fmt: skip
    where.add_argument("--config", type=_path, metavar="FILE", help="the settings file")


def _add_wall(parser: argparse.ArgumentParser) -> None:
    wall = parser.add_argument_group("the wall")
    wall.add_argument(
        "--screens", type=_screens, metavar="N",
        help="open N wall windows (default: one for each monitor but the console's)",
    )  # fmt: skip
    wall.add_argument(
        "--layout", type=_layout, metavar="NAME|RxC",
        help="the first screen's grid: 1, 4, 9 … 64, 1+5, 1+7, 2+8, 1+12 or rows x columns",
    )  # fmt: skip
    wall.add_argument("--district", type=_text, metavar="CODE", help="the first screen's district")
    wall.add_argument("--page", type=_page, metavar="K", help="the first screen's page, from 1")
    wall.add_argument("--kiosk", action="store_true", help="no window frames, no console")


def _add_run(parser: argparse.ArgumentParser) -> None:
    run = parser.add_argument_group("for trying and measuring")
    run.add_argument(
        "--run-seconds", type=_seconds, metavar="N",
        help="leave after N seconds with status 0; with --demo they count from when the city is "
        "ready, which takes about a minute on the first start",
    )  # fmt: skip
    run.add_argument(
        "--screenshot", type=_png, metavar="FILE.png",
        help="just before leaving save each screen (FILE-1.png, …) and the console",
    )  # fmt: skip
    run.add_argument(
        "--report", type=_json, metavar="FILE.json",
        help="just before leaving write the run report",
    )  # fmt: skip


def _text(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise argparse.ArgumentTypeError("a value is missing")
    return text.strip()


def _path(text: str) -> Path:
    return Path(_text(text)).expanduser().absolute()


def _png(text: str) -> Path:
    return _with_suffix(text, ".png")


def _json(text: str) -> Path:
    return _with_suffix(text, ".json")


def _with_suffix(text: str, suffix: str) -> Path:
    path = _path(text)
    if path.suffix.lower() != suffix:
        raise argparse.ArgumentTypeError(f"{text!r} does not end in {suffix}")
    return path


def _screens(text: str) -> int:
    return _whole("a number of screens", text, MOST_SCREENS)


def _page(text: str) -> int:
    return _whole("a page", text, 99_999)


def _whole(what: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not {what} from 1 to {most}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= 1e7:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def _layout(text: str) -> LayoutName:
    try:
        return layout(text).name
    except UnknownLayoutError as error:
        raise argparse.ArgumentTypeError(
            f"there is no layout {text!r}: choose 1, 4, 9, 16, 25, 36, 49, 64, 1+5, 1+7, 2+8, "
            "1+12 or rows x columns like 3x5"
        ) from error
