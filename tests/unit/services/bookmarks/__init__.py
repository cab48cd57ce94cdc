"""Bookmarks: marking, changing, keeping, exporting."""
