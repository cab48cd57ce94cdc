"""What one row of the registry file says, checked value by value."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.core.redaction import PASSWORD_MARK, split_credentials
from app.services.credentials import Credential
from app.services.registry_csv import REQUIRED, RegistryLine, RowRefused

SCHEMES = ("rtsp", "rtsps", "http", "https")
"""What a camera may be reached by. Not ``file``: a list of cameras that is handed around must
not make a workstation open its own files and devices."""

_LONGEST_CODE = 64
_LONGEST_NAME = 200
_LONGEST_URL = 2048
_NUMBER = re.compile(r"[0-9]{1,5}")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]+)(.*)")
_HOST = re.compile(r"[\w.~-]+|[0-9A-Fa-f:.]+(%25\w+)?")
_PASSWORD_COLUMNS = ("password", "passwd", "pwd", "pass")
_USER_COLUMNS = ("username", "user", "login")
_KNOWN = {
    *REQUIRED, "district_name", "site_name", "camera_name", "sub_url", "latitude", "longitude",
    "credential", "analytics_id", *_PASSWORD_COLUMNS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CameraDraft:
    """A checked row; an empty text means that the row does not say."""

    line: int
    district: str
    district_name: str
    district_number: int
    site: str
    site_name: str
    site_number: int
    camera: str
    camera_name: str
    camera_number: int
    main_url: str
    sub_url: str
    latitude: float | None
    longitude: float | None
    credential: str
    analytics_id: str
    attributes: Mapping[str, str]
    login: Credential | None = field(repr=False)


def checked(row: RegistryLine) -> CameraDraft:
    """The row as a draft; raises ``RowRefused`` with a sentence that quotes no secret."""
    values = row.values
    for name in REQUIRED:
        if not values[name]:
            raise RowRefused(f"{name} is missing")
    main_url, main_login = _url("main_url", values["main_url"])
    sub_url, sub_login = _url("sub_url", values.get("sub_url", ""))
    latitude = _degrees("latitude", values, 90.0)
    longitude = _degrees("longitude", values, 180.0)
    if (latitude is None) != (longitude is None):
        raise RowRefused("latitude and longitude only make sense together")
    return CameraDraft(
        line=row.line,
        district=_text("district", values, _LONGEST_CODE),
        district_name=_text("district_name", values, _LONGEST_NAME),
        district_number=_number("district_number", values),
        site=_text("site", values, _LONGEST_CODE),
        site_name=_text("site_name", values, _LONGEST_NAME),
        site_number=_number("site_number", values),
        camera=_text("camera", values, _LONGEST_CODE),
        camera_name=_text("camera_name", values, _LONGEST_NAME),
        camera_number=_number("camera_number", values),
        main_url=main_url,
        sub_url=sub_url,
        latitude=latitude,
        longitude=longitude,
        credential=_text("credential", values, _LONGEST_NAME),
        analytics_id=_text("analytics_id", values, _LONGEST_NAME),
        attributes=_attributes(values),
        login=_one_login(main_login, sub_login, _column_login(values)),
    )


def _text(name: str, values: Mapping[str, str], longest: int) -> str:
    text = values.get(name, "")
    if not text.isprintable():
        raise RowRefused(f"{name} contains characters that cannot be printed")
    if len(text) > longest:
        raise RowRefused(f"{name} is longer than {longest} characters")
    return text


def _number(name: str, values: Mapping[str, str]) -> int:
    if not _NUMBER.fullmatch(values[name]):
        raise RowRefused(f"{name} is no number of one to five digits")
    return int(values[name])


def _degrees(name: str, values: Mapping[str, str], most: float) -> float | None:
    text = values.get(name, "")
    if not text:
        return None
    try:
        degrees = float(text)
    except ValueError:
        degrees = math.nan
    if not abs(degrees) <= most:
        raise RowRefused(f"{name} is no number from -{most:g} to {most:g}")
    return degrees


def _url(name: str, text: str) -> tuple[str, Credential | None]:
    if not text:
        return "", None
    if len(text) > _LONGEST_URL:
        raise RowRefused(f"{name} is longer than {_LONGEST_URL} characters")
    match = _URL.fullmatch(text)
    if match is None or not text.isprintable() or " " in text:
        raise RowRefused(f"{name} is no URL like rtsp://host:554/path")
    if match[1].lower() not in SCHEMES:
        raise RowRefused(
            f"{name} begins with {match[1]}://, but a camera is reached by {', '.join(SCHEMES)}"
        )
    if "@" in match[3]:
        # Maybe a password with a slash in it: it would be taken for a path and stored.
        raise RowRefused(
            f"{name} has an @ behind its host: write %40 for @ in a path, "
            "and %2F, %3F, %23 for / ? # in a password"
        )
    try:
        bare, user, password = split_credentials(text)
        parts = urlsplit(bare)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise RowRefused(f"{name} has a host, a port or a login that cannot be read") from None
    if not _HOST.fullmatch(host) or port == 0:
        raise RowRefused(f"{name} names no host like 10.20.3.4 or camera-7.example")
    return bare, None if password is None else Credential(user or "", password)


def _column_login(values: Mapping[str, str]) -> Credential | None:
    password = next((values[name] for name in _PASSWORD_COLUMNS if values.get(name)), None)
    if password is None:
        return None
    user = next((values[name] for name in _USER_COLUMNS if values.get(name)), "")
    return Credential(user, password)


def _one_login(*logins: Credential | None) -> Credential | None:
    given = {login for login in logins if login is not None}
    if len(given) > 1:
        raise RowRefused("the row gives two different logins, and a camera has one")
    return given.pop() if given else None


def _attributes(values: Mapping[str, str]) -> dict[str, str]:
    """The unknown columns; one with a password in it would be written into the database."""
    attributes = {name: text for name, text in values.items() if text and name not in _KNOWN}
    for name, text in attributes.items():
        if len(text) > _LONGEST_URL:
            raise RowRefused(f"{name} is longer than {_LONGEST_URL} characters")
        if "://" in text and ("@" in text or "=" in text) and _holds_password(text):
            raise RowRefused(f"{name} holds a password, which only the URLs of the camera may")
    return attributes


def _holds_password(text: str) -> bool:
    try:
        return "@" in text or PASSWORD_MARK in split_credentials(text)[0]
    except ValueError:
        return True
