"""Deterministic: follows the agenda of a return; timers, messages, concurrency, no rules.

Read `returns` first: wait, begin what is ours, record. `messages` are its ways in, `here` records
and performs on its own worker, `performing` does the other steps as `options` has them tried,
`alarm` is its one timer, `attributes` and `names` are what others find it by. `reconciliation`
and `refunds` are the workflows that are no return's.
"""
