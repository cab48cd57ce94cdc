"""Frigate's HTTP interface: detect sizes, zones, snapshots and clips.

Frigate Documentation, "Authentication" and "HTTP API" (0.17): port 8971 speaks TLS and wants a
session cookie from ``/api/login``, which is limited in how often it may be asked; port 5000 wants
nothing and is meant for the machine itself.
"""

import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import httpx
import msgspec

from app.analytics.adapters.errors import BackendTrouble
from app.analytics.adapters.samples import make_name, make_polygon
from app.analytics.messages import SourceConfig, Zones, ZoneShape
from app.core.redaction import SECRETS, redact, split_credentials

_CONNECT_S = 10.0
_SILENCE_S = 10.0
_IN_ALL_S = 30.0
_LARGEST_CONFIG = 16 * 1024 * 1024
_LARGEST_SNAPSHOT = 8 * 1024 * 1024
_LARGEST_CLIP = 48 * 1024 * 1024
_LOGIN_PAUSE_S = 60.0
"""Frigate lets a client try a few times a minute; a wrong password will not become right."""
_REF = re.compile(r"(?=.*[0-9A-Za-z])[0-9A-Za-z._-]{1,128}")
_JPEG = b"\xff\xd8"
_WEBP = b"RIFF"
_MP4_AT = slice(4, 8)
_MP4 = b"ftyp"


class FrigateCameras(msgspec.Struct, frozen=True):
    """What ``/api/config`` says: detect sizes by Frigate's name, zones by camera code."""

    sizes: dict[str, tuple[int, int]]
    zones: list[Zones]


class _Detect(msgspec.Struct):
    width: int | None = None
    height: int | None = None


class _Zone(msgspec.Struct):
    coordinates: str | list[str] = ""


class _Camera(msgspec.Struct):
    detect: _Detect = msgspec.field(default_factory=_Detect)
    zones: dict[str, _Zone] = {}


class _Config(msgspec.Struct):
    cameras: dict[str, _Camera]


class FrigateApi:
    """One Frigate, at ``config.url``; logs in with ``config.user`` where one is given.

    Calls block (10 s to connect, 30 s in all), may come from any thread and raise only
    ``BackendTrouble``.
    """

    def __init__(
        self, config: SourceConfig, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = config.name
        self._cameras = config.cameras
        self._clock = clock
        self._login_lock = threading.Lock()
        self._logins = 0
        self._no_login_before = 0.0
        self._no_login_sentence = ""
        self._trouble = ""
        self._user, self._password = config.user, config.password
        self._client: httpx.Client | None = None
        try:
            url, user, password = split_credentials(config.url)
            self._user, self._password = self._user or user or "", self._password or password or ""
            if self._password:
                SECRETS.add(self._password, self._user)
            self._client = _client(url, config.ca_file)
        except (ValueError, OSError, httpx.InvalidURL) as error:
            # Said when something is asked for: a source with a wrong address is still a source.
            self._trouble = _address_sentence(error, config.ca_file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def cameras(self) -> FrigateCameras:
        """Detect sizes and zones; hand ``sizes`` to ``Frigate.use_sizes`` of the adapter."""
        body = self._get("/api/config", _LARGEST_CONFIG)
        try:
            known = msgspec.json.decode(body, type=_Config, strict=False).cameras
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise BackendTrouble("Frigate's configuration could not be understood") from None
        sizes = {
            name: (camera.detect.width, camera.detect.height)
            for name, camera in known.items()
            if camera.detect.width and camera.detect.height
        }
        zones = [
            Zones(self._source, self._cameras[name], list(_shapes(camera.zones, sizes.get(name))))
            for name, camera in known.items()
            if name in self._cameras
        ]
        return FrigateCameras(sizes, zones)

    def fetch(self, ref: str, *, clip: bool = False) -> bytes:
        """The snapshot (JPEG or WebP) of event ``ref``, or its clip (MP4)."""
        if not _REF.fullmatch(ref):
            raise BackendTrouble("The event has no name that Frigate could know")
        if clip:
            body = self._get(f"/api/events/{ref}/clip.mp4", _LARGEST_CLIP)
            if body[_MP4_AT] != _MP4:
                raise BackendTrouble("Frigate did not answer with a clip")
        else:
            body = self._get(f"/api/events/{ref}/snapshot.jpg", _LARGEST_SNAPSHOT)
            if not body.startswith((_JPEG, _WEBP)):
                raise BackendTrouble("Frigate did not answer with a picture")
        return body

    def close(self) -> None:
        """Let go of the connections; a fetch under way ends with an error."""
        if self._client is not None:
            self._client.close()

    def _get(self, path: str, largest: int) -> bytes:
        if self._client is None:
            raise BackendTrouble(self._trouble)
        try:
            logins = self._logins
            status, body = self._ask(self._client, path, largest)
            if status == httpx.codes.UNAUTHORIZED and self._user:
                self._log_in(self._client, logins)
                status, body = self._ask(self._client, path, largest)
        except httpx.HTTPError as error:
            raise BackendTrouble(_sentence(error)) from None
        except RuntimeError:
            raise BackendTrouble("The connection to Frigate was closed") from None
        if status != httpx.codes.OK:
            raise BackendTrouble(_refusal(status, has_user=bool(self._user)))
        return body

    def _ask(self, client: httpx.Client, path: str, largest: int) -> tuple[int, bytes]:
        give_up = self._clock() + _IN_ALL_S
        body = bytearray()
        with client.stream("GET", path) as answer:
            if answer.status_code != httpx.codes.OK:
                return answer.status_code, b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > largest:
                    raise BackendTrouble("Frigate's answer is too large")
                if self._clock() > give_up:
                    raise BackendTrouble(f"Frigate's answer took more than {_IN_ALL_S:g} seconds")
        return httpx.codes.OK, bytes(body)

    def _log_in(self, client: httpx.Client, logins: int) -> None:
        """Get a new cookie, unless another thread got one in the meantime."""
        with self._login_lock:
            if self._logins != logins:
                return
            if self._clock() < self._no_login_before:
                raise BackendTrouble(self._no_login_sentence)
            answer = client.post(
                "/api/login", json={"user": self._user, "password": self._password}
            )
            if answer.status_code == httpx.codes.OK:
                self._logins += 1
                return
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                sentence = "Frigate lets nobody log in for a minute: too many attempts"
            elif answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
                sentence = "Frigate refuses the user or the password"
            else:
                raise BackendTrouble(_refusal(answer.status_code, has_user=True))
            self._no_login_before = self._clock() + _LOGIN_PAUSE_S
            self._no_login_sentence = sentence
            raise BackendTrouble(sentence)


def _client(url: str, ca_file: str) -> httpx.Client:
    if not url.startswith(("http://", "https://")):
        raise ValueError("not an address")
    return httpx.Client(
        base_url=url,
        verify=ssl.create_default_context(cafile=ca_file or None),
        timeout=httpx.Timeout(_SILENCE_S, connect=_CONNECT_S),
        follow_redirects=False,
        trust_env=False,
    )


def _address_sentence(error: Exception, ca_file: str) -> str:
    if isinstance(error, OSError) and ca_file:
        return f"The file of authorities '{ca_file}' cannot be read"
    return "The address of Frigate is no address of the kind https://host:8971"


def _sentence(error: httpx.HTTPError) -> str:
    """What went wrong in words, without the address."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return redact(f"Frigate's certificate is not trusted: {cause.verify_message}")
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return "Frigate does not answer"
    if isinstance(error, httpx.ConnectError):
        return "Frigate cannot be reached"
    return "The connection to Frigate failed"


def _refusal(status: int, *, has_user: bool) -> str:
    match status:
        case httpx.codes.UNAUTHORIZED | httpx.codes.FORBIDDEN if not has_user:
            return "Frigate wants a user and a password"
        case httpx.codes.UNAUTHORIZED:
            return "Frigate refuses the user or the password"
        case httpx.codes.FORBIDDEN:
            return "Frigate's user may not see this camera"
        case httpx.codes.NOT_FOUND:
            return "Frigate has nothing of this event any more"
        case httpx.codes.TOO_MANY_REQUESTS:
            return "Frigate is asked too often"
    return f"Frigate answered with an error ({status})"


def _shapes(zones: dict[str, _Zone], size: tuple[int, int] | None) -> Iterator[ZoneShape]:
    """Zones as fractions; older versions write pixels of the detect size."""
    for name, zone in zones.items():
        text = zone.coordinates
        words = (text if isinstance(text, str) else ",".join(text)).split(",")
        try:
            numbers = [float(word) for word in words]
        except ValueError:
            continue
        if any(number > 1.0 for number in numbers):
            if size is None:
                continue
            numbers = [number / size[at % 2] for at, number in enumerate(numbers)]
        points = make_polygon(zip(numbers[::2], numbers[1::2], strict=False))
        if len(points) > 2:
            yield ZoneShape(make_name(name), points)
