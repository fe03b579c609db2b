"""`demo`, a run of the whole engine with the simulated partners; `example`, a request to try."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

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
