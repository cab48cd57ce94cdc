"""Tests of Nigehban."""
