"""What happened: the list of events beside the tiles and in the console."""
