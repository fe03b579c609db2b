"""The report of a simulation: its numbers, its verdict, and the money of every return."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from demo.audit.promises import paid_out
from demo.conclusion import Conclusion
from demo.simulation.figures import Figures, Table
from demo.stories import Stories, Story

if TYPE_CHECKING:
    from demo.simulation.run import Wanted


@dataclass
class Report:
    """Everything that is told of a simulation."""

    wanted: "Wanted"
    began: datetime
    figures: Figures
    faults: Table
    stories: Stories
    concluded: Conclusion
    titles: Mapping[str, str]
    killed: Mapping[str, int]  # how often each program was
    refused: Sequence[str]  # acts of people that a return said no to
    unsettled: int  # moments after which something still moved
    seconds: float = 0.0  # of the machine's time

    @property
    def agrees(self) -> bool:
        """Whether every book agrees, and every return has come to an end."""
        return self.concluded.agrees

    @property
    def differences(self) -> list[str]:
        """Every difference, as a sentence."""
        found = self.concluded
        theirs = [f"a partner's own book: {objection}" for objection in found.objections]
        return [*map(str, found.differences), *theirs, *found.wrong]

    @property
    def counts(self) -> dict[str, Any]:
        """The numbers that are looked at first."""
        took = sorted(row["days"] for row in self.figures.refunds)
        tenth = quantiles(took, n=10) if len(took) > 1 else [0.0] * 9
        books = self.concluded.books
        payouts = [plan for story in self.stories for plan in paid_out(story.rows).values()]
        return {
            "returns": len(self.stories.by_id),
            "not opened": sum(bool(story.answer) for story in self.stories),
            "events": len(self.stories.rows),
            "payouts that stand": len(payouts),
            "entries in the partners' books": sum(
                map(
                    len,
                    (books.payments, books.labels, books.warehouse, books.mail, books.sms),
                )
            ),
            "faults injected": sum(row["times"] for row in self.faults),
            "answers lost": sum(row["times"] for row in self.faults if row["lost"]),
            "programs killed": sum(self.killed.values()),
            **{f"{name} killed": times for name, times in self.killed.items()},
            "differences": len(self.differences),
            "days to the refund, median": round(tenth[4], 1),
            "days to the refund, 9 of 10": round(tenth[8], 1),
            "seconds it took": self.seconds,
        }

    @property
    def endings(self) -> dict[str, dict[str, Any]]:
        """How each return ended and what went back, by tender: the same for the same seed."""
        return {story.return_id: ending(story, self.titles) for story in self.stories}

    def as_json(self) -> str:
        """Say it all for a machine."""
        wanted = self.wanted
        told = {
            "asked": {
                "returns": wanted.returns, "days": wanted.days, "seed": wanted.seed,
                "faults": wanted.faults, "kills": wanted.all_kills, "kill": [*wanted.kill],
                "orders": wanted.orders.name if wanted.orders else None,
            },
            "began": self.began.isoformat(),
            "agrees": self.agrees,
            "counts": self.counts,
            "differences": self.differences,
            "refused": list(self.refused),
            "endings": self.endings,
            "faults": self.faults,
            "figures": vars(self.figures),
        }  # fmt: skip
        return json.dumps(told, indent=1, ensure_ascii=False)

    def summary(self, console: Console) -> None:
        """Print what came of it."""
        for name, number in self.counts.items():
            console.print(f"  {name:32} {number}", highlight=False)
        for one in self.concluded.compared:
            console.print(f"Reconciled {one.sentence}", style="italic", soft_wrap=True)
        for told in self.differences:
            console.print(Text(f"  ✗ {told}", "red"), soft_wrap=True)
        if self.agrees:
            console.print(Text("  ✓ no difference, and every return has ended", "green"))


def ending(story: Story, titles: Mapping[str, str]) -> dict[str, Any]:
    """How a return ended, with its money to the minor unit."""
    if story.answer:
        return {"way": titles[story.return_id], "ended": "refused", "paid": {}}
    paid: Counter[str] = Counter()
    for plan in paid_out(story.rows).values():
        paid[plan["tender_id"] or plan["destination"]] += plan["amount_minor"]
    return {
        "way": titles[story.return_id],
        "ended": str(story.status.headline),
        "currency": story.status.currency,
        "paid": dict(sorted(paid.items())),
    }


CAME = ("put right", "of no one return", "open")
"""What can come of a fault: its return has ended; it hit a list, or news that concern no return;
the return is open still."""

LOST = frozenset({"cut_after", "500_after", "silence_after"})

IN_WORDS = {
    "cut_after": "done, the answer cut off",
    "500_after": "done, answered with 500",
    "silence_after": "done, never answered",
    "refuse_before": "refused, nothing done",
    "throttle": "throttled",
    "500_before": "failed, nothing done",
    "slow": "answered slowly",
    "webhook_twice": "webhook told twice",
    "webhook_late": "webhook told half a day late",
    "webhook_shuffled": "webhook overtaken by others",
    "bad_signature": "webhook with a foreign signature",
}


def put_right(
    fired: Sequence[Mapping[str, Any]], stories: Stories, heard: Mapping[str, str]
) -> Table:
    """What was injected, how often, and how the return that it hit stands at the end.

    Args:
        fired: The sandbox's record of it.
        stories: The returns.
        heard: What each webhook and each message was about, by its id.
    """
    by_name = {
        name: story
        for story in stories
        for name in (*story.names, *story.state.payouts, *story.state.coupons)
    }
    counts: Counter[tuple[str, str]] = Counter()
    for one in fired:
        key = heard.get(one["key"], one["key"])
        hit = next((by_name[part] for part in _parts(key) if part in by_name), None)
        came = CAME[1] if hit is None else CAME[0] if _ended(hit) else CAME[2]
        counts[one["fault"], came] += 1
    return [
        {"what": IN_WORDS.get(fault, fault), "came": came, "times": times, "lost": fault in LOST}
        for (fault, came), times in sorted(counts.items())
    ]


def _parts(key: str) -> list[str]:
    """A business key and what it is made of: `acme:R-1:label:P1:1`, `metadata['…']:'…'`."""
    return [key, *re.split(r"[:'/ ]", key)]


def _ended(story: Story) -> bool:
    return bool(story.answer) or story.status.closed
