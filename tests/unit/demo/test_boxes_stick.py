"""What the demo backend sends, drawn over the demo's pictures through the real adapter and
timeline: the boxes lie on what moves there."""

import statistics
from dataclasses import dataclass, field

import pytest

from app.analytics.adapters.adapter import make_adapter
from app.analytics.messages import SourceConfig
from app.analytics.timeline import Timeline
from app.demo.backend import onvif_json
from app.demo.backend.onvif_scene import PIXEL_SPACE
from app.demo.backend.scene_tracker import SceneTracker, known_objects
from app.demo.scenes.catalogue import FPS, LOOP_S
from app.demo.scenes.motion import Box
from tests.fakes.demo_backend import overlap

START = 1_795_345_200
LATENESS_S = 0.1
SECONDS = 15


@dataclass
class Score:
    """How the drawn boxes compare with the true ones."""

    overlaps: list[float] = field(default_factory=list)
    true: int = 0
    extra: int = 0

    @property
    def missing(self) -> float:
        return 1 - len(self.overlaps) / self.true

    def percentile(self, share: float) -> float:
        return sorted(self.overlaps)[int(len(self.overlaps) * share)]

    def compare(self, drawn: list[Box], true: list[Box]) -> None:
        self.true += len(true)
        for box in drawn:
            best = max(true, key=lambda other: overlap(box, other), default=None)
            if best is None or overlap(box, best) < 0.3:
                self.extra += 1
            else:
                self.overlaps.append(overlap(box, best))
                true.remove(best)


def _watch(scene: str, hold_s: float) -> Score:
    tracker = SceneTracker(scene, 5.0)
    adapter = make_adapter(SourceConfig("demo", "onvif-json", cameras={"A-1-1": "A-1-1"}))
    timeline = Timeline()
    topic = onvif_json.boxes_topic("A-1-1")
    message = tracker.newest(START, 0.0)
    score = Score()
    for picture in range(START * FPS, (START + SECONDS) * FPS):
        while tracker.taken_at(message, 0.0) + LATENESS_S <= picture / FPS:
            at = tracker.taken_at(message, 0.0)
            payload = onvif_json.frame_message(tracker.at(message), PIXEL_SPACE, at)
            (frame,) = adapter.read(topic, payload, 0, "A-1-1").frames
            assert timeline.add(frame)
            message += 1
        if picture < (START + 2) * FPS:
            continue
        shown = picture - round(hold_s * FPS)
        found = timeline.boxes_at(round(shown / FPS * 1e6))
        true = [one.box for one in known_objects(scene, shown % (FPS * LOOP_S))]
        score.compare([(one.x1, one.y1, one.x2, one.y2) for one in found], true)
    return score


@pytest.mark.parametrize("scene", ["crossroad-day", "roundabout-dusk-b", "bazaar-night-b"])
def test_in_step_boxes_lie_on_the_cars_and_people(scene: str) -> None:
    score = _watch(scene, hold_s=0.4)
    assert statistics.median(score.overlaps) > 0.98
    assert score.percentile(0.05) > 0.9
    assert score.missing < 0.03
    assert score.extra < 0.03 * score.true


def test_without_waiting_they_are_a_little_off_and_never_lost() -> None:
    score = _watch("bazaar-night-b", hold_s=0.0)
    assert 0.8 < statistics.median(score.overlaps) < 0.98
    assert score.missing < 0.05
