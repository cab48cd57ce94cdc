"""Mirrors ui/theme."""
