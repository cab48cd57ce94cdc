"""Clips on the wall and what is kept, in the console."""
