"""Tests of several real parts together: processes, sockets, files."""
