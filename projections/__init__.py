"""Reading: an event becomes a change of a row, a question becomes rows.

Nothing here is the truth: every table may be thrown away and is built again from the streams.
"""
