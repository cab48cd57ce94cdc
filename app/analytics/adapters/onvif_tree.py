"""ONVIF's object tree: which objects were deleted, renamed, merged and split.

The schema writes ``from`` and ``to``, its examples ``From`` and ``To``: case does not count.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml import etree

Identity = tuple[int | str | None, str | None]
"""An object's number and its UUID, where given."""
Operation = tuple[str, list[Identity], list[Identity]]
"""``delete``, ``rename``, ``merge`` or ``split``; the objects before and after."""

_MOST = 256


def operations_in_json(tree: Any) -> Iterator[Operation]:
    """Read ``ObjectTree`` out of JSON that is checked for nothing yet."""
    for node in _nodes(tree):
        for name, value in node.items():
            for part in _nodes(value):
                operation = name.casefold()
                if operation == "delete":
                    yield operation, [_in_json(part)], []
                elif operation in ("rename", "merge", "split"):
                    ends: dict[str, list[Identity]] = {"from": [], "to": []}
                    for end, objects in part.items():
                        if end.casefold() in ends:
                            ends[end.casefold()] += [_in_json(each) for each in _nodes(objects)]
                    yield operation, ends["from"], ends["to"]


def _nodes(value: Any) -> list[dict[str, Any]]:
    nodes = value if isinstance(value, list) else [value]
    return [node for node in nodes[:_MOST] if isinstance(node, dict)]


def _in_json(node: dict[str, Any]) -> Identity:
    number, uuid = node.get("@ObjectId"), node.get("@UUID")
    return (
        number if isinstance(number, int | str) else None,
        uuid if isinstance(uuid, str) else None,
    )


def operations_in_xml(tree: "etree._Element") -> Iterator[Operation]:
    """Read ``tt:ObjectTree``."""
    for node in tree[:_MOST]:
        operation = _local(node)
        if operation == "delete":
            yield operation, [_in_xml(node)], []
        elif operation in ("rename", "merge", "split"):
            ends: dict[str, list[Identity]] = {"from": [], "to": []}
            for part in node[:_MOST]:
                if _local(part) in ends:
                    ends[_local(part)].append(_in_xml(part))
            yield operation, ends["from"], ends["to"]


def _local(node: "etree._Element") -> str:
    return str(node.tag).rpartition("}")[2].casefold()


def _in_xml(node: "etree._Element") -> Identity:
    return node.get("ObjectId"), node.get("UUID")
