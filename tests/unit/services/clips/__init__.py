"""Clips, snapshots and how long they stay."""
