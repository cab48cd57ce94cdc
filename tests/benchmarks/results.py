"""What a benchmark found, as a table for people and as JSON for machines."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

_LIBRARIES = ("PySide6-Essentials", "av", "opencv-python-headless", "numpy", "python-vlc")


@dataclass(frozen=True)
class Result:
    """One line of the table; ``bar`` and ``met`` are None where a value is only for comparison."""

    name: str
    value: float | None
    unit: str
    bar: str | None
    met: bool | None
    detail: str


def at_most(name: str, value: float, limit: float, unit: str, detail: str) -> Result:
    """A value that must not exceed its limit."""
    return Result(name, round(value, 3), unit, f"≤ {limit:g}", value <= limit, detail)


def at_least(name: str, value: float, limit: float, unit: str, detail: str) -> Result:
    """A value that must reach its limit."""
    return Result(name, round(value, 3), unit, f"≥ {limit:g}", value >= limit, detail)


def for_comparison(name: str, value: float, unit: str, detail: str) -> Result:
    """A value without a bar."""
    return Result(name, round(value, 3), unit, None, None, detail)


def not_measured(name: str, bar: str, reason: str) -> Result:
    """A bar that could not be tried, which counts as not met."""
    return Result(name, None, "", bar, False, reason)


def machine() -> dict[str, object]:
    """The machine and the libraries the numbers belong to."""
    libraries: dict[str, str] = {}
    for name in _LIBRARIES:
        try:
            libraries[name] = version(name)
        except PackageNotFoundError:
            libraries[name] = "not installed"
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
        "libraries": libraries,
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def table(results: Iterable[Result]) -> str:
    """The results as aligned columns: name, value, unit, bar, met, detail."""
    rows = [("what", "value", "unit", "bar", "met", "detail")]
    for result in results:
        value = "-" if result.value is None else f"{result.value:g}"
        met = {True: "yes", False: "NO", None: ""}[result.met]
        rows.append((result.name, value, result.unit, result.bar or "", met, result.detail))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, value, *rest = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
    return "  ".join([name, value.strip().rjust(widths[1]), *rest, row[5]]).rstrip()


def write_json(path: Path, about: dict[str, object], results: Iterable[Result]) -> None:
    """Write the machine and the results, replacing the file at once."""
    content = {"machine": about, "results": [asdict(result) for result in results]}
    work = path.with_name(path.name + ".part")
    work.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    work.replace(path)
