"""Mirrors ui/console."""
