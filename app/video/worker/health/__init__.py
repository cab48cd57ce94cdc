"""Picture health: what is wrong with pictures that arrive in time, found by looking at them."""
