"""State, verbs and events that the windows show and call."""
