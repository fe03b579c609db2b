"""Refunds that staff make without a return: asked for, let go by people, paid by a provider."""
