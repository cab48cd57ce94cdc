"""What supervisors see of flags, and operators of the answers."""
