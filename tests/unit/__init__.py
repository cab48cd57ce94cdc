"""Tests of app without Qt, network or child processes."""
