"""Clips of workstations that share a database and a folder."""
