"""The list of events: rows, filters, keys, the dock beside the tiles."""
