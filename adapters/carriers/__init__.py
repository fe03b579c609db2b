"""Carriers: labels, voids and visits, in each carrier's own dialect."""
