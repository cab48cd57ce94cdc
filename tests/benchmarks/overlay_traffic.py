"""What a message costs from the network to the timeline, and what a burst leaves behind."""

from collections.abc import Iterator

from tests.benchmarks.overlay_messages import MessageCost, burst, message_cost
from tests.benchmarks.overlay_parsing import parsing_costs
from tests.benchmarks.results import Result, at_least, at_most, for_comparison

_BARS_US = {"onvif-json": 60.0, "onvif-xml": 120.0}
_MOST_GROWTH_MB = 15.0
"""Queues are bounded by count, so they may fill; the allocator's slack is in it too."""
_BACK_S = 2.0


def traffic_results(*, quick: bool) -> Iterator[Result]:
    """200 cameras x 10 messages/s x 5 objects over MQTT 5 and TLS, then ten times that."""
    for adapter, bar in _BARS_US.items():
        cost = message_cost(adapter, 3.0 if quick else 6.0)
        yield at_most(f"CPU per message, {adapter}", cost.total_us, bar, "us", _about(cost))
        if adapter == "onvif-json":
            arrived = 100 * cost.frames / max(1, cost.messages)
            yield at_least("of them in the timelines", arrived, 99, "%", f"{cost.dropped} dropped")
    for parsing in parsing_costs():
        about = f"{parsing.size} bytes, best {parsing.best_us:.0f} us"
        yield for_comparison(f"reading alone, {parsing.name}", parsing.median_us, "us", about)
    found = burst(5.0 if quick else 10.0)
    about = f"{found.offered} offered, {found.messages} came, {found.dropped} dropped and counted"
    yield at_most("memory after a ten-fold burst", found.growth_mb, _MOST_GROWTH_MB, "MB", about)
    yield at_most("burst over to boxes in time", found.recovered_s, _BACK_S, "s", "")


def _about(cost: MessageCost) -> str:
    parts = f"process {cost.process_us:.0f} + link and timeline {cost.link_us:.0f}"
    return f"{parts}; {cost.messages} messages of 5 objects"
