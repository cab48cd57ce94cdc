"""Named grids of cells, and where each tile lies on a screen in device pixels."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NewType

from app.domain.geometry import Rect, Size

LayoutName = NewType("LayoutName", str)
"""``16``, ``1+5`` or rows x columns as in ``3x5``."""

LARGEST_SIDE = 8
_GAP = 2.0
_STRIP_LEAST = 15.0
_STRIP_MOST = 28.0
_ROWS_BY_COLUMNS = re.compile(r"([1-9])\s*[xX×]\s*([1-9])")


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in the grid, in grid units."""

    column: int
    row: int
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """A grid and the cells that cover it completely, largest first, then in reading order."""

    name: LayoutName
    columns: int
    rows: int
    cells: tuple[Cell, ...]

    def __len__(self) -> int:
        return len(self.cells)


@dataclass(frozen=True, slots=True)
class TilePlace:
    """Where a tile lies, in device pixels: the picture's room and, below it, the furniture."""

    frame: Rect
    picture: Rect
    strip: Rect


class UnknownLayoutError(ValueError):
    """The text names no layout."""


def _grid(name: str, rows: int, columns: int) -> Layout:
    cells = tuple(Cell(column, row) for row in range(rows) for column in range(columns))
    return Layout(LayoutName(name), columns, rows, cells)


def _spotlight(name: str, side: int, large: tuple[Cell, ...]) -> Layout:
    """A grid of ``side`` by ``side`` in which the cells not under ``large`` are small."""
    taken = {
        (cell.column + x, cell.row + y)
        for cell in large
        for x in range(cell.columns)
        for y in range(cell.rows)
    }
    small = (
        Cell(column, row)
        for row in range(side)
        for column in range(side)
        if (column, row) not in taken
    )
    return Layout(LayoutName(name), side, side, (*large, *small))


def _named() -> dict[LayoutName, Layout]:
    layouts = [_grid(str(side * side), side, side) for side in range(1, LARGEST_SIDE + 1)]
    layouts += [
        _spotlight("1+5", 3, (Cell(0, 0, 2, 2),)),
        _spotlight("1+7", 4, (Cell(0, 0, 3, 3),)),
        _spotlight("2+8", 4, (Cell(0, 0, 2, 2), Cell(2, 0, 2, 2))),
        _spotlight("1+12", 4, (Cell(1, 1, 2, 2),)),
    ]
    return {layout.name: layout for layout in layouts}


_LAYOUTS = _named()
LAYOUT_NAMES: tuple[LayoutName, ...] = tuple(_LAYOUTS)
"""The layouts that have a name, in the order in which they are offered."""


@lru_cache(maxsize=128)
def layout(name: str) -> Layout:
    """The layout called ``name``; raises ``UnknownLayoutError`` where there is none."""
    wanted = name.strip().replace(" ", "")
    found = _LAYOUTS.get(LayoutName(wanted))
    if found is not None:
        return found
    match = _ROWS_BY_COLUMNS.fullmatch(wanted)
    if match is None:
        raise UnknownLayoutError(name)
    rows, columns = int(match[1]), int(match[2])
    if rows > LARGEST_SIDE or columns > LARGEST_SIDE:
        raise UnknownLayoutError(name)
    if rows == columns:
        return _LAYOUTS[LayoutName(str(rows * columns))]
    return _grid(f"{rows}x{columns}", rows, columns)


def side_by_side(count: int, screen: Size) -> Layout:
    """The grid in which so many pictures of one importance, 16:9 as most are, become the largest
    on a screen; at the most that of ``LARGEST_SIDE``."""
    count = min(max(count, 1), LARGEST_SIDE * LARGEST_SIDE)
    sides = range(1, LARGEST_SIDE + 1)
    grids = [(rows, columns) for rows in sides for columns in sides if rows * columns >= count]

    def rank(grid: tuple[int, int]) -> tuple[float, int, int]:
        rows, columns = grid
        width = min(screen.width / columns, screen.height / rows * 16 / 9)
        # On a screen of that very shape two are as large above as beside each other.
        return round(width), -rows * columns, columns

    rows, columns = max(grids, key=rank)
    return layout(f"{rows}x{columns}")


def gap_px(scale: float) -> int:
    """Device pixels between two tiles."""
    return max(1, round(_GAP * scale))


def strip_height_px(tile_height_px: int, scale: float) -> int:
    """Device pixels of furniture for a tile of this height: less where tiles are small."""
    points = tile_height_px / scale
    wanted = min(_STRIP_MOST, max(_STRIP_LEAST, 12 + points / 30))
    return min(tile_height_px // 3, round(wanted * scale))


def places(of: Layout, screen: Size, scale: float) -> tuple[TilePlace, ...]:
    """The place of every cell on a screen of ``screen`` device pixels at ``scale`` (1.0 = 100 %).

    Tiles lie exactly ``gap_px(scale)`` apart and as far from the edges of the screen, which leaves
    room for the frame of the selected one; a single tile takes the whole screen. The sizes of
    equal cells differ by one pixel at most; all strips of one size of cell have one height.
    """
    gap = gap_px(scale)
    if len(of) == 1:
        return (_split(Rect(0, 0, screen.width, screen.height), screen.height, scale),)
    across = _edges(of.columns, screen.width, gap)
    down = _edges(of.rows, screen.height, gap)
    return tuple(_place(cell, across, down, gap, scale) for cell in of.cells)


def whole_screen(screen: Size, scale: float) -> TilePlace:
    """The place of a tile enlarged to the whole screen."""
    return places(layout("1"), screen, scale)[0]


def _edges(count: int, extent: int, gap: int) -> list[int]:
    """Where each grid unit begins; the last entry is the screen's far edge."""
    return [gap + round(i * (extent - gap) / count) for i in range(count + 1)]


def _place(cell: Cell, across: list[int], down: list[int], gap: int, scale: float) -> TilePlace:
    x, y = across[cell.column], down[cell.row]
    width = max(1, across[cell.column + cell.columns] - gap - x)
    height = max(2, down[cell.row + cell.rows] - gap - y)
    # From the grid, not from this cell: a pixel more or less must not show as an uneven strip.
    usual = (down[-1] - gap) * cell.rows // (len(down) - 1) - gap
    return _split(Rect(x, y, width, height), usual, scale)


def _split(frame: Rect, usual_height: int, scale: float) -> TilePlace:
    strip = min(frame.height - 1, strip_height_px(max(2, usual_height), scale))
    rest = frame.height - strip
    return TilePlace(
        frame,
        Rect(frame.x, frame.y, frame.width, rest),
        Rect(frame.x, frame.y + rest, frame.width, strip),
    )
