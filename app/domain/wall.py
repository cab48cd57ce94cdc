"""Pages of a district and what lies in each cell of one of them."""

from collections.abc import Mapping, Sequence

from app.domain.camera import CameraCode
from app.domain.layout import Layout


def page_count(cameras: int, cells: int) -> int:
    """How many screenfuls the cameras fill; an empty district has one empty page."""
    return max(1, -(-cameras // cells))


def turned(page: int, delta: int, pages: int) -> int:
    """The page ``delta`` further on; after the last comes the first."""
    return (page + delta) % pages


def page_of(index: int, cells: int) -> tuple[int, int]:
    """The page and the cell in which the camera number ``index`` of a district lies."""
    return index // cells, index % cells


def page_cameras(
    cameras: Sequence[CameraCode], page: int, cells: int
) -> tuple[CameraCode | None, ...]:
    """The camera of each cell on ``page``; ``None`` where the district has no more."""
    shown: list[CameraCode | None] = list(cameras[page * cells : (page + 1) * cells])
    return (*shown, *[None] * (cells - len(shown)))


def with_overrides(
    cells: Sequence[CameraCode | None], overrides: Mapping[int, CameraCode]
) -> tuple[CameraCode | None, ...]:
    """The page with the called-up cameras in their cells."""
    return tuple(overrides.get(cell, camera) for cell, camera in enumerate(cells))


def neighbour(of: Layout, cell: int, dx: int, dy: int) -> int:
    """The cell one step right (``dx`` = 1), left, down or up; the same at the edge of the grid.

    Among the cells on that side it is the one that shares the most of the edge, then the first.
    """
    here = of.cells[cell]
    best, best_rank = cell, (0, 0)
    for number, there in enumerate(of.cells):
        if dx:
            shared = _overlap(here.row, here.rows, there.row, there.rows)
            touches = _touches(here.column, here.columns, there.column, there.columns, dx)
        else:
            shared = _overlap(here.column, here.columns, there.column, there.columns)
            touches = _touches(here.row, here.rows, there.row, there.rows, dy)
        rank = (shared, -number)
        if touches and shared and (best == cell or rank > best_rank):
            best, best_rank = number, rank
    return best


def neighbouring_pages(page: int, pages: int, reach: int) -> tuple[int, ...]:
    """The pages that an operator can turn to in ``reach`` steps: next first, nearest first."""
    near: list[int] = []
    for step in range(1, reach + 1):
        for other in (turned(page, step, pages), turned(page, -step, pages)):
            if other != page and other not in near:
                near.append(other)
    return tuple(near)


def _overlap(start: int, length: int, other: int, other_length: int) -> int:
    return max(0, min(start + length, other + other_length) - max(start, other))


def _touches(start: int, length: int, other: int, other_length: int, direction: int) -> bool:
    if direction > 0:
        return other == start + length
    return other + other_length == start
