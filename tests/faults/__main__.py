"""`make faults`: a storm in which everything is killed, and controls in which it must be noticed.

The storm is a simulation, held to how much must at least have gone wrong in it; it has to end
without a difference. Each control is a smaller one whose workers lack one safety (`unsafe`): the
audit has to find what that breaks, or its silence about the storm is worth nothing.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from demo.run import AGREES, DIFFERS
from demo.simulation.run import Wanted, main
from demo.struck import CALLED, Program
from deploy.local import state_folder

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
UNUSABLE = 2

CONTROLS = {
    "refunds": "a second time for return",
    "labels": "and is in 0 returns",
}
"""What must be found without a safety, by the folder in `unsafe` that takes it off."""

CONTROL_RETURNS, CONTROL_DAYS = 24, 6


@dataclass(frozen=True)
class Storm:
    """How much is played, and how much of it must at least have gone wrong."""

    returns: int
    days: int
    kill: Mapping[Program, int]  # how often each is killed, in turns; everything is all at once
    lost: int  # answers
    controls: tuple[str, ...]

    @property
    def blows(self) -> tuple[Program, ...]:
        """The kills in their order, evenly mixed."""
        whole = [
            ((nth + 0.5) / times, program)
            for program, times in self.kill.items()
            for nth in range(times)
        ]
        return tuple(program for _, program in sorted(whole))

    def killed(self, program: Program) -> int:
        """How often that must have been killed."""
        return self.kill.get(program, 0) + self.kill.get("everything", 0)


STORMS = {
    "short": Storm(
        returns=300, days=14, lost=300, kill={"everything": 12}, controls=("refunds",)
    ),
    "long": Storm(
        returns=1_000, days=60, lost=1_000, controls=tuple(CONTROLS),
        kill={**dict.fromkeys(CALLED.values(), 12), "everything": 24},
    ),
}  # fmt: skip


def suite(name: str, console: Console) -> int:
    """Play it all; gives 0 where the storm agrees and each control is found out."""
    state = state_folder(os.environ) / "faults"
    began = time.monotonic()
    verdicts = [_storm(STORMS[name], state, console)]
    verdicts += [_control(control, state, console) for control in STORMS[name].controls]
    for told, holds in verdicts:
        console.print(Text(f"{'✓' if holds else '✗'} {told}", "green" if holds else "red"))
    console.print(f"{time.monotonic() - began:.0f} seconds")
    return AGREES if all(holds for _, holds in verdicts) else DIFFERS


def _storm(storm: Storm, state: Path, console: Console) -> tuple[str, bool]:
    console.rule("the storm")
    wanted = Wanted(
        returns=storm.returns,
        days=storm.days,
        faults="storm",
        kills=len(storm.blows),
        kill=storm.blows,
        out=state / "storm",
        env=_surroundings(state),
    )
    code, report = _played(wanted, console)
    counts = report["counts"]
    killed = {program: counts.get(f"{program} killed", 0) for program in CALLED.values()}
    told = f"{counts['returns']} returns, {counts['answers lost']} answers lost, killed: " + (
        ", ".join(f"{program} {times}" for program, times in killed.items())
    )
    enough = counts["answers lost"] >= storm.lost and all(
        times >= storm.killed(program) for program, times in killed.items()
    )
    agrees = code == AGREES
    return f"{told}{'' if enough else ', which is too little'}; {_found(report)}", enough and agrees


def _control(control: str, state: Path, console: Console) -> tuple[str, bool]:
    console.rule(f"the control: {control} without their safety")
    unsafe = os.pathsep.join(map(str, (HERE / "unsafe" / control, ROOT)))
    env = {**_surroundings(state), "PYTHONPATH": unsafe}
    wanted = Wanted(
        returns=CONTROL_RETURNS, days=CONTROL_DAYS, faults="storm", kills=0,
        out=state / control, env=env,
    )  # fmt: skip
    code, report = _played(wanted, console)
    noticed = any(CONTROLS[control] in each for each in report["differences"])
    return f"without the safety of {control}: {_found(report)}", code == DIFFERS and noticed


def _played(wanted: Wanted, console: Console) -> tuple[int, dict[str, Any]]:
    """Simulate; what is reported is of this run, or nothing."""
    if wanted.out is None:
        raise ValueError("out: expected a folder")
    path = wanted.out / "report.json"
    path.unlink(missing_ok=True)
    code = main(wanted, console)
    if not path.exists():
        console.print("It did not come to its end.", style="red")
        sys.exit(DIFFERS)
    report: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return code, report


def _found(report: Mapping[str, Any]) -> str:
    found = len(report["differences"])
    return f"{found} difference{'' if found == 1 else 's'} found" if found else "no difference"


def _surroundings(state: Path) -> dict[str, str]:
    """Those of a stack of its own, whatever is running or set here."""
    foreign = ("BACKHAUL_", "TEMPORAL_", "DATABASE_URL", "OTEL_")
    own = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
    return {**own, "BACKHAUL_STATE": str(state)}


if __name__ == "__main__":
    named = sys.argv[1] if len(sys.argv) > 1 else "short"
    if named not in STORMS:
        sys.stderr.write(f"usage: python -m tests.faults [{'|'.join(STORMS)}]\n")
        sys.exit(UNUSABLE)
    sys.exit(suite(named, Console()))
