"""The way in over HTTP: what partners tell us, and what returns can be asked."""
