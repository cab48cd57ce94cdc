"""The version of the program: read by the packaging, the command line and the run report."""

__version__ = "0.1.0"
