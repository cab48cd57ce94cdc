"""Records: how soon lists, marks, replays, clips and flags are there, and what they cost."""

from collections.abc import Iterable

from tests.benchmarks.parts import Options, part, say
from tests.benchmarks.records_boxes import records_boxes
from tests.benchmarks.records_clips import records_clips
from tests.benchmarks.records_mark import records_mark
from tests.benchmarks.records_replay import records_replay
from tests.benchmarks.records_review import records_review
from tests.benchmarks.records_store import records_store
from tests.benchmarks.results import Result


@part("records", "a million records, bookmarks, replay, clips, boxes of an hour, a review")
def run(options: Options) -> Iterable[Result]:
    """One after the other: each has the machine for itself."""
    for name, measure in (
        ("bookmarks", records_mark),
        ("replay", records_replay),
        ("review", records_review),
        ("clips", records_clips),
        ("boxes of clips", records_boxes),
        ("lists of a million records", records_store),
    ):
        say(name)
        yield from measure(options)
