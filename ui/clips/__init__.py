"""Clips and snapshots on the wall and in the console."""
