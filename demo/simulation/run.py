"""Runs a simulation: a stack of its own, returns over weeks, the audit, and a report."""

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from rich.console import Console

from adapters.settings import SettingsError
from api.client import Unavailable
from api.client.importing import Format
from demo.clockwork import Stuck
from demo.conclusion import conclude
from demo.journeys import Journey, Unusable
from demo.run import AGREES, DIFFERS, UNUSABLE
from demo.simulation.board import Board
from demo.simulation.customers import asked_at, journeys
from demo.simulation.figures import figures
from demo.simulation.orders import TENANT, order
from demo.simulation.page import write_report
from demo.simulation.report import Report, put_right
from demo.simulation.taken_in import orders_of
from demo.simulation.weather import LEVELS, Level, Rule, blows, rules
from demo.stage import Stage, new_stack, stage_on
from demo.struck import Blow, Program, Struck
from deploy.local import ChildFailed, StackAlreadyRuns, state_folder
from domain.orders.order import OrderSnapshot
from sandbox.control_client import SandboxControl

TICK = timedelta(hours=12)
"""One step of the calendar: what falls into it happens together."""

MONDAY_MORNING_H = 6
RETURNS_AN_ORDER = 1.2
SOLD = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When orders of the model reach their customers; they are moved to where they belong."""


@dataclass(frozen=True)
class Wanted:
    """What is to be simulated."""

    returns: int = 300
    days: int = 60
    seed: int = 7
    faults: Level = "none"
    kills: int | None = None  # how often; without it, by the level of faults and who is named
    kill: Sequence[Program] = ()  # which programs, in turns; without it, the worker
    orders: Path | None = None
    form: Format | None = None  # of the file; without it, what its name ends in
    out: Path | None = None  # the folder of the report; without it, beside the state
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def all_kills(self) -> int:
        """How often a program is killed: whoever is named, once at least."""
        if self.kills is not None:
            return self.kills
        per_100 = LEVELS["storm" if self.kill else self.faults].kills_per_100
        return max(len(self.kill), 1, round(self.returns * per_100 / 100)) if per_100 else 0

    @property
    def is_stormy(self) -> bool:
        """Whether anything goes wrong on purpose: then nobody waits for who is held up."""
        return self.faults != "none" or self.all_kills > 0

    @property
    def blows(self) -> list[Blow]:
        """When which programs are killed."""
        return blows(self.all_kills, self.kill or ("worker",), self.days, self.seed)


def main(wanted: Wanted, console: Console | None = None) -> int:
    """Simulate, and say by the exit code whether every book agrees at the end."""
    console = console or Console()
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # a database is killed on purpose
    try:
        return asyncio.run(_simulate(wanted, planned(wanted), console))
    except Unusable as unusable:
        console.print(str(unusable), style="red", markup=False, soft_wrap=True)
        return UNUSABLE
    except (StackAlreadyRuns, ChildFailed, SettingsError, Stuck, Unavailable) as failed:
        console.print(str(failed), style="red", markup=False, soft_wrap=True)
        return DIFFERS
    except KeyboardInterrupt:
        return DIFFERS


def planned(wanted: Wanted) -> tuple[Journey, ...]:
    """Make the returns: the same ones, day for day, for the same seed and orders.

    Raises:
        Unusable: The file of orders makes no sense, or holds too little for so many returns.
    """
    known = orders_of(wanted.orders, TENANT, wanted.form) if wanted.orders else _sold(wanted)
    made = tuple(journeys(wanted.seed, known, wanted.returns, wanted.days))
    if len(made) < wanted.returns:
        raise Unusable(
            f"returns: {wanted.returns} were asked for, and the orders are enough for {len(made)}"
        )
    return made


def _sold(wanted: Wanted) -> list[OrderSnapshot]:
    count = int(wanted.returns / RETURNS_AN_ORDER) + 2
    return [order(wanted.seed, number, SOLD) for number in range(1, count + 1)]


async def _simulate(wanted: Wanted, made: Sequence[Journey], console: Console) -> int:
    state = state_folder(wanted.env) / "simulation"
    console.print("Starting PostgreSQL, Temporal, the sandbox, a worker and the API …")
    started = time.monotonic()
    async with new_stack(state, wanted.env) as stack, stage_on(stack, TENANT) as stage:
        report = await _play(wanted, made, stage, console)
    report.seconds = round(time.monotonic() - started, 1)
    folder = wanted.out or state
    page = await asyncio.to_thread(write_report, report, folder)
    report.summary(console)
    console.print(f"The report: {page}", soft_wrap=True, highlight=False)
    console.print(
        f"Look at it again: BACKHAUL_STATE={state} make up", soft_wrap=True, highlight=False
    )
    return AGREES if report.agrees else DIFFERS


async def _play(wanted: Wanted, made: Sequence[Journey], quiet: Stage, console: Console) -> Report:
    began = next_monday(await quiet.outside.now())
    played = [asked_at(began, journey) for journey in made]
    stories = quiet.stories_of(played)
    stage = quiet.struck(wanted.blows, began, stories)
    await stage.outside.prepare(played)
    await stage.outside.wait_for_me()
    await stage.outside.live_until(began)
    control = stage.hands.control
    for rule in rules(LEVELS[wanted.faults], wanted.returns):
        await _break(control, rule)
    struck = stage.outside if isinstance(stage.outside, Struck) else None
    killed = struck.killed if struck else {}
    with Board(console, stories, began, wanted.days, killed) as board:
        play = stage.play(played, stories, board.watch, TICK, hurried=wanted.is_stormy)
        acting = await play.to_the_end(began)
        await control.clear_faults()
        await stage.settled(stories)
        board.say("the books are compared")
        concluded = await conclude(played, stories, acting, stage, as_told=False)
    titles = {journey.return_id: journey.title for journey in played}
    fired = await control.fired()
    messages = (*concluded.books.mail, *concluded.books.sms)
    sent = {one["message_id"]: one["step_id"] for one in messages}
    return Report(
        wanted=wanted,
        began=began,
        figures=figures(stories, played, began),
        faults=put_right(fired, stories, sent | await stage.heard()),
        stories=stories,
        concluded=concluded,
        titles=titles,
        killed=killed,
        refused=acting.refused,
        unsettled=play.unsettled,
    )


async def _break(control: SandboxControl, rule: Rule) -> None:
    if rule["rate"]:
        await control.fault(**{"operation": "*", **rule})


def next_monday(now: datetime) -> datetime:
    """Every play begins on a Monday morning, so that weekends fall on the same days of it."""
    day = now + timedelta(days=7 - now.weekday())
    return day.replace(hour=MONDAY_MORNING_H, minute=0, second=0, microsecond=0)
