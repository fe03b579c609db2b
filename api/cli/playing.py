"""`demo`: a run of the whole engine with the simulated partners."""

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
