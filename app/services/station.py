"""Which workstation this is, for systems that keep something for each of them."""

import hashlib
import logging
import platform
import re
import secrets
from pathlib import Path

_FILE = "station-id"
_ID = re.compile(r"[0-9a-f]{8}")
_log = logging.getLogger(__name__)


def station_id(folder: Path) -> str:
    """Eight hexadecimal digits that stay the same for this data folder."""
    file = folder / _FILE
    try:
        known = file.read_text("ascii").strip()
        if _ID.fullmatch(known):
            return known
    except (OSError, UnicodeDecodeError):
        known = ""
    made = secrets.token_hex(4)
    try:
        file.write_text(made + "\n", "ascii")
    except OSError as error:
        _log.info("The id of this workstation cannot be kept: %s", error.strerror)
        named = f"{platform.node()}:{folder}".encode()
        return hashlib.sha256(named).hexdigest()[:8]
    return made
