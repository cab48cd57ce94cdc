"""Which camera crashes workers, and what is shed under load."""

from app.domain.stream import Effort
from app.video.blame import CrashLedger, Verdict
from app.video.load import LoadSample, LoadShedder, TileLoad

BUSY = LoadSample(0.97, 1.2)
CALM = LoadSample(0.30, 0.05)
TILES = {
    "small": TileLoad(100, can_change_to_sub=True),
    "middle": TileLoad(400, can_change_to_sub=True),
    "large": TileLoad(900, can_change_to_sub=False),
}


def test_three_crashes_in_five_minutes_isolate_a_camera_then_give_it_up() -> None:
    ledger = CrashLedger()
    verdicts = [ledger.suspect("cam", at) for at in (0, 100, 200, 210, 220, 230)]
    assert verdicts[:2] == [Verdict.FREE, Verdict.FREE]
    assert verdicts[2:5] == [Verdict.ISOLATE] * 3
    assert verdicts[5] is Verdict.GIVE_UP


def test_crashes_long_ago_are_forgiven() -> None:
    ledger = CrashLedger()
    assert {ledger.suspect("cam", at) for at in (0, 200, 400, 600, 800)} == {Verdict.FREE}


def test_cameras_are_blamed_apart() -> None:
    ledger = CrashLedger()
    for at in range(3):
        ledger.suspect("bad", at)
    assert ledger.verdict("bad") is Verdict.ISOLATE
    assert ledger.verdict("good") is Verdict.FREE


def efforts(shedder: LoadShedder) -> tuple[Effort, ...]:
    return tuple(shedder.effort(name) for name in TILES)


def test_sheds_in_order_and_smallest_tiles_first() -> None:
    shedder = LoadShedder()
    seen = []
    for second in range(0, 40, 2):
        shedder.look(BUSY, TILES, float(second))
        seen.append(efforts(shedder))
    full, loop, sub, keys = Effort
    assert seen[0] == (loop, full, full)
    assert seen[2] == (loop, loop, loop)
    assert seen[3] == (sub, loop, loop)
    assert seen[4] == (sub, sub, loop)
    assert seen[5] == (keys, sub, loop)
    assert seen[-1] == (keys, keys, keys)


def test_late_pictures_on_an_idle_machine_are_not_our_load() -> None:
    shedder = LoadShedder()
    assert not any(shedder.look(LoadSample(0.4, 3.0), TILES, float(s)) for s in range(60))


def test_comes_back_when_there_is_room_largest_first() -> None:
    shedder = LoadShedder()
    for second in range(0, 40, 2):
        shedder.look(BUSY, TILES, float(second))
    changes = [
        efforts(shedder) for second in range(40, 300) if shedder.look(CALM, TILES, float(second))
    ]
    assert changes[0] == (Effort.KEY_FRAMES, Effort.KEY_FRAMES, Effort.SUB_ONLY)
    assert changes[-1] == (Effort.FULL, Effort.FULL, Effort.FULL)


def test_is_more_patient_after_shedding_again() -> None:
    shedder = LoadShedder()
    shedder.look(BUSY, TILES, 0.0)
    first = next(s for s in range(1, 100) if shedder.look(CALM, TILES, float(s)))
    shedder.look(BUSY, TILES, first + 3.0)
    calm_from = first + 4
    second = next(s for s in range(calm_from, 200) if shedder.look(CALM, TILES, float(s)))
    assert second - calm_from > first - 1
