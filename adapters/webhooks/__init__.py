"""What partners tell us unasked: proven to be theirs, then put into our words."""
