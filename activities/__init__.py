"""Promises: each activity idempotent, and says on what; `ports` is the outside on one page."""
