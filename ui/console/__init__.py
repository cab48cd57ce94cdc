"""The operator's own window: the tree of cameras, the search, the state of the program."""
