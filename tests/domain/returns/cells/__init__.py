"""A return in every state of every table, and who says each move there."""
