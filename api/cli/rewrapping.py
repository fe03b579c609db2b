"""`rewrap`: keys follow the newest master key, so that an older one can go."""

from collections import Counter

from cyclopts import App

from api.cli.desk import COMMON, Common, Desk, Exit, at_desk

app = App()


@app.command
def rewrap(*, common: Common = COMMON) -> int:
    """Wrap every stored key anew by the newest master key; what the keys seal is not touched.

    Needs BACKHAUL_MASTER_KEY=new,old. May be stopped at any moment and run again.
    """

    async def work(desk: Desk) -> Exit:
        done, unopened = Counter[str](), Counter[str]()
        async for some in desk.returns.keys.rewrap():
            done[some.table] += some.done
            unopened[some.table] += some.unopened
        left = await desk.returns.keys.left()
        lines = [
            f"{table}: {done[table]} wrapped anew, {count} left"
            + (f", {unopened[table]} of them open to nobody" if unopened[table] else "")
            for table, count in left.items()
        ]
        rest = sum(left.values())
        lines.append(
            "older master keys wrap nothing: they may go"
            if not rest
            else f"{rest} left: older master keys have to stay"
        )
        desk.say(lines, {"done": dict(done), "unopened": dict(unopened), "left": left})
        return Exit.REFUSED if rest else Exit.DONE

    return at_desk(common, work)
