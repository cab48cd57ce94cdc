"""Mirrors ui/notices."""
