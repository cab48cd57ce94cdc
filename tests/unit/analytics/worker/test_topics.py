"""Templates, filters and cameras in topics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from app.analytics.worker.topics import BadTemplate, TopicTemplate

CAMERAS = {"gate": "BNU-1-1", "market": "BNU-1-2", "mart": "BNU-1-2"}
_LEVEL = st.text(st.characters(exclude_characters="/+#\x00", codec="utf-8"), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("template", "filters", "all_filters"),
    [
        ("city/{camera}/mj/#", {"city/gate/mj/#"}, {"city/+/mj/#"}),
        ("city/cam-{camera}", {"city/cam-gate"}, {"city/+"}),
        ("{camera}/{camera}", {"gate/gate"}, {"+/+"}),
        ("deepstream", {"deepstream"}, {"deepstream"}),
        ("+/x/#", {"+/x/#"}, {"+/x/#"}),
    ],
)
def test_filters(template: str, filters: set[str], all_filters: set[str]) -> None:
    topics = TopicTemplate(template, CAMERAS)
    assert topics.filters_of(["BNU-1-1"]) == filters
    assert topics.filters_of_all() == all_filters
    assert topics.filters_of([]) == frozenset()


def test_a_camera_of_two_names_is_asked_for_by_both() -> None:
    topics = TopicTemplate("city/{camera}", CAMERAS)
    assert topics.filters_of(["BNU-1-2"]) == {"city/market", "city/mart"}


@pytest.mark.parametrize(
    ("template", "topic", "is_about", "camera"),
    [
        ("city/{camera}/mj/#", "city/gate/mj/a/b", True, "BNU-1-1"),
        ("city/{camera}/mj/#", "city/gate/mj", True, "BNU-1-1"),
        ("city/{camera}/mj/#", "city/gate/mjx", False, None),
        ("city/{camera}/mj/#", "city/a/b/mj/c", False, None),
        ("city/{camera}/mj/#", "city/nobody/mj/c", True, None),
        ("city/cam-{camera}", "city/cam-mart", True, "BNU-1-2"),
        ("{camera}/{camera}", "gate/gate", True, "BNU-1-1"),
        ("{camera}/{camera}", "gate/market", False, None),
        ("+/{camera}", "/gate", True, "BNU-1-1"),
        ("a.b/{camera}", "aXb/gate", False, None),
        ("#", "anything/at/all", True, None),
        ("#", "$SYS/broker", False, None),
    ],
)
def test_what_a_topic_is_about(
    template: str, topic: str, is_about: bool, camera: str | None
) -> None:
    topics = TopicTemplate(template, CAMERAS)
    assert topics.is_about(topic) is is_about
    assert topics.camera_of(topic) == camera


def test_names_with_several_levels_are_subscribed_one_by_one() -> None:
    topics = TopicTemplate("city/{camera}/mj/#", {"east/gate": "E", "west": "W"})
    assert topics.filters_of_all() == {"city/east/gate/mj/#", "city/west/mj/#"}
    assert topics.camera_of("city/east/gate/mj/x") == "E"


def test_a_name_with_a_wildcard_asks_for_nothing() -> None:
    topics = TopicTemplate("city/{camera}", {"#": "A", "+": "B", "gate": "C"})
    assert topics.filters_of(["A", "B", "C"]) == {"city/gate"}


@pytest.mark.parametrize("template", ["", "a/#/b", "a/b#", "a/b+/c", "a\x00"])
def test_what_is_no_template_is_told(template: str) -> None:
    with pytest.raises(BadTemplate, match="topic"):
        TopicTemplate(template, CAMERAS)


@given(
    st.lists(st.sampled_from(["a", "b", "+", "{camera}"]), min_size=1, max_size=5),
    st.booleans(),
    st.lists(st.sampled_from(["a", "b", "gate", "", "x.y"]), min_size=1, max_size=6),
)
def test_a_topic_is_about_what_the_broker_would_send_for_the_filter(
    levels: list[str], with_rest: bool, topic_levels: list[str]
) -> None:
    template = "/".join(levels) + ("/#" if with_rest else "")
    topics = TopicTemplate(template, CAMERAS)
    topic = "/".join(topic_levels)
    if not topic:
        return
    sent = any(topic_matches_sub(name, topic) for name in topics.filters_of(["BNU-1-1"]))
    if sent:
        assert topics.is_about(topic)
    if topics.camera_of(topic) == "BNU-1-1":
        assert sent


@given(_LEVEL)
def test_any_name_is_found_again(name: str) -> None:
    topics = TopicTemplate("city/{camera}/x", {name: "CODE"})
    (found,) = topics.filters_of(["CODE"])
    assert topics.camera_of(found) == "CODE"
