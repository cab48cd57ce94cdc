"""Marks texts that are translated later, where they are shown."""


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:  # noqa: N802 - the name lupdate looks for
    """Give ``text`` back; Qt's own function has no useful type."""
    return text
