"""dev.py explains itself with nothing installed, and fails in one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from devtool import verbs
from devtool.terminal import ToolError

from tests.architecture.sources import ROOT

_VERBS = ("demo", "run", "test", "check", "format", "bench", "lock")


def _dev(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run dev.py as a stranger would: no site packages, no environment, from anywhere."""
    needed = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", str(ROOT / "packaging/dev.py"), *arguments],
        cwd=folder,
        env=needed,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_help_lists_every_verb(tmp_path: Path) -> None:
    shown = _dev("--help", folder=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert [verb for verb in _VERBS if f"\n  {verb} " not in shown.stdout] == []


@pytest.mark.parametrize("verb", _VERBS)
def test_each_verb_explains_itself(verb: str, tmp_path: Path) -> None:
    shown = _dev(verb, "--help", folder=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert f"dev.py {verb}" in shown.stdout
    assert len(shown.stdout.splitlines()) > 2


def test_an_unknown_verb_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    refused = _dev("nonsense", folder=tmp_path)
    assert refused.returncode == 2
    assert "choose from" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("verb", ["check", "format", "lock"])
def test_an_argument_that_a_verb_does_not_know_is_refused(verb: str, tmp_path: Path) -> None:
    refused = _dev(verb, "--nonsense", folder=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr == f"dev.py: `dev.py {verb}` does not know --nonsense.\n"


def test_a_failure_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_options: object) -> None:
        raise ToolError("the disk is full.", 7)

    monkeypatch.setattr(verbs, "ensure_environment", fail)
    assert verbs.run_verb(["check"]) == 7
    assert capsys.readouterr().err == "dev.py: the disk is full.\n"


def test_an_interrupted_verb_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(**_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(verbs, "ensure_environment", interrupt)
    assert verbs.run_verb(["check"]) == 130
    assert capsys.readouterr().err == "dev.py: interrupted.\n"
