"""The worker process against real servers and real encodings."""
