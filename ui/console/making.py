"""Builds the console from the services it uses."""

from app.bootstrap import Services
from app.services.health import HealthWatch
from app.services.live_counts import LiveCounts
from app.services.wall import WallService
from ui.binding import bind
from ui.clips.making import make_storage
from ui.console.boxes_panel import BoxesPanel
from ui.console.camera_panel import CameraPanel
from ui.console.console_window import ConsoleWindow
from ui.console.status_line import StatusLine
from ui.notices.banner import NoticeBanner
from ui.wall_windows import ProgramWindows


def make_console(services: Services, wall: WallService, windows: ProgramWindows) -> ConsoleWindow:
    """The console, not shown yet."""
    registry, engine = services.registry, services.engine
    counts = LiveCounts(engine.camera_status, registry.camera, engine.camera_faults)
    limit = services.settings.console.search_results
    cameras = CameraPanel(registry, counts, lambda text: registry.search(text, limit))
    cameras.camera_chosen.connect(lambda code: wall.place(code, wall.focused))
    cameras.district_chosen.connect(lambda code: wall.set_district(wall.focused, code))
    cameras.left.connect(windows.focus_wall)
    bind(cameras, engine.status_changed, counts.update)
    counts.update(key.camera for key in engine.records)

    def follow(_screen: int = 0) -> None:
        if wall.screens:
            screen = wall.screen(wall.focused)
            tile = next((tile for tile in screen.tiles if tile.cell == screen.selected), None)
            district = None if screen.district is None else screen.district.code
            cameras.follow(district, None if tile is None else tile.camera)

    bind(cameras, wall.changed, follow)
    bind(cameras, registry.changed, lambda _nothing: cameras.follow_again())
    follow()
    console = ConsoleWindow(
        cameras, NoticeBanner(services.notices), StatusLine(HealthWatch(engine)), windows.router
    )
    if windows.events is not None:
        console.add_page(windows.events.make_panel(), console.tr("Events"), "event")
    if windows.bookmarks is not None and windows.bookmarks.page is not None:
        console.add_page(windows.bookmarks.page.make_panel(), console.tr("Bookmarks"), "bookmark")
    if windows.review is not None:
        console.add_page(windows.review.make_panel(), console.tr("Review"), "review")
    if windows.incidents is not None:
        console.add_page(windows.incidents.make_panel(), console.tr("Incidents"), "note")
    if windows.overlays is not None:
        boxes = BoxesPanel(windows.overlays, services.analytics)
        boxes.left.connect(windows.focus_wall)
        bind(boxes, wall.changed, lambda _screen: boxes.follow(wall.focused))
        console.add_page(boxes, console.tr("Boxes"), "box")
    console.add_page(make_storage(services.clips, windows), console.tr("Storage"), "storage")
    return console
