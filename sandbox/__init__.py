"""The outside world, in a process of its own: carriers, gateway, stored value, warehouse, mail, texts.

It imports nothing of the product, keeps its own books and tells them itself, so that what
the product believes can be held against what really happened. See README.md.
"""
