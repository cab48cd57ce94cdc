"""What the server shows on each path: the cameras of the city, and files given by a test."""

from pathlib import Path

from app.demo.city import City
from app.demo.clip_store import GOP_S, ClipKey, ClipStore
from app.demo.clips import Clip, ClipError, read_media_file
from app.demo.faults import Faults

ENCODINGS = ("main", "sub")
CLIP_PREFIX = "clip/"


class CitySource:
    """Pictures for ``CODE/main``, ``CODE/sub`` and ``clip/NAME``. Event loop thread only.

    A main stream whose clip is not encoded yet shows the sub clip,
    as a camera that has just begun to
    deliver may, and changes to the main clip at a key frame once it is there.
    """

    def __init__(self, city: City, store: ClipStore) -> None:
        """Show the scenes of `city` out of `store`."""
        self._scenes = {camera.code: camera.scene for camera in city.cameras}
        self._store = store
        self._files: dict[str, Clip] = {}

    def add_file(self, name: str, path: Path, fps: float | None = None) -> None:
        """Serve a media file as ``clip/NAME``; raises `ClipError`."""
        self._files[CLIP_PREFIX + name] = read_media_file(path, fps)

    def knows(self, path: str) -> bool:
        """Tell whether there is such a camera."""
        code, _, encoding = path.rpartition("/")
        return path in self._files or (code in self._scenes and encoding in ENCODINGS)

    async def clip(self, path: str, faults: Faults) -> Clip:
        """Return what the path shows, encoding a sub clip first if need be; raises `ClipError`."""
        ready = self.ready_clip(path, faults)
        if ready is not None:
            return ready
        key = self._key(path, faults)
        if key.encoding == "main" and key.gop_s == GOP_S:
            key = ClipKey("sub", key.scene, key.gop_s)
        return await self._store.get(key)

    def ready_clip(self, path: str, faults: Faults) -> Clip | None:
        """Return what the path shows if it is ready now; a missing main clip is begun."""
        if path in self._files:
            return self._files[path]
        key = self._key(path, faults)
        clip = self._store.ready(key)
        if clip is None:
            self._store.prepare([key])
        return clip

    def _key(self, path: str, faults: Faults) -> ClipKey:
        code, _, encoding = path.rpartition("/")
        if code not in self._scenes:
            raise ClipError(f"there is no camera {code}")
        if faults.encoding in ENCODINGS:
            encoding = faults.encoding
        return ClipKey(encoding, self._scenes[code], faults.keyframe_interval_s or GOP_S)
