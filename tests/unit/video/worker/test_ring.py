"""The last minute of a stream."""

from av.packet import Packet
from hypothesis import given
from hypothesis import strategies as st

from app.video.worker.clock import Stamp
from app.video.worker.ring import PacketRing, RingBudget
from app.video.worker.ring_entry import RingEntry

SECOND = 1_000_000


def entry(
    at_s: float, *, key: bool = False, size: int = 100, utc_s: float | None = None
) -> RingEntry:
    arrival = int(at_s * SECOND)
    utc = None if utc_s is None else int(utc_s * SECOND)
    return RingEntry(Packet(bytes(size)), key, Stamp(utc, 0, arrival), arrival, 0, size)


def fill(ring: PacketRing, seconds: int, *, gop: int = 10, size: int = 100) -> None:
    for number in range(seconds * 5):
        ring.append(entry(number / 5, key=number % gop == 0, size=size))


def everything(ring: PacketRing, since_us: int = 0, *, by_camera: bool = False) -> list[RingEntry]:
    """What the ring holds from the key frame before a moment on."""
    place = ring.key_before(since_us, by_camera=by_camera)
    return list(ring.since(place)) if place is not None else []


def test_begins_with_a_key_frame() -> None:
    ring = PacketRing(60, 10_000)
    ring.append(entry(0))
    assert ring.size == 0
    ring.append(entry(1, key=True))
    ring.append(entry(2))
    assert [e.is_key for e in ring.since_key()] == [True, False]
    assert ring.size == 200


def test_keeps_the_span_and_the_group_it_begins_in() -> None:
    ring = PacketRing(10, 10_000_000)
    fill(ring, 60)
    assert 10 <= ring.seconds <= 12.2
    kept = everything(ring)
    assert kept[0].is_key


def test_too_many_bytes_drop_the_oldest_groups() -> None:
    ring = PacketRing(60, 3_500)
    fill(ring, 20)
    assert ring.size <= 3_500
    assert everything(ring)[0].is_key


def test_a_group_that_is_too_large_alone_is_dropped_until_the_next_key_frame() -> None:
    ring = PacketRing(60, 1_000)
    ring.append(entry(0, key=True, size=800))
    ring.append(entry(1, size=300))
    assert ring.overflowed
    assert ring.size == 0
    assert not ring.since_key()
    ring.append(entry(2))
    assert ring.size == 0
    ring.append(entry(3, key=True))
    assert not ring.overflowed
    assert len(ring.since_key()) == 1


def test_rings_share_a_budget() -> None:
    budget = RingBudget(5_000)
    first, second = PacketRing(60, 10**9, budget), PacketRing(60, 10**9, budget)
    fill(first, 8)
    assert first.size == 4_000
    fill(second, 8)
    assert budget.used == first.size + second.size
    # The newcomer makes do with its newest group; nobody else's past is touched.
    assert second.size <= 1_000
    first.clear()
    second.clear()
    assert budget.used == 0


def test_looks_back_by_the_cameras_time_where_there_is_one() -> None:
    ring = PacketRing(60, 10**9)
    for number in range(6):
        ring.append(entry(number, key=number % 2 == 0, utc_s=100 + number))
    found = everything(ring, int(103.5 * SECOND), by_camera=True)
    assert found[0].stamp.utc_us == 102 * SECOND
    assert len(found) == 4


def test_reading_goes_on_where_packets_are_appended_and_dropped_meanwhile() -> None:
    ring = PacketRing(60, 10**9)
    ring.append(entry(0, key=True))
    place = ring.key_before(0)
    assert place is not None
    read: list[float] = []

    def read_on() -> None:
        nonlocal place
        while place is not None and (found := ring.read(place)) is not None:
            read.append(found[0].stamp.arrival_us / SECOND)
            place = found[1]

    read_on()
    ring.append(entry(1))
    ring.append(entry(2, key=True))
    read_on()
    assert read == [0, 1, 2]
    for number in range(3, 9):
        ring.append(entry(number, key=number % 2 == 0))
    short = PacketRing(3, 10**9)
    place = None
    for number in range(9):
        short.append(entry(number, key=number % 2 == 0))
        if number == 1:
            place = short.key_before(0)
    read.clear()
    ring = short
    read_on()
    # What it pointed to is gone: it goes on with the oldest key frame.
    assert read == [4, 5, 6, 7, 8]


@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 400)), max_size=80),
    st.integers(200, 2_000),
)
def test_never_larger_than_its_cap_and_always_decodable(
    packets: list[tuple[bool, int]], limit: int
) -> None:
    budget = RingBudget(10**9)
    ring = PacketRing(60, limit, budget)
    for number, (key, size) in enumerate(packets):
        ring.append(entry(number / 10, key=key, size=size))
        kept = everything(ring)
        assert ring.size <= limit
        assert ring.size == sum(e.size for e in kept) == budget.used
        assert not kept or kept[0].is_key
