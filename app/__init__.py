"""Nigehban without a screen: everything but the windows. Knows no Qt."""
