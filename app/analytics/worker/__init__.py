"""What runs in the analytics process: connections to backends, and reading what they send."""
