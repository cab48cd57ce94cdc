"""The developer's tool behind packaging/dev.py. Standard library only, Linux and Windows."""
