"""The clip player: files and recorders' addresses, decoded in a process of their own."""
