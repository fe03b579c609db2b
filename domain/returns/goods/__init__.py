"""What arrives, what it is worth, and what goes out instead or back again."""
