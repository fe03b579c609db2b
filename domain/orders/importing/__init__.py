"""Orders as others write them, read into ours: checked to the minor unit, or refused by name."""
