"""Machine settings, the command line and where files live."""
