"""Ends reads of video workers; how is told in ``app.core.interruption``."""

import av

from app.core import interruption


class Interrupter(interruption.Interrupter):
    """For containers of this process's PyAV."""

    def __init__(self) -> None:
        super().__init__(av)
