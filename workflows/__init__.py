"""Deterministic: follows the agenda of a return; timers, messages, concurrency, no rules."""
