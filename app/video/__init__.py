"""The engine: what the GUI side uses, the supervisor of the workers, the frame board."""
