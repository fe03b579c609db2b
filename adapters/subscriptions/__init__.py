"""Telling merchants' own systems: where may be called, and how a message is signed and sent."""
