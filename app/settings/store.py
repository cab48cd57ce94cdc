"""Reads ``settings.toml``. Whatever is wrong with it, the wall starts and says so."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from app.settings.files import set_aside
from app.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class SettingsRead:
    """The settings to work with, and a sentence for everything that was wrong."""

    settings: Settings
    problems: tuple[str, ...] = ()


def read_settings(file: Path, *, must_exist: bool = False) -> SettingsRead:
    """Read ``file``; a bad value falls back to its default, a damaged file is kept aside.

    ``must_exist``: the administrator named the file, so that its absence is a problem too.
    """
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        missing = f"The settings file {file} does not exist; the defaults are used"
        return SettingsRead(Settings(), (missing,) if must_exist else ())
    except OSError as error:
        unread = (
            f"The settings file {file} cannot be read ({error.strerror}); the defaults are used"
        )
        return SettingsRead(Settings(), (unread,))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return SettingsRead(Settings(), (_kept_aside(file, error),))
    return settings_from(raw)


def settings_from(raw: Mapping[str, Any]) -> SettingsRead:
    """Check ``raw`` value by value against the schema."""
    sections: dict[str, Any] = {}
    problems: list[str] = []
    known = {item.name: item for item in msgspec.structs.fields(Settings)}
    for name, content in raw.items():
        if name not in known:
            problems.append(f"There is no section [{name}] in the settings; it is ignored")
        elif not isinstance(content, Mapping):
            problems.append(f"The setting {name} must be a section: write [{name}] on a line")
        else:
            sections[name] = _section(name, known[name].type, content, problems)
    return SettingsRead(Settings(**sections), tuple(problems))


def _section(name: str, kind: type, raw: Mapping[str, Any], problems: list[str]) -> Any:
    known = {item.name: item for item in msgspec.structs.fields(kind)}
    accepted: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in known:
            problems.append(f"There is no setting {name}.{key}; it is ignored")
            continue
        try:
            accepted[key] = msgspec.convert(value, known[key].type)
        except msgspec.ValidationError as error:
            problems.append(
                f"The setting {name}.{key} cannot be used: {_in_words(error)}. "
                f"The default is used instead"
            )
    return kind(**accepted)


def _in_words(error: msgspec.ValidationError) -> str:
    """``Expected `int` <= 64`` as it stands, without the path that the setting's name gives."""
    text = str(error).partition(" - at ")[0]
    return text[:1].lower() + text[1:]


def _kept_aside(file: Path, error: Exception) -> str:
    reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not UTF-8 text"
    try:
        kept = set_aside(file)
    except OSError:
        return f"The settings file {file} is damaged ({reason}); the defaults are used"
    return (
        f"The settings file was damaged ({reason}); it was kept as {kept.name} "
        "and the defaults are used"
    )
