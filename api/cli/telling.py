"""`receive`, `inspect`, `tell`: what the outside saw. Nobody waits for what comes of it."""

from cyclopts import App

from api.cli.desk import COMMON, Common, Desk, Exit, UsageError, at_desk
from api.cli.files import File, read_one, read_some
from api.cli.opening import told
from domain.returns.commands import SIGNALS

app = App()


@app.command
def receive(file: File, *, common: Common = COMMON) -> int:
    """Report what the dock found in a parcel, to the returns it is for.

    Args:
        file: A receipt in JSON, or a list of them; - is standard input.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        receipts, many = read_some(file)
        answers = [
            answer
            for receipt in receipts
            for answer in await desk.returns.receive(desk.tenant, receipt)
        ]
        return told(desk, answers, many=many or len(answers) > 1)

    return at_desk(common, work)


@app.command
def inspect(file: File, *, common: Common = COMMON) -> int:
    """Report what an inspector saw.

    Args:
        file: An inspection in JSON, or a list of them; - is standard input.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        inspections, many = read_some(file)
        answers = [await desk.returns.inspect(desk.tenant, seen) for seen in inspections]
        return told(desk, answers, many=many)

    return at_desk(common, work)


@app.command
def tell(return_id: str, signal: str, file: File, *, common: Common = COMMON) -> int:
    """Tell a return anything, by the name of a signal and its fields in FILE.

    Args:
        return_id: Which return.
        signal: Such as report_tracking.
        file: The fields in JSON; - is standard input.
        common: What every command takes.
    """
    name = signal.replace("-", "_")

    async def work(desk: Desk) -> Exit:
        if name not in SIGNALS:
            raise UsageError(f"{signal}: there is no such signal; choose {', '.join(SIGNALS)}")
        answer = await desk.returns.tell(desk.tenant, return_id, name, read_one(file))
        return told(desk, [answer], many=False)

    return at_desk(common, work)
