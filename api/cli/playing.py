"""`demo` and `simulate` run the whole engine with the simulated partners; `example`, a request."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter, Token, convert, validators

from api.client.importing import Format

Program = Literal["worker", "server", "database", "sandbox", "api", "everything"]


def _listed(kind: type[tuple[Program, ...]], tokens: Sequence[Token]) -> tuple[Program, ...]:
    """Take names one by one, or with commas between them."""
    named = [name.strip() for token in tokens for name in token.value.split(",")]
    programs: tuple[Program, ...] = convert(kind, named)
    return programs


app = App()


@app.command
def demo(
    *,
    orders: Path | None = None,
    requests: Path | None = None,
    keep: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Play returns of every kind with the simulated partners, weeks in a minute.

    Args:
        orders: Orders in JSON instead of the ones that are shipped.
        requests: Requests in JSON instead of the ones that are shipped.
        keep: Stay at the end, with everything running, until Ctrl-C.
    """
    from demo.run import main

    return main(orders=orders, requests=requests, keep=keep)


@app.command
def simulate(
    *,
    returns: Annotated[int, Parameter(validator=validators.Number(gte=1))] = 300,
    days: Annotated[int, Parameter(validator=validators.Number(gte=1))] = 60,
    seed: int = 7,
    faults: Literal["none", "some", "storm"] = "none",
    kills: Annotated[int | None, Parameter(validator=validators.Number(gte=0))] = None,
    kill: Annotated[tuple[Program, ...], Parameter(negative="", converter=_listed)] = (),
    orders: Path | None = None,
    form: Annotated[Format | None, Parameter(name="--format")] = None,
    out: Path | None = None,
) -> int:
    """Simulate weeks of returns with the simulated partners, compare all books, write a report.

    Exit code 0 only if no book differs and every return has ended. The same seed has the same
    orders and wishes, and the same money for each return.

    Args:
        returns: How many.
        days: Over how many virtual days they are asked for.
        seed: What orders, wishes and partners are drawn from.
        faults: How much goes wrong: lost answers, late and doubled webhooks, killed programs.
        kills: How often a program is killed; without it twice for 100 returns of a storm, or
            where programs are named.
        kill: Which of them, in turns, commas between them; `everything` is all at once.
        orders: A file of orders, as `orders import` takes it, instead of made ones.
        form: json, csv or shopify; without it, what its name ends in.
        out: The folder for report.html and report.json; without it, the one of the state.
    """
    from demo.simulation.run import Wanted, main

    return main(
        Wanted(
            returns=returns, days=days, seed=seed, faults=faults, kills=kills,
            kill=kill, orders=orders, form=form, out=out,
        )
    )  # fmt: skip


@app.command
def example(return_id: str = "R-1") -> int:
    """Print a return request to try; its order is paid at the sandbox, where one is running.

    Args:
        return_id: How the return is to be called.
    """
    from api.client import Surroundings
    from demo.example import example as made
    from demo.example import pay

    request = made(datetime.now(UTC), return_id)
    sandbox_url = Surroundings.from_env(os.environ).sandbox_url
    if sandbox_url:
        asyncio.run(pay(request, sandbox_url))
    else:
        sys.stderr.write("example: no sandbox is running, so this order was paid nowhere\n")
    sys.stdout.write(json.dumps(request, indent=2, ensure_ascii=False) + "\n")
    return 0
