"""Tests that drive the real program from outside."""
