"""What one screen of the wall shows, computed from its state and the registry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.camera import CallUp, Camera, CameraCode, District, DistrictCode
from app.domain.geometry import WHOLE, Crop, Rect, Size
from app.domain.layout import Layout, LayoutName, layout, places, whole_screen
from app.domain.wall import (
    neighbour,
    neighbouring_pages,
    page_cameras,
    page_count,
    page_of,
    turned,
    with_overrides,
)
from app.services.call_up import CallUpProblem
from app.video.engine_types import ViewKey, ViewSpec

DEFAULT_LAYOUT = "16"


class CameraDirectory(Protocol):
    """What the wall asks of the registry. Everything comes from memory."""

    def districts(self) -> Sequence[District]:
        """All districts by number."""

    def cameras_of(self, district: DistrictCode) -> Sequence[Camera]:
        """The cameras of the district by call-up number."""

    def camera(self, code: CameraCode) -> Camera | None: ...

    def called(self, number: CallUp) -> Camera | None: ...


def view_key(screen: int, cell: int, of: str = "") -> ViewKey:
    """The name of what a cell of a screen shows; ``of``: what lies over the operator's own tiles
    has other names than those."""
    return ViewKey(f"{screen}/{cell}{of and '/'}{of}")


def place_of(key: ViewKey) -> tuple[int, int]:
    """Screen and cell of a view."""
    screen, cell, *_of = key.split("/")
    return int(screen), int(cell)


@dataclass(frozen=True, slots=True)
class TileSnapshot:
    """One visible tile; the rectangles are device pixels of its screen."""

    cell: int
    key: ViewKey
    camera: Camera | None
    frame: Rect
    picture: Rect
    strip: Rect
    crop: Crop = WHOLE

    @property
    def zoom(self) -> float:
        return 1.0 / self.crop.width


@dataclass(frozen=True, slots=True)
class CallUpSnapshot:
    """The number that is being typed, its camera once there is one, or what is wrong."""

    text: str
    camera: Camera | None = None
    problem: CallUpProblem | None = None


@dataclass(frozen=True, slots=True)
class ScreenSnapshot:
    """One screen as it is to be painted; ``tiles`` is a single one while it is enlarged."""

    index: int
    size: Size
    scale: float
    layout: LayoutName
    district: District | None
    page: int
    pages: int
    selected: int
    enlarged: int | None
    has_focus: bool
    tiles: tuple[TileSnapshot, ...]
    call_up: CallUpSnapshot | None = None
    waiting: frozenset[ViewKey] = frozenset()
    """The views of the tiles that are there again once the screen, now borrowed, is given back."""

    def tile_at(self, x: float, y: float) -> TileSnapshot | None:
        """The tile at a device pixel; ``None`` in a gap."""
        return next((tile for tile in self.tiles if tile.frame.contains(x, y)), None)


@dataclass(slots=True)
class WallScreen:
    """The state of one screen and the rules by which it changes. Owner thread.

    A verb answers whether anything changed.
    """

    index: int
    directory: CameraDirectory
    size: Size
    scale: float
    layout: Layout = field(default_factory=lambda: layout(DEFAULT_LAYOUT))
    district: DistrictCode | None = None
    page: int = 0
    overrides: dict[int, CameraCode] = field(default_factory=dict)
    selected: int = 0
    enlarged: int | None = None
    crops: dict[int, Crop] = field(default_factory=dict)

    # --- what is shown -----------------------------------------------------------------------

    def cameras(self) -> tuple[CameraCode | None, ...]:
        """The camera of each cell."""
        return with_overrides(
            page_cameras(self._codes(), self.page, len(self.layout)), self.overrides
        )

    @property
    def pages(self) -> int:
        return page_count(len(self._codes()), len(self.layout))

    def snapshot(self, has_focus: bool, call_up: CallUpSnapshot | None) -> ScreenSnapshot:
        return ScreenSnapshot(
            self.index,
            self.size,
            self.scale,
            self.layout.name,
            self._district(),
            self.page,
            self.pages,
            self.selected,
            self.enlarged,
            has_focus,
            self._tiles(),
            call_up,
            self.waiting(),
        )

    def key(self, cell: int) -> ViewKey:
        """The name of what a cell shows."""
        return view_key(self.index, cell)

    def waiting(self) -> frozenset[ViewKey]:
        """The views that wait behind this screen."""
        return frozenset()

    def views(self) -> Mapping[ViewKey, ViewSpec]:
        """What the engine has to show here."""
        return {
            tile.key: ViewSpec(
                tile.camera.code,
                tile.picture.width,
                tile.picture.height,
                tile.crop,
                prefer_main=self.enlarged is not None or not tile.crop.is_whole,
            )
            for tile in self._tiles()
            if tile.camera is not None
        }

    def warm(self, reach: int) -> list[CameraCode]:
        """The cameras that an operator may want next, the likeliest first."""
        wanted: list[CameraCode | None] = []
        if self.enlarged is not None:
            wanted += self.cameras()
        codes = self._codes()
        for page in neighbouring_pages(self.page, self.pages, reach):
            wanted += page_cameras(codes, page, len(self.layout))
        return [code for code in wanted if code is not None]

    # --- verbs -------------------------------------------------------------------------------

    def set_layout(self, wanted: Layout) -> bool:
        """Choose the grid; the selected camera stays in sight where it is one of the page."""
        if wanted == self.layout and self.enlarged is None:
            return False
        chosen = self.cameras()[self.selected]
        codes = self._codes()
        index = codes.index(chosen) if chosen in codes else self.page * len(self.layout)
        self.layout = wanted
        self._begin_page()
        self.page, self.selected = page_of(index, len(wanted))
        self.adapt()
        return True

    def set_page(self, page: int) -> bool:
        pages = self.pages
        wanted = min(max(page, 0), pages - 1)
        if wanted == self.page and not self.overrides and self.enlarged is None:
            return False
        self._begin_page()
        self.page = wanted
        return True

    def turn_page(self, delta: int) -> bool:
        return self.set_page(turned(self.page, delta, self.pages))

    def set_district(self, code: DistrictCode) -> bool:
        if code == self.district or code not in [d.code for d in self.directory.districts()]:
            return False
        self._begin_page()
        self.district, self.page, self.selected = code, 0, 0
        return True

    def next_district(self, by: int) -> bool:
        codes = [district.code for district in self.directory.districts()]
        if not codes:
            return False
        at = codes.index(self.district) if self.district in codes else -1
        return self.set_district(codes[(at + by) % len(codes)])

    def select(self, cell: int) -> bool:
        if cell == self.selected or not 0 <= cell < len(self.layout):
            return False
        self.selected = cell
        if self.enlarged is not None:
            self.enlarged = cell
        return True

    def move_selection(self, dx: int, dy: int) -> bool:
        return self.select(neighbour(self.layout, self.selected, dx, dy))

    def toggle_enlarged(self, cell: int | None) -> bool:
        if self.enlarged is not None:
            self.enlarged = None
            return True
        wanted = self.selected if cell is None else cell
        if not 0 <= wanted < len(self.layout) or self.cameras()[wanted] is None:
            return False
        self.selected = self.enlarged = wanted
        return True

    def place(self, code: CameraCode, cell: int | None) -> bool:
        """Show the camera in a cell (the selected one by default) until the page changes."""
        wanted = self.selected if cell is None else cell
        if not 0 <= wanted < len(self.layout) or self.directory.camera(code) is None:
            return False
        self.selected = wanted
        if self.cameras()[wanted] != code:
            self.overrides[wanted] = code
            self.crops.pop(wanted, None)
        if self.enlarged is not None:
            self.enlarged = wanted
        return True

    def look(self, cell: int, change: Callable[[Crop], Crop]) -> bool:
        """Move or enlarge the part of the picture that a cell shows."""
        if not 0 <= cell < len(self.layout) or self.cameras()[cell] is None:
            return False
        before = self.crops.get(cell, WHOLE)
        after = change(before)
        if after.is_whole:
            self.crops.pop(cell, None)
        else:
            self.crops[cell] = after
        return after != before

    def adapt(self) -> None:
        """Bring the state back within what the registry and the layout hold now.

        A registry without districts takes nothing away: it may not have been read yet.
        """
        self.selected = min(max(self.selected, 0), len(self.layout) - 1)
        if self.enlarged is not None and not 0 <= self.enlarged < len(self.layout):
            self.enlarged = None
        codes = [district.code for district in self.directory.districts()]
        if not codes:
            return
        if self.district not in codes:
            # Screens that were told nothing show a district each, then its further pages.
            turn, place = divmod(self.index, len(codes))
            self.district = codes[place]
            self._begin_page()
            self.page = turn
        self.overrides = {
            cell: code
            for cell, code in self.overrides.items()
            if 0 <= cell < len(self.layout) and self.directory.camera(code) is not None
        }
        self.page = min(max(self.page, 0), self.pages - 1)
        shown = self.cameras()
        if self.enlarged is not None and shown[self.enlarged] is None:
            self.enlarged = None
        self.crops = {
            cell: crop
            for cell, crop in self.crops.items()
            if cell < len(shown) and shown[cell] is not None
        }

    # --- inside ------------------------------------------------------------------------------

    def _begin_page(self) -> None:
        """What belongs to the page that is left goes with it."""
        self.overrides.clear()
        self.crops.clear()
        self.enlarged = None

    def _codes(self) -> list[CameraCode]:
        if self.district is None:
            return []
        return [camera.code for camera in self.directory.cameras_of(self.district)]

    def _district(self) -> District | None:
        return next((d for d in self.directory.districts() if d.code == self.district), None)

    def _tiles(self) -> tuple[TileSnapshot, ...]:
        shown = self.cameras()
        if self.enlarged is None:
            cells = enumerate(places(self.layout, self.size, self.scale))
        else:
            cells = enumerate([whole_screen(self.size, self.scale)], self.enlarged)
        return tuple(
            TileSnapshot(
                cell,
                self.key(cell),
                self.directory.camera(code) if (code := shown[cell]) is not None else None,
                place.frame,
                place.picture,
                place.strip,
                self.crops.get(cell, WHOLE),
            )
            for cell, place in cells
        )
