"""Colours, spacing and the style sheet of the dark control-room theme."""
