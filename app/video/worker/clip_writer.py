"""Writes one clip on a thread of its own, beside the live pictures."""

import errno
import hashlib
import logging
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec
from av.error import FFmpegError

from app.settings.files import sync_folder
from app.video.clip_types import ClipPhase
from app.video.fragments import cut_to_whole
from app.video.messages import ClipReport, CutClip
from app.video.worker.clip_mux import ClipMuxer, ClipTemplate, digest_of
from app.video.worker.clip_span import ClipSpan
from app.video.worker.decoding import Decoder
from app.video.worker.ring_entry import RingEntry
from app.video.worker.sound.clip import ClipSound
from app.video.worker.sound.feed import SoundFeed

_TELL_EVERY_S = 1.0
_LEAST_ROOM = 100_000_000
"""Bytes of the disk that clips leave to the records in the database."""
_NO_ROOM = "the disk is nearly full"
_MOST_WAITING = 64_000_000
"""Bytes of packets that a slow disk may keep waiting; beyond that pictures are left out."""
_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "this user has no room left on the disk",
    errno.EACCES: "the folder for clips cannot be written",
    errno.EROFS: "the folder for clips cannot be written",
    errno.EFBIG: "the file is larger than the system allows",
    errno.ENOENT: "the folder for clips is gone",
}
_log = logging.getLogger(__name__)


class ClipEnding:
    """Whether and how a clip shall end; may be said before it has begun. Any thread."""

    def __init__(self) -> None:
        self.is_wanted = False
        self.keeps = True
        self.is_done = threading.Event()
        """The last report is on its way."""
        self.wake: Callable[[], None] = lambda: None

    def ask(self, *, keep: bool) -> None:
        self.keeps = self.keeps and keep
        self.is_wanted = True
        self.wake()


class ClipWriter:
    """Given the packets by the stream's thread; ends by itself. Reports from its own thread."""

    def __init__(
        self,
        command: CutClip,
        ending: ClipEnding,
        template: ClipTemplate,
        decoder: Decoder,
        entries: Sequence[RingEntry],
        report: Callable[[ClipReport], None],
        sound: SoundFeed | None = None,
    ) -> None:
        """``entries`` is what the ring holds, from a key frame on."""
        self._command = command
        self._ending = ending
        self._template = template
        self._decoder = decoder
        self._report = report
        self._size = (template.width, template.height)
        self._span = ClipSpan(entries[0])
        self._sound = ClipSound(sound)
        self._came = threading.Condition()
        self._waiting = deque(entries)
        self._waiting_bytes = sum(entry.size for entry in entries)
        self._most_waiting = self._waiting_bytes + _MOST_WAITING
        self._awaits_key = False
        self._stream_is_over = False
        self._has_reached_end = False
        self._has_room = True
        self.is_over = False
        """Nothing is taken any more. Any thread."""
        self._file = Path(command.file)
        self._part = self._file.with_name(self._file.name + ".part")
        self._thread = threading.Thread(target=self._run, name=f"clip-{command.job}", daemon=True)
        ending.wake = self._wake

    def start(self) -> None:
        self._thread.start()

    def take(self, entry: RingEntry) -> None:
        """The next packet of the stream. Never waits."""
        with self._came:
            if self.is_over or self._ending.is_wanted:
                return
            if self._waiting_bytes > self._most_waiting:
                self._awaits_key = True
                return
            if self._awaits_key and not entry.is_key:
                return
            self._awaits_key = False
            self._waiting.append(entry)
            self._waiting_bytes += entry.size
            self._came.notify()

    def end_of_stream(self) -> None:
        """There will be no more packets."""
        with self._came:
            self._stream_is_over = True
            self._came.notify()

    # --- the writer's thread ------------------------------------------------------------------

    def _run(self) -> None:
        try:
            report = self._write_and_check()
        except Exception as error:  # noqa: BLE001 - a door: every clip must be answered
            _log.exception("A clip failed in a way that nobody foresaw")
            report = self._salvage(f"an internal error was met ({type(error).__name__})")
        finally:
            self.is_over = True
        self._report(report)
        self._ending.is_done.set()

    def _write_and_check(self) -> ClipReport:
        try:
            if not has_room(self._file.parent):
                return no_clip(self._command.job, _NO_ROOM)
            digest = self._write()
        except OSError as error:
            return self._salvage(_words(error))
        self.is_over = True
        if self._ending.is_wanted and not self._ending.keeps:
            return self._throw_away()
        self._report(self._facts(ClipPhase.CHECKING))
        try:
            if digest_of(self._part) != digest:
                return self._salvage("what was read back is not what was written")
            sha256 = sha256_of(self._part)
            self._part.replace(self._file)
            sync_folder(self._file.parent)
        except (OSError, FFmpegError) as error:
            return self._salvage(_words(error))
        trouble = "" if self._has_room else _NO_ROOM
        return self._facts(ClipPhase.COMPLETE, sha256=sha256, trouble=trouble)

    def _write(self) -> bytes:
        """Write until the end; returns the digest of pictures and sound."""
        with open(self._part, "wb", opener=_for_this_user) as target:
            first = self._waiting[0]
            size, sound = self._picture_size(first), self._sound
            muxer = ClipMuxer(target, self._template, first, size, sound.template)
            try:
                self._feed(muxer, target)
                sound.finish(muxer.sound)
            except BaseException:
                with suppress(OSError, FFmpegError):
                    muxer.close()
                raise
            muxer.close()
            target.flush()
            os.fsync(target.fileno())
        return muxer.value

    def _feed(self, muxer: ClipMuxer, target: IO[bytes]) -> None:
        tell_at = time.monotonic()
        while self._wait(tell_at):
            entry = self._take_next()
            if entry is not None:
                if self._is_past(entry):
                    self._has_reached_end = True
                    return
                if entry.is_key:
                    # With the whole fragment before it, which can be played from now on.
                    target.flush()
                at_us = muxer.write(entry)
                self._span.add(entry, at_us)
                self._sound.follow(muxer.sound, entry, at_us)
            if time.monotonic() >= tell_at:
                tell_at = time.monotonic() + _TELL_EVERY_S
                self._report(self._facts(ClipPhase.WRITING))
                if not has_room(self._file.parent):
                    self._has_room = False
                    return

    def _picture_size(self, first: RingEntry) -> tuple[int, int]:
        """As announced, else as the first picture has it."""
        if not all(self._size):
            self._decoder.decode(first)
            self._decoder.drain()
            self._size = self._decoder.size
        return self._size

    def _is_past(self, entry: RingEntry) -> bool:
        command = self._command
        if command.end_us is None:
            return False
        return entry.stamp.at(by_camera=command.by_camera) >= command.end_us

    def _wait(self, until: float) -> bool:
        """Wait for a packet or until it is time to report; false at the end."""
        ending = self._ending
        with self._came:
            while True:
                if ending.is_wanted and not ending.keeps:
                    return False
                if self._waiting:
                    return True
                if ending.is_wanted or self._stream_is_over:
                    return False
                wait_s = until - time.monotonic()
                if wait_s <= 0:
                    return True
                self._came.wait(wait_s)

    def _take_next(self) -> RingEntry | None:
        with self._came:
            if not self._waiting:
                return None
            entry = self._waiting.popleft()
            self._waiting_bytes -= entry.size
            return entry

    def _wake(self) -> None:
        with self._came:
            self._came.notify()

    # --- the end ------------------------------------------------------------------------------

    def _throw_away(self) -> ClipReport:
        with suppress(FileNotFoundError):
            self._part.unlink()
        return ClipReport(self._command.job, ClipPhase.CANCELLED.value)

    def _salvage(self, trouble: str) -> ClipReport:
        """Something went wrong: keep what can be played."""
        self.is_over = True
        try:
            found = cut_to_whole(self._part)
            if found is None:
                with suppress(FileNotFoundError):
                    self._part.unlink()
                return no_clip(self._command.job, trouble)
            sha256 = sha256_of(self._part)
            self._part.replace(self._file)
        except FileNotFoundError:
            return no_clip(self._command.job, trouble)
        except OSError:
            _log.warning("What is left of %s stays for the next start", self._file.name)
            return self._facts(ClipPhase.BROKEN, trouble=trouble)
        end_us = self._span.start_us + round(found.seconds * 1e6)
        facts = self._facts(ClipPhase.BROKEN, sha256=sha256, trouble=trouble)
        return msgspec.structs.replace(facts, end_us=end_us, pictures=found.pictures)

    def _facts(self, phase: ClipPhase, *, sha256: str = "", trouble: str = "") -> ClipReport:
        span, is_over = self._span, phase.is_over
        is_as_asked = self._has_reached_end or self._ending.is_wanted
        ends_early = not self._has_room or (self._stream_is_over and not is_as_asked)
        return ClipReport(
            self._command.job,
            phase.value,
            span.start_us,
            span.end_us,
            int(span.clock),
            span.offset_us,
            span.pictures,
            _size_of(self._file if sha256 else self._part),
            self._template.codec,
            *self._size,
            gaps=list(span.gaps) if is_over else [],
            anchors=list(span.anchors) if is_over else [],
            sha256=sha256,
            has_ended_early=is_over and ends_early,
            trouble=trouble,
            sound=self._sound.words,
            has_sound=self._sound.packets > 0,
        )


def _for_this_user(name: str, flags: int) -> int:
    """Nobody else may read what a camera saw."""
    return os.open(name, flags, 0o600)


def no_clip(job: int, trouble: str) -> ClipReport:
    """The answer where nothing can be written."""
    return ClipReport(job, ClipPhase.FAILED.value, trouble=trouble)


def has_room(folder: Path) -> bool:
    """Whether clips may go on filling the disk. Blocking; raises ``OSError``."""
    return shutil.disk_usage(folder).free >= _LEAST_ROOM


def sha256_of(file: Path) -> str:
    """Of the whole file, in hexadecimal. Blocking; raises ``OSError``."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _words(error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    return _WORDS.get(number or 0, f"the file cannot be written ({type(error).__name__})")
