"""Mirrors app/services."""
