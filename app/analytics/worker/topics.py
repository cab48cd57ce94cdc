"""Topic templates: which filters to subscribe to, and which camera a message is about.

In a template ``{camera}`` stands for the name by which a backend knows a camera; ``+`` and ``#``
are MQTT's (4.7 of the MQTT 5 specification).
"""

import re
from collections.abc import Collection, Mapping

CAMERA = "{camera}"
_WILD = ("+", "#", "\x00")


class BadTemplate(ValueError):
    """The template is none; the text is a sentence."""


class TopicTemplate:
    """One template and the cameras it is for: ``cameras`` maps backend names to camera codes."""

    def __init__(self, template: str, cameras: Mapping[str, str]) -> None:
        _check(template)
        self._template = template
        self._cameras = cameras
        self._names: dict[str, list[str]] = {}
        for name, code in cameras.items():
            if name and not any(sign in name for sign in _WILD):
                self._names.setdefault(code, []).append(name)
        self.names_camera = CAMERA in template
        """Whether the topic of a message tells its camera."""
        self._pattern = re.compile(_expression(template, cameras), re.DOTALL)

    def filters_of(self, codes: Collection[str]) -> frozenset[str]:
        """One filter a camera; where the topic does not tell cameras, one for all of them."""
        if not self.names_camera:
            return frozenset({self._template}) if codes else frozenset()
        return frozenset(
            self._template.replace(CAMERA, name)
            for code in codes
            for name in self._names.get(code, ())
        )

    def filters_of_all(self) -> frozenset[str]:
        """As few filters as possible that bring the messages of all cameras."""
        if not self.names_camera or not self._cameras:
            return self.filters_of(tuple(self._names))
        levels = self._template.split("/")
        if any("/" in name for name in self._cameras):
            return self.filters_of(tuple(self._names))  # a + stands for one level
        return frozenset({"/".join("+" if CAMERA in level else level for level in levels)})

    def is_about(self, topic: str) -> bool:
        """Whether a message with the topic belongs to the template."""
        return self._pattern.fullmatch(topic) is not None

    def camera_of(self, topic: str) -> str | None:
        """The code of the camera in a topic; ``None`` where it tells none or none that we know."""
        found = self._pattern.fullmatch(topic)
        if found is None or not self.names_camera:
            return None
        return self._cameras.get(found["camera"])


def _check(template: str) -> None:
    levels = template.split("/")
    if not template or "\x00" in template or len(template.encode()) > 65535:
        raise BadTemplate("The topic in the settings is empty or too long")
    if any("#" in level and (level != "#" or level is not levels[-1]) for level in levels):
        raise BadTemplate(f"The topic '{template}' has a # that is not its last level")
    if any("+" in level and level != "+" for level in levels):
        raise BadTemplate(f"The topic '{template}' has a + beside other characters")


def _expression(template: str, cameras: Collection[str]) -> str:
    text = template.removesuffix("/#") if template != "#" else ""
    camera = "(?P<camera>.+)" if any("/" in name for name in cameras) else "(?P<camera>[^/]+)"
    pieces = []
    seen = False
    for piece in re.split(r"(\{camera\}|\+)", text):
        if piece == CAMERA:
            pieces.append("(?P=camera)" if seen else camera)
            seen = True
        else:
            pieces.append("[^/]*" if piece == "+" else re.escape(piece))
    if template == "#":
        return "[^$].*"
    return "".join(pieces) + ("(?:/.*)?" if template.endswith("/#") else "")
