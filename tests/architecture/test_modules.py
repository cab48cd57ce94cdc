"""Modules are about one thing: small, well named, with nothing put off."""

from __future__ import annotations

import ast
import re

from tests.architecture.sources import comments, python_files, relative

_LINE_LIMIT = 500
_NAMES_THAT_SAY_NOTHING = {
    "utils",
    "util",
    "manager",
    "helper",
    "helpers",
    "common",
    "misc",
    "base",
}
_SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b")
_SILENCED_WITH_REASON = re.compile(
    r"#\s*(?:noqa:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*|type:\s*ignore\[[a-z0-9, -]+\])[\s#:—-]+\S+"
)
_PUT_OFF = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")


def test_no_module_is_longer_than_the_limit() -> None:
    lengths = {relative(path): _line_count(path.read_text("utf-8")) for path in python_files()}
    assert {name: length for name, length in lengths.items() if length > _LINE_LIMIT} == {}


def test_module_names_say_what_is_inside() -> None:
    vague = [relative(path) for path in python_files() if path.stem in _NAMES_THAT_SAY_NOTHING]
    assert vague == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        relative(path)
        for path in python_files()
        if path.read_bytes().strip() and not ast.get_docstring(ast.parse(path.read_bytes()))
    ]
    assert silent == []


def test_every_silenced_finding_names_its_rule_and_its_reason() -> None:
    without_reason = [
        f"{relative(path)}:{line}: {text}"
        for path in python_files()
        for line, text in comments(path)
        if _SILENCED.search(text) and not _SILENCED_WITH_REASON.search(text)
    ]
    assert without_reason == []


def test_nothing_is_put_off_in_a_comment() -> None:
    put_off = [
        f"{relative(path)}:{line}: {text}"
        for path in python_files()
        for line, text in comments(path)
        if _PUT_OFF.search(text)
    ]
    assert put_off == []


def test_tests_wait_for_the_thing_and_not_for_the_clock() -> None:
    sleeping = [
        f"{relative(path)}:{node.lineno}"
        for path in python_files()
        if path.name.startswith("test_") or path.name == "conftest.py"
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep")
    ]
    assert sleeping == []


def _line_count(text: str) -> int:
    return len(text.splitlines())
