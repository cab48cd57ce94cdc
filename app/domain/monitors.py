"""Which monitor each screen of the wall is on, also when monitors come and go."""

from collections.abc import Mapping, Sequence

from app.domain.geometry import Rect


def wanted_screens(monitors: int, *, has_console: bool) -> int:
    """One screen a monitor, but for the one the console is on; at least one."""
    return max(1, monitors - 1 if has_console else monitors)


def homes(screens: int, monitors: Sequence[str], console: str | None) -> Mapping[int, str]:
    """The monitor that each screen belongs to, when all is plugged in.

    Screens fill the monitors in order, the console's last; more screens than monitors share.
    """
    order = [name for name in monitors if name != console]
    order += [name for name in monitors if name == console]
    if not order:
        return {}
    return {screen: order[screen % len(order)] for screen in range(screens)}


def assigned(home: Mapping[int, str], present: Sequence[str]) -> Mapping[int, str]:
    """The monitor that each screen is on now: its home, else the one with the fewest screens."""
    if not present:
        return {}
    found = {screen: name for screen, name in home.items() if name in present}
    for screen in home:
        if screen not in found:
            used = list(found.values())
            found[screen] = min(present, key=used.count)
    return found


def shared_out(monitor: Rect, screens: int) -> Sequence[Rect]:
    """Parts of a monitor for screens that have to share it, as near to 16:9 as can be."""
    if screens < 1:
        return []

    def picture_area(columns: int) -> int:
        rows = -(-screens // columns)
        return min(monitor.width // columns * 9, monitor.height // rows * 16)

    columns = max(range(screens, 0, -1), key=picture_area)
    rows = -(-screens // columns)
    return [
        Rect(
            monitor.x + number % columns * monitor.width // columns,
            monitor.y + number // columns * monitor.height // rows,
            monitor.width // columns,
            monitor.height // rows,
        )
        for number in range(screens)
    ]


def beside(monitor: Rect, taken: Rect) -> Rect:
    """The wider part of a monitor to the left or right of what is taken; all where nothing is."""
    left = max(monitor.x, taken.x)
    right = min(monitor.x + monitor.width, taken.x + taken.width)
    over = min(monitor.y + monitor.height, taken.y + taken.height) - max(monitor.y, taken.y)
    if left >= right or over <= 0:
        return monitor
    before, after = left - monitor.x, monitor.x + monitor.width - right
    if max(before, after) * 4 < monitor.width:  # a console over most of it leaves no room to give
        return monitor
    if before >= after:
        return Rect(monitor.x, monitor.y, before, monitor.height)
    return Rect(right, monitor.y, after, monitor.height)
