"""Hundreds of returns of foreign orders, through the whole engine, in weather of one's choice."""
