"""Records: how soon lists open, how soon marks, replays and clips are there, and what they cost."""

from collections.abc import Iterable

from tests.benchmarks.parts import Options, part, say
from tests.benchmarks.records_clips import records_clips
from tests.benchmarks.records_mark import records_mark
from tests.benchmarks.records_replay import records_replay
from tests.benchmarks.records_store import records_store
from tests.benchmarks.results import Result


@part("records", "a million bookmarks and notes, bookmarks and replay by key, clips of a minute")
def run(options: Options) -> Iterable[Result]:
    """One after the other: each has the machine for itself."""
    for name, measure in (
        ("bookmarks", records_mark),
        ("replay", records_replay),
        ("clips", records_clips),
        ("lists of a million records", records_store),
    ):
        say(name)
        yield from measure(options)
