"""Detections that a backend sends: adapters and per-camera timelines."""
