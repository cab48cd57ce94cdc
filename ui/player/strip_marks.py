"""Where in a clip bookmarks are, for its strip."""

from collections.abc import Sequence

from app.domain.clip_record import Clip
from app.domain.record_filters import BookmarkFilter, RecordOrder
from app.services.bookmarks import BookmarkService


class StripMarks:
    """Asks for the bookmarks of one clip at a time. GUI thread; what is not read yet is missing."""

    def __init__(self, bookmarks: BookmarkService) -> None:
        self._list = bookmarks.open_list()

    def of(self, clip: Clip | None) -> Sequence[int]:
        """Microseconds from the beginning of the clip, of each bookmark within it."""
        if clip is None:
            return ()
        start_us, end_us = clip.start_us + clip.offset_us, clip.end_us + clip.offset_us
        self._list.show(
            BookmarkFilter(cameras=frozenset({clip.camera}), from_us=start_us, to_us=end_us),
            RecordOrder.OLDEST,
        )
        return [
            mark.start_us + mark.offset_us - start_us
            for mark in self._list.rows
            if mark.camera == clip.camera and start_us <= mark.start_us + mark.offset_us < end_us
        ]

    def close(self) -> None:
        self._list.close()
