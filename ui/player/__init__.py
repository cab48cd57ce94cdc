"""Clips, files and recordings in tiles: the keys, the line that asks for one, the strip."""
