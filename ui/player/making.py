"""Builds what the windows need to play clips from the services they use."""

from PySide6.QtCore import QObject

from app.bootstrap import Services
from app.services.clip_player import ClipPlayer
from app.services.wall import WallService
from app.video.player_link import PlayerLink
from ui.player.bookmarks import PlayerBookmarks
from ui.player.desk import PlayerDesk
from ui.player.keys import PlayerClips, PlayerReplay
from ui.player.strip_marks import StripMarks
from ui.wall_windows import ProgramWindows


def make_player(
    services: Services,
    wall: WallService,
    windows: ProgramWindows,
    player: ClipPlayer,
    link: PlayerLink,
    parent: QObject,
) -> PlayerDesk:
    """From now on clips, files and addresses can be opened, and the keys lead to them."""
    commands, clips = windows.commands, services.clips
    desk = PlayerDesk(
        player,
        wall,
        windows,
        clips.clips,
        clips.records,
        services.places.snapshots,
        StripMarks(services.bookmarks),
        link.warm,
        parent,
    )
    if commands.replay is not None:
        commands.replay = PlayerReplay(player, commands.replay, desk.say)
    if commands.clips is not None:
        commands.clips = PlayerClips(
            player, commands.clips, clips.snapshots, wall, windows.show_note
        )
    commands.player = windows.player = desk
    if windows.bookmarks is not None:
        commands.bookmarks = PlayerBookmarks(
            player, windows.bookmarks, services.registry.camera, wall, windows
        )
    if windows.bookmarks is not None and windows.bookmarks.page is not None:
        windows.bookmarks.page.play = desk.play
    if windows.incidents is not None:
        windows.incidents.play_clip = desk.play_clip
        windows.incidents.playing = player.playing
    return desk
