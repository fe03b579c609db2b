"""Goods of many returns that leave a hub together: gathered, agreed, sent, answered for.

A lot is an aggregate of its own beside the returns whose units are in it, with a stream of its
own, rules that decide, and a list of who must do what by when.
"""
