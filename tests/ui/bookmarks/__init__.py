"""Bookmarks on the wall and in the console."""
