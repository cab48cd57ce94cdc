"""Records on real databases: a server, kills, full disks, damaged files, older schemas."""
