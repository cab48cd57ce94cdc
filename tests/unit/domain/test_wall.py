"""Pages of a district and steps from cell to cell."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.camera import CameraCode
from app.domain.layout import LAYOUT_NAMES, layout
from app.domain.wall import (
    neighbour,
    neighbouring_pages,
    page_cameras,
    page_count,
    page_of,
    turned,
    with_overrides,
)

CAMERAS = [CameraCode(f"C{number}") for number in range(10)]


@given(st.integers(0, 500), st.integers(1, 64))
def test_the_pages_show_every_camera_once_and_in_order(count: int, cells: int) -> None:
    cameras = [CameraCode(str(number)) for number in range(count)]
    pages = [page_cameras(cameras, page, cells) for page in range(page_count(count, cells))]
    assert all(len(page) == cells for page in pages)
    assert [code for page in pages for code in page if code is not None] == cameras


@given(st.integers(0, 500), st.integers(1, 64))
def test_a_camera_is_found_on_the_page_where_it_lies(index: int, cells: int) -> None:
    cameras = [CameraCode(str(number)) for number in range(501)]
    page, cell = page_of(index, cells)
    assert page_cameras(cameras, page, cells)[cell] == cameras[index]


def test_the_last_page_has_empty_cells() -> None:
    assert page_cameras(CAMERAS, 2, 4) == ("C8", "C9", None, None)


def test_an_empty_district_has_one_empty_page() -> None:
    assert page_count(0, 4) == 1
    assert page_cameras([], 0, 4) == (None, None, None, None)


def test_after_the_last_page_comes_the_first() -> None:
    assert turned(2, 1, 3) == 0
    assert turned(0, -1, 3) == 2


def test_a_called_up_camera_takes_its_cell() -> None:
    shown = with_overrides((CAMERAS[0], None), {1: CAMERAS[9]})
    assert shown == ("C0", "C9")


def test_the_pages_to_keep_warm_begin_with_the_next() -> None:
    assert neighbouring_pages(0, 5, 1) == (1, 4)
    assert neighbouring_pages(1, 3, 2) == (2, 0)
    assert neighbouring_pages(0, 2, 3) == (1,)
    assert neighbouring_pages(0, 1, 3) == ()


def test_a_step_goes_to_the_next_cell_of_a_grid() -> None:
    grid = layout("9")
    assert neighbour(grid, 4, 1, 0) == 5
    assert neighbour(grid, 4, -1, 0) == 3
    assert neighbour(grid, 4, 0, 1) == 7
    assert neighbour(grid, 4, 0, -1) == 1


def test_a_step_beyond_the_edge_stays() -> None:
    grid = layout("9")
    assert neighbour(grid, 0, -1, 0) == 0
    assert neighbour(grid, 8, 0, 1) == 8


def test_a_step_from_a_large_cell_reaches_the_first_that_touches_it() -> None:
    spotlight = layout("1+5")  # large one at the left top, two to its right, three below
    assert neighbour(spotlight, 0, 1, 0) == 1
    assert neighbour(spotlight, 0, 0, 1) == 3
    assert neighbour(spotlight, 2, -1, 0) == 0
    assert neighbour(spotlight, 4, 0, -1) == 0


@given(st.sampled_from(LAYOUT_NAMES))
def test_every_cell_can_be_reached_with_the_arrows(name: str) -> None:
    of = layout(name)
    reached, todo = {0}, [0]
    while todo:
        here = todo.pop()
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            there = neighbour(of, here, dx, dy)
            if there not in reached:
                reached.add(there)
                todo.append(there)
    assert reached == set(range(len(of)))
