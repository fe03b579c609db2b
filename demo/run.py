"""Runs the demo: a stack of its own, the journeys, a table while they go on, and the audit."""

import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog
from rich.console import Console
from rich.live import Live

from adapters.settings import SettingsError
from api.client import Unavailable
from demo import table
from demo.clockwork import Stuck
from demo.conclusion import conclude
from demo.journeys import (
    ORDERS,
    REQUESTS,
    Journey,
    Unusable,
    moved_to,
    read_journeys,
    read_orders,
    with_orders,
)
from demo.stage import Stage, new_stack, stage_on
from demo.wishes import wishes_for
from deploy.local import ChildFailed, StackAlreadyRuns, state_folder

AGREES, DIFFERS, UNUSABLE = 0, 1, 2


def main(orders: Path | None = None, requests: Path | None = None, *, keep: bool = False) -> int:
    """Play the demo and say by the exit code whether every book agrees at its end.

    Args:
        orders: A file of orders instead of the shipped ones.
        requests: A file of return requests, or of journeys; without it the shipped ones,
            or for orders of your own one request each.
        keep: Stay at the end, with everything running, until Ctrl-C.
    """
    console = Console()
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)
    try:
        journeys = load(orders, requests, datetime.now(UTC))
        return asyncio.run(_demo(journeys, console, keep=keep))
    except Unusable as unusable:
        console.print(str(unusable), style="red", markup=False, soft_wrap=True)
        return UNUSABLE
    except (StackAlreadyRuns, ChildFailed, SettingsError, Stuck, Unavailable) as failed:
        console.print(str(failed), style="red", markup=False, soft_wrap=True)
        return DIFFERS
    except KeyboardInterrupt:
        return DIFFERS


def load(orders: Path | None, requests: Path | None, today: datetime) -> tuple[Journey, ...]:
    """Read what is to be played.

    Raises:
        Unusable: A file makes no sense; the text says where.
    """
    known = read_orders(orders or ORDERS)
    if orders is not None and requests is None:
        wishes = wishes_for(known)
    else:
        wishes = read_journeys(requests or REQUESTS)
    journeys = moved_to(with_orders(wishes, known), today)
    merchants = {tenant_of(journey) for journey in journeys}
    if len(merchants) != 1:
        raise Unusable(f"tenant: expected returns of one merchant, not of {len(merchants)}")
    return journeys


def tenant_of(journey: Journey) -> str:
    """Whose return it is."""
    return journey.request.order.tenant if journey.request.order else ""


async def _demo(journeys: Sequence[Journey], console: Console, *, keep: bool) -> int:
    state = state_folder(os.environ) / "demo"
    console.print("Starting PostgreSQL, Temporal, the sandbox, a worker and the API …")
    async with new_stack(state) as stack, stage_on(stack, tenant_of(journeys[0])) as stage:
        agrees = await _play(journeys, stage, console)
        if keep:
            console.print("All of it is running. Stop it with Ctrl-C.")
            await asyncio.Event().wait()
    console.print(
        f"Look at it again: BACKHAUL_STATE={state} make up", soft_wrap=True, highlight=False
    )
    return AGREES if agrees else DIFFERS


async def _play(journeys: Sequence[Journey], stage: Stage, console: Console) -> bool:
    stories = stage.stories_of(journeys)
    await stage.outside.prepare(journeys)
    began = await stage.outside.now()
    with Live(console=console, refresh_per_second=4, transient=True) as live:

        def watch(now: datetime, doing: str) -> None:
            if console.is_terminal:
                live.update(table.board(journeys, stories, began, now, doing))
            else:
                console.print(f"day {table.days(now - began):5.1f}  {doing}", highlight=False)

        play = stage.play(journeys, stories, watch)
        acting = await play.to_the_end(began)
    concluded = await conclude(journeys, stories, acting, stage)
    table.summary(console, journeys, stories, concluded, stage.returns.where.ui_link)
    return concluded.agrees


if __name__ == "__main__":
    sys.exit(main(keep="--keep" in sys.argv))
