"""The drawn street scenes: a small world on a ground plane, seen by a pinhole camera on a pole.

`motion` says where everything is at any second,
without drawing; `render` draws it. Both use the same
projection, so the known boxes are those of the picture.
"""
