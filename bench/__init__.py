"""What the engine costs, as a ratio: beside a bare workflow that does the same, in the same run.

`python -m bench` takes plain drop-off refunds (open, label, two scans, receipt, inspection,
restock, payout settled by a hint, four messages) through the engine's worker and through a
bare worker in turn, on the same PostgreSQL, Temporal server and sandbox, and compares the
CPU of worker, server and database per return.

The bare workflow has the same messages, timers, activities and local activities, tried with
the same options and with answers of the same sizes; its activities make the same partner
calls through the same adapters, write the same messages, one INSERT of the same bytes and
one line of log for each recording. It has no events, no rules, no agenda, no read models,
no vault for persons, no search attributes and no details for the UI: the difference is
what those cost. A figure in milliseconds says something about
the machine; a ratio says something about the engine.
"""
