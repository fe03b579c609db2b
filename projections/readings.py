"""How things stand, read for those who watch: whose turn, where the money is, what lags.

Every API process shows the same figures, so whoever adds them up counts twice: take the largest.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, LiteralString

import structlog
from psycopg.errors import UndefinedTable

from activities.event_store import StoreUnavailable
from adapters.postgres.pool import Pool, borrowed
from adapters.telemetry.doors import Labels, show
from adapters.telemetry.instruments import Metric

EVERY_S = 15.0
LIMIT_S = 4.0
"""Seconds for all questions together; where the database is too busy, no figure is the figure."""

log = structlog.get_logger()

Row = tuple[Any, ...]
Reading = Sequence[tuple[float, Labels]]

_OPEN: LiteralString = """
SELECT headline, count(*) FROM projections.return_board WHERE NOT closed GROUP BY headline"""
_OVERDUE: LiteralString = """
SELECT actor, (SELECT count(*) FROM projections.return_board
               WHERE NOT closed AND due_at < clock_timestamp() AND next_actor = actor)
FROM (SELECT unnest(ARRAY['system', 'merchant']) UNION
      SELECT next_actor FROM projections.return_board
      WHERE NOT closed AND due_at < clock_timestamp()) AS actors(actor)"""
_UNSETTLED: LiteralString = """
SELECT said.state, paid.currency, coalesce(sum(known.amount_minor), 0)
FROM unnest(ARRAY['unknown', 'held']) AS said(state)
CROSS JOIN (SELECT DISTINCT currency FROM projections.payout) AS paid
LEFT JOIN projections.payout AS known
     ON known.state = said.state AND known.currency = paid.currency
GROUP BY 1, 2"""
_OLDEST: LiteralString = """
SELECT state, coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)
FROM unnest(ARRAY['received', 'waiting', 'resolved']) AS states(state)
LEFT JOIN backhaul.inbox USING (state) GROUP BY state"""
_QUARANTINED: LiteralString = """
SELECT count(*) FROM backhaul.inbox WHERE state = 'quarantined'"""
_SUBSCRIPTIONS: LiteralString = """
SELECT state, (SELECT count(*) FROM backhaul.subscription AS s WHERE s.state = states.state),
       (SELECT count(*) FROM backhaul.subscription AS s
        JOIN backhaul.subscription_delivery USING (tenant, subscription_id)
        WHERE s.state = states.state)
FROM unnest(ARRAY['active', 'paused', 'stopped']) AS states(state)"""
_NOT_LOOKED_AT: LiteralString = """
SELECT coalesce((SELECT greatest(extract(epoch FROM clock_timestamp() - recorded_at), 0)
                 FROM backhaul.event WHERE position > (
                     SELECT min(position) FROM backhaul.subscription WHERE state = 'active')
                 ORDER BY position LIMIT 1), 0)"""
_LAG: LiteralString = """
SELECT name,
       (SELECT count(*) FROM (SELECT FROM backhaul.event WHERE position > p.position
                              LIMIT 10000) AS behind),
       coalesce((SELECT greatest(extract(epoch FROM clock_timestamp() - recorded_at), 0)
                 FROM backhaul.event WHERE position > p.position ORDER BY position LIMIT 1), 0)
FROM backhaul.projection AS p"""
_REFUND_TIME: LiteralString = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY took)
FROM (SELECT extract(epoch FROM paid.answered_at - asked.opened_at) AS took
      FROM projections.payout AS paid
      JOIN projections.return_board AS asked USING (tenant, return_id)
      WHERE paid.state = 'succeeded'
        AND paid.answered_at > clock_timestamp() - interval '1 day') AS refunds"""


def _by(*names: str) -> Callable[[Sequence[Row]], Reading]:
    """Each row's last column is the figure; those before it are its labels."""
    return lambda rows: [
        (float(row[len(names)]), dict(zip(names, map(str, row), strict=False))) for row in rows
    ]


def _of(column: int, name: str) -> Callable[[Sequence[Row]], Reading]:
    """One of several figures in a row, whose first column is the label."""
    return lambda rows: _by(name)([(row[0], row[column]) for row in rows])


QUESTIONS: Mapping[Metric, tuple[LiteralString, Callable[[Sequence[Row]], Reading]]] = {
    Metric.RETURNS_OPEN: (_OPEN, _by("headline")),
    Metric.RETURNS_OVERDUE: (_OVERDUE, _by("actor")),
    Metric.MONEY_UNSETTLED: (_UNSETTLED, _by("state", "currency")),
    Metric.INBOX_OLDEST: (_OLDEST, _by("state")),
    Metric.INBOX_QUARANTINED: (_QUARANTINED, _by()),
    Metric.SUBSCRIPTIONS: (_SUBSCRIPTIONS, _of(1, "state")),
    Metric.SUBSCRIPTIONS_LAG: (_NOT_LOOKED_AT, _by()),
    Metric.DELIVERIES_WAITING: (_SUBSCRIPTIONS, _of(2, "state")),
    Metric.PROJECTION_LAG_EVENTS: (_LAG, _of(1, "projection")),
    Metric.PROJECTION_LAG: (_LAG, _of(2, "projection")),
    Metric.REFUND_TIME: (
        _REFUND_TIME,
        lambda rows: [
            (float(took), {"quantile": quantile})
            for quantile, took in zip(("0.5", "0.95"), rows[0], strict=True)
            if took is not None
        ],
    ),
}
"""What is asked for each figure, and how the answer is read."""


async def read_all(pool: Pool) -> dict[Metric, Reading]:
    """Ask the database for every figure.

    Raises:
        StoreUnavailable: It does not answer in time.
        psycopg.errors.UndefinedTable: The read models were never built.
    """
    found: dict[Metric, Reading] = {}
    answers: dict[str, Sequence[Row]] = {}
    async with borrowed(pool, deadline_s=LIMIT_S) as connection:
        for metric, (question, reading) in QUESTIONS.items():
            if question not in answers:
                answers[question] = await (await connection.execute(question)).fetchall()
            found[metric] = reading(answers[question])
    return found


async def keep_reading(pool: Pool, stop: asyncio.Event) -> None:
    """Show the newest figures until `stop` is set; none, while they cannot be had."""
    while not stop.is_set():
        try:
            show(await read_all(pool))
        except (StoreUnavailable, UndefinedTable) as away:
            log.warning("readings.interrupted", error=type(away).__name__)
            show(dict.fromkeys(QUESTIONS, ()))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_S)
