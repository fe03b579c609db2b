"""The demo: a merchant's returns of some weeks, played against the sandbox in a minute or two."""
