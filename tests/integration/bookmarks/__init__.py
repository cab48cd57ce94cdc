"""Bookmarks against a real PostgreSQL."""
