"""Who may come in, and what they may do there.

Three kinds of callers prove who they are in three ways: services by a key of ours (`keys`),
staff by a token of the merchant's identity provider (`staff`), customers by a link that opens
one return for a while (`links`). What each may do is one table (`rights`).
"""
