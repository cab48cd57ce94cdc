"""Files for spreadsheets and programs."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from app.domain.bookmark import Bookmark, DrawnBox
from app.domain.detection import Box
from app.domain.record_filters import BookmarkFilter, RecordOrder
from app.services.bookmark_export import ExportForm, csv_text, json_text
from tests.fakes.bookmark_desk import BookmarkDesk


def rows(bookmarks: list[Bookmark]) -> list[dict[str, str]]:
    text = "".join(csv_text([bookmarks]))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


@pytest.mark.parametrize("title", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(desk: BookmarkDesk, title: str) -> None:
    (row,) = rows([replace(desk.mark(), title=title, tags=("=a",))])
    assert row["title"] == f"'{title}"
    assert row["tags"] == "'=a"


def test_numbers_stay_numbers(desk: BookmarkDesk) -> None:
    (row,) = rows([desk.mark()])
    assert row["offset_us"] == "-2000000"


def test_what_a_row_says(desk: BookmarkDesk) -> None:
    box = DrawnBox(Box(0.1, 0.2, 0.3, 0.4), "person", 0.9, "17")
    made = replace(desk.mark(), title='سفید "گاڑی"', tags=("car", "gate"), drawn=(box,))
    (row,) = rows([made])
    assert (row["title"], row["tags"]) == ('سفید "گاڑی"', "car, gate")
    assert row["start"] == "2026-09-21T14:13:19.900+00:00"
    assert (row["operator"], row["workstation"], row["clip"]) == ("Gul", "desk-3", str(made.clip))
    assert '"person"' in row["drawn"]


def test_json_has_every_field_and_can_be_read_back(desk: BookmarkDesk) -> None:
    made = desk.mark()
    read = msgspec.json.decode("".join(json_text([[made], [made]])))
    assert read["form"] == "nigehban-bookmarks-1"
    assert [each["id"] for each in read["bookmarks"]] == [str(made.id)] * 2
    assert msgspec.json.decode("".join(json_text([])))["bookmarks"] == []


@pytest.mark.parametrize("form", ExportForm)
def test_what_a_list_shows_is_written(
    desk: BookmarkDesk, form: ExportForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.bookmarks._PORTION", 2)
    made = [desk.mark() for _ in range(5)]
    desk.service.change(made[2], desk.answers.append, tags=["other"])
    desk.settle()
    files: list[Path] = []
    wanted = BookmarkFilter(tags=frozenset({"other"}))
    for each in (BookmarkFilter(), wanted):
        desk.service.export(each, RecordOrder.NEWEST, form, files.append, pytest.fail)
        desk.settle()
    assert [str(each.id) in files[0].read_text() for each in made] == [True] * 5
    assert [str(each.id) in files[1].read_text() for each in made].count(True) == 1
    assert files[0] != files[1]


def test_a_disk_that_refuses_is_a_sentence(desk: BookmarkDesk) -> None:
    (desk.folder / "exports").write_text("not a folder")
    said: list[str] = []
    desk.service.export(
        BookmarkFilter(), RecordOrder.NEWEST, ExportForm.CSV, lambda _file: None, said.append
    )
    desk.settle()
    assert said == ["The file was not written: File exists"]
