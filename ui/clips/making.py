"""Builds the console's page about what is kept from the services it uses."""

from app.services.clip_services import ClipServices
from ui.clips.storage_panel import StoragePanel
from ui.wall_windows import ProgramWindows


def make_storage(services: ClipServices, windows: ProgramWindows) -> StoragePanel:
    """The page, not shown yet."""
    panel = StoragePanel(services.clips, services.retention)
    panel.left.connect(windows.focus_wall)
    if windows.player is not None:
        panel.opened.connect(windows.player.play_stored)
    return panel
