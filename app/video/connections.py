"""Connects the streams that are wanted, through workers, and keeps them connected.

Owner thread only. Knows records and workers, not tiles: the engine says which streams are wanted
and with which views; this says what became of them.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from app.core.redaction import SECRETS, redact, with_credentials
from app.domain.camera import Camera
from app.domain.picture_health import PictureFault
from app.domain.stream import Reason
from app.video.blame import Verdict
from app.video.board import BoardMemory, SlotSpace
from app.video.clips import ClipJobs
from app.video.engine_types import Moment, ReplayCommand
from app.video.messages import (
    ClipReport,
    CloseStream,
    CutStill,
    Ended,
    Heartbeat,
    LookBack,
    Opened,
    OpenStream,
    PictureHealth,
    Report,
    SetHold,
    SetViews,
    Still,
    ViewsApplied,
    WorkerReady,
)
from app.video.opening import OpenGate
from app.video.secrets_port import Login, LoginAnswer, LoginSource
from app.video.stills import Answer as StillAnswer
from app.video.stills import Stills
from app.video.stream_record import Phase, RetiredSlots, StreamId, StreamRecord
from app.video.worker_places import WorkerPlaces
from app.video.worker_pool import WorkerLoss, WorkerPool

SETTLED_S = 10.0
STUCK_S = 15.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """How streams are opened; seconds and bytes. ``workers`` is how many are shared; ``sound``
    whether cameras that say nothing of it are asked for it."""

    workers: int = 2
    transport: str = "tcp"
    open_timeout_s: float = 5.0
    read_timeout_s: float = 5.0
    ring_seconds: float = 60.0
    ring_bytes: int = 16_000_000
    ring_total_bytes: int = 1_000_000_000
    sound: bool = False


class StreamConnections:
    """Records by camera and encoding, the gate they open through, the workers they run in.

    ``changed`` is called with a record whose state became another; ``freed`` with slots that no
    worker writes any more.
    """

    def __init__(
        self,
        pool: WorkerPool,
        memory: BoardMemory,
        gate: OpenGate,
        logins: LoginSource,
        settings: ConnectionSettings,
        *,
        stills: Stills,
        clips: ClipJobs,
        changed: Callable[[StreamRecord], None],
        freed: Callable[[SlotSpace], None],
    ) -> None:
        self._pool = pool
        self._memory = memory
        self._gate = gate
        self._logins = logins
        self._settings = settings
        self._stills = stills
        self._clips = clips
        self._changed = changed
        self._freed = freed
        self._places = WorkerPlaces(pool)
        self._rows = list(range(memory.streams - 1, -1, -1))
        self._numbers = count(1)
        self._stuck: dict[int, StreamRecord] = {}
        self._by_number: dict[int, StreamRecord] = {}
        self._by_connection: dict[int, StreamRecord] = {}
        self.records: dict[StreamId, StreamRecord] = {}
        self.heartbeats: dict[int, Heartbeat] = {}
        self.restarts = 0

    def start(self) -> None:
        self._places.start(self._settings.workers, time.monotonic())

    def record(self, camera: Camera, stream: StreamId) -> StreamRecord:
        """The stream's record, made at the first question."""
        record = self.records.get(stream)
        if record is None:
            record = StreamRecord(stream, self._rows.pop(), camera)
            self.records[stream] = record
            self._by_number[record.number] = record
        elif record.camera is not camera and record.camera != camera:
            record.camera = camera
            if record.phase is not Phase.IDLE:
                self.close(record)
        return record

    def open(self, record: StreamRecord, now: float) -> None:
        """Start connecting, unless that is under way."""
        if record.phase is Phase.IDLE:
            record.phase = Phase.WAITING
            self._gate.want(record.number, record.host, now)
            self._changed(record)

    def close(self, record: StreamRecord) -> None:
        """Disconnect; the record is forgotten once that is done, unless it is wanted again."""
        if record.phase in (Phase.OPENING, Phase.OPEN) and record.connection:
            record.phase = Phase.CLOSING
            self._gate.forget(record.number)
            self._pool.send(record.worker, CloseStream(record.connection))
        elif record.phase is not Phase.CLOSING:
            self._gate.forget(record.number)
            self._finish(record)

    def apply_views(self, record: StreamRecord, dropped: list[SlotSpace]) -> None:
        """Tell the worker what ``record.views`` and its effort are now; ``dropped`` slots are
        free as soon as it has understood."""
        if not record.connection:
            for space in dropped:
                self._freed(space)
            return
        record.version += 1
        if dropped:
            record.retired.append(RetiredSlots(record.version, dropped))
        views = list(record.views.values())
        command = SetViews(
            record.connection, record.version, views, int(record.effort), dict(record.holds)
        )
        self._pool.send(record.worker, command)

    def set_hold(self, record: StreamRecord, slot: int, hold_us: int) -> None:
        """Let the pictures of one of its slots wait so long."""
        record.holds[slot] = hold_us
        if record.connection:
            self._pool.send(record.worker, SetHold(record.connection, slot, hold_us))

    def replay(self, record: StreamRecord, slot: int, command: ReplayCommand | None) -> None:
        """Play the ring into one of its slots, or what is live again."""
        if not record.connection:
            return
        wish = LookBack(record.connection, slot, None)
        if command is not None:
            wish = LookBack(
                record.connection,
                slot,
                command.moment.utc_us,
                command.moment.by_camera,
                command.speed,
                command.since,
                command.step,
            )
        self._pool.send(record.worker, wish)

    def cut_still(
        self, record: StreamRecord, moment: Moment, width: int, answer: StillAnswer
    ) -> None:
        """Ask for the picture of that moment; ``None`` is answered where there is no ring."""
        if not record.is_connected:
            self._stills.refuse(answer)
            return
        request = self._stills.ask(record.connection, answer)
        command = CutStill(record.connection, request, moment.utc_us, moment.by_camera, width)
        self._pool.send(record.worker, command)

    def hurry(self, record: StreamRecord, now: float) -> None:
        """Somebody asked for it now."""
        self._gate.hurry(record.number, now)
        record.retry_at = self._gate.retry_at(record.number)

    def open_due(self, now: float) -> None:
        """Open what may be opened now; call it often."""

        def rank(number: int) -> int:
            return 0 if self._by_number[number].views else 1

        self._places.fill_due(now)
        if not self._places.are_open:
            return
        for number in self._gate.due(now, rank):
            record = self._by_number[number]
            record.phase = Phase.OPENING
            self._authorise(record)

    # --- reports of the pool ---------------------------------------------------------------

    def on_report(self, worker: int, report: Report) -> None:
        match report:
            case Heartbeat():
                self._on_heartbeat(worker, report)
            case Opened():
                self._on_opened(report)
            case ViewsApplied():
                self._on_applied(report)
            case Ended():
                self._on_ended(report)
            case Still():
                self._stills.on_still(report)
            case ClipReport():
                self._clips.on_report(report)
            case PictureHealth():
                self._on_health(report)
            case WorkerReady():
                _log.info(
                    "Worker %d: %s; libVLC: %s", worker, report.decoder, report.vlc or "usable"
                )

    def on_worker_lost(self, worker: int, loss: WorkerLoss, detail: str) -> None:
        now = time.monotonic()
        self.restarts += 1
        self.heartbeats.pop(worker, None)
        self._clips.lose(worker)
        hit = [r for r in self._by_connection.values() if r.worker == worker]
        _log.warning(
            "Worker %d %s (%s): %d streams open again", worker, loss.value, detail, len(hit)
        )
        verdicts = self._places.lose(worker, self._suspects(worker, hit), now)
        reason = Reason.WORKER_HUNG if loss is WorkerLoss.HUNG else Reason.WORKER_CRASHED
        for record in hit:
            verdict = verdicts.get(record.number, Verdict.FREE)
            guilty = verdict is Verdict.GIVE_UP
            self._lost(record, Reason.CRASHES_DECODER if guilty else reason, detail, now)
            if verdict is Verdict.FREE:
                self.hurry(record, now)

    def _suspects(self, worker: int, hit: list[StreamRecord]) -> list[StreamRecord]:
        """The streams that were inside native code, or the one that was stuck."""
        stuck = self._stuck.pop(worker, None)
        busy = self._memory.busy_word
        suspects = [stuck] if stuck else [r for r in hit if busy[r.number]]
        for record in hit:
            busy[record.number] = 0
        return suspects

    def _on_heartbeat(self, worker: int, heartbeat: Heartbeat) -> None:
        self.heartbeats[worker] = heartbeat
        now = time.monotonic()
        for figures in heartbeat.streams:
            record = self._by_connection.get(figures.stream)
            if record is None:
                continue
            moved = record.figures is None or figures.packets > record.figures.packets
            if moved and figures.packets:
                was = record.status(now).state
                record.moving_at = now
                if was is not record.status(now).state:
                    self._changed(record)
            record.figures = figures
            if figures.stuck_s > STUCK_S and worker not in self._stuck:
                self._stuck[worker] = record
                self._pool.end_worker(worker, kill=True)

    def _on_opened(self, report: Opened) -> None:
        record = self._by_connection.get(report.stream)
        if record is None or record.phase is not Phase.OPENING:
            return
        now = time.monotonic()
        record.phase = Phase.OPEN
        record.opened_at = now
        record.retry_at = None
        record.width, record.height = report.width, report.height
        record.codec, record.engine = report.codec, report.engine
        self._gate.opened(record.number, now)
        if record.attempts:
            _log.info("%s is back after %d attempts", record.id, record.attempts)
        self._changed(record)

    def _on_applied(self, report: ViewsApplied) -> None:
        record = self._by_connection.get(report.stream)
        if record is None:
            return
        done = [retired for retired in record.retired if retired.version <= report.version]
        record.retired = [r for r in record.retired if r.version > report.version]
        for retired in done:
            self._free(retired)

    def _on_health(self, report: PictureHealth) -> None:
        record = self._by_connection.get(report.stream)
        if record is not None:
            record.faults = tuple(PictureFault(fault) for fault in report.faults)
            self._changed(record)

    def _on_ended(self, report: Ended) -> None:
        record = self._by_connection.get(report.stream)
        if record is None:
            return
        if record.phase is Phase.CLOSING:
            self._disconnect(record)
            if record.is_wanted:
                record.phase = Phase.IDLE
                self.open(record, time.monotonic())
            else:
                self._finish(record)
        else:
            self._lost(record, Reason(report.reason), redact(report.detail), time.monotonic())

    # --- connecting ------------------------------------------------------------------------

    def _authorise(self, record: StreamRecord) -> None:
        name = record.camera.credential
        if name is None:
            self._connect(record, None)
        else:
            self._logins.ask(name, lambda answer: self._on_login(record, answer))

    def _on_login(self, record: StreamRecord, answer: LoginAnswer) -> None:
        if record.phase is not Phase.OPENING or record.connection:
            return
        if answer.login is None:
            self._lost(record, answer.reason, answer.detail, time.monotonic())
            return
        SECRETS.add(answer.login.password, answer.login.user)
        self._connect(record, answer.login)

    def _connect(self, record: StreamRecord, login: Login | None) -> None:
        camera = record.camera
        url = camera.url(record.id.kind)
        if login is not None:
            url = with_credentials(url, login.user, login.password)
        record.worker = self._places.choose(record.id, self._by_connection.values())
        record.connection = next(self._numbers)
        record.version = 0
        record.figures = None
        self._by_connection[record.connection] = record
        self._pool.send(
            record.worker,
            OpenStream(
                record.connection,
                record.number,
                camera.code,
                record.id.kind.value,
                url,
                transport=camera.attributes.get("transport", self._settings.transport),
                engine=camera.attributes.get("engine", "auto"),
                ca_file=camera.attributes.get("ca_file", ""),
                open_timeout_s=self._settings.open_timeout_s,
                read_timeout_s=self._settings.read_timeout_s,
                ring_seconds=self._settings.ring_seconds,
                ring_bytes=self._settings.ring_bytes,
                ring_worker_bytes=self._settings.ring_total_bytes // self._settings.workers,
                has_sound=camera.has_sound(otherwise=self._settings.sound),
            ),
        )
        self.apply_views(record, [])

    def _lost(self, record: StreamRecord, reason: Reason, detail: str, now: float) -> None:
        closing = record.phase is Phase.CLOSING
        settled = record.phase is Phase.OPEN and now - record.opened_at >= SETTLED_S
        if record.phase is Phase.OPEN:
            record.reconnects += 1
        self._disconnect(record)
        if closing or not record.is_wanted:
            self._gate.forget(record.number)
            self._finish(record)
            return
        if settled or record.failing_since is None:
            record.attempts = 0
            record.failing_since = now
        record.attempts += 1
        if record.attempts == 1 or reason is not record.reason:
            _log.warning("%s is lost: %s (%s)", record.id, reason.value, detail)
        record.reason, record.detail = reason, detail
        record.phase = Phase.WAITING
        record.retry_at = self._gate.failed(
            record.number, record.host, now, reason, record.attempts
        )
        self._changed(record)

    def settle(self, record: StreamRecord) -> None:
        """The stream has shown pictures for a while: its failures are history."""
        if record.attempts:
            record.attempts = 0
            record.failing_since = None
            record.reason, record.detail = Reason.NONE, ""
            self._changed(record)

    def _disconnect(self, record: StreamRecord) -> None:
        """Its worker no longer knows the connection, so nothing is written any more."""
        self._by_connection.pop(record.connection, None)
        self._stills.lose(record.connection)
        record.connection = 0
        record.figures = None
        record.faults = ()
        record.moving_at = float("-inf")
        for retired in record.retired:
            self._free(retired)
        record.retired.clear()

    def _finish(self, record: StreamRecord) -> None:
        """Forget a stream that nobody wants, or start afresh with one that somebody does."""
        self._disconnect(record)
        record.phase = Phase.IDLE
        record.reason, record.detail = Reason.NONE, ""
        record.attempts = 0
        record.failing_since = record.retry_at = None
        if record.is_wanted:
            self.open(record, time.monotonic())
            return
        self.records.pop(record.id, None)
        self._by_number.pop(record.number, None)
        self._rows.append(record.number)
        self._places.forget(record.id)
        self._changed(record)

    def _free(self, retired: RetiredSlots) -> None:
        for space in retired.spaces:
            self._freed(space)
