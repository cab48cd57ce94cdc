"""What runs in a worker process: the only part, with the demo, that knows codecs."""
