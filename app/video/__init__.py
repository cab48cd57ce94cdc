"""The GUI side of the video engine: supervisor, frame board, stream policy. No codecs."""
