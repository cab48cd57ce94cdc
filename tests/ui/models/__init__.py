"""Mirrors ui/models."""
