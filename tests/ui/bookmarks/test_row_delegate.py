"""A row says where the picture of a bookmark lies that is not at hand."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from app.core.dispatch import ManualDispatcher
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.bookmark import Bookmark
from tests.fakes.event_desk import AtOnce
from tests.fakes.records import bookmark
from ui.bookmarks.row_delegate import HEIGHT, BookmarkRowDelegate
from ui.events.thumbnails import SIZE, ThumbnailCache
from ui.models.bookmark_list_model import BOOKMARK_ROLE

WIDTH = 400


class NoPictures:
    """The share is away."""

    def __init__(self) -> None:
        self.ready: Event[bytes] = Event("test.ready")

    def load(self, _key: bytes) -> bytes | None:
        return None


@pytest.fixture
def cache(qtbot: QtBot) -> ThumbnailCache:
    tasks = Tasks(AtOnce(), ManualDispatcher(), lambda error: pytest.fail(str(error)))
    return ThumbnailCache(NoPictures(), tasks)


def painted(cache: ThumbnailCache, made: Bookmark, workstation: str) -> QImage:
    """The place of the picture, as it is painted at a workstation."""
    model = QStandardItemModel()
    item = QStandardItem()
    item.setData(made, BOOKMARK_ROLE)
    model.appendRow(item)
    image = QImage(QSize(WIDTH, HEIGHT), QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, WIDTH, HEIGHT)
    painter = QPainter(image)
    BookmarkRowDelegate(cache, workstation, model).paint(painter, option, model.index(0, 0))
    painter.end()
    return image.copy(0, 0, SIZE.width(), HEIGHT)


def test_a_picture_of_another_workstation_is_named_by_it(cache: ThumbnailCache) -> None:
    made = bookmark()
    assert painted(cache, made, "desk-1") != painted(cache, made, made.author.workstation)


def test_a_bookmark_that_never_had_a_picture_names_nothing(cache: ThumbnailCache) -> None:
    made = replace(bookmark(), thumbnail="")
    assert painted(cache, made, "desk-1") == painted(cache, made, made.author.workstation)
