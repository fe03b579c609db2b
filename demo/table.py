"""What is seen of it: a table while it plays, and what came of it at the end."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.audit import Books
from demo.audit.promises import paid_out
from demo.conclusion import Conclusion
from demo.journeys import Journey
from demo.stories import Stories, Story
from domain.money import Money
from domain.returns.shown.status import MoneyStatus

STYLES = {
    "completed": "green",
    "declined": "yellow",
    "cancelled": "yellow",
    "expired": "yellow",
    "lost": "red",
    "disputed": "magenta",
    "pickup_exception": "red",
    "transit_exception": "red",
}


def days(span: timedelta) -> float:
    """Say a time in days."""
    return span / timedelta(days=1)


def board(
    journeys: Sequence[Journey], stories: Stories, began: datetime, now: datetime, doing: str
) -> Table:
    """Show every return as it stands at this moment of the calendar, the open ones first."""
    title = f"day {days(now - began):.1f}, {now:%a %d %b %H:%M} UTC, {doing}"
    table = Table(title=title, box=None, pad_edge=False, title_justify="left")
    for name in ("return", "headline", "whose turn", "by", "paid / promised"):
        table.add_column(name, justify="right" if name.startswith("paid") else "left", no_wrap=True)
    shown = [stories[journey.return_id] for journey in journeys]
    for story in sorted(shown, key=lambda story: bool(story.answer) or story.status.closed):
        table.add_row(*_row(story))
    return table


def _row(story: Story) -> tuple[Text | str, ...]:
    if story.answer:
        return story.return_id, Text(story.answer.partition(":")[0], "yellow"), "", "", ""
    status = story.status
    turn = f"{status.next_actor}: {status.next_action}" if status.next_actor else ""
    due = f"{status.due_at:%d %b %H:%M}" if status.due_at else ""
    headline = Text(status.headline, STYLES.get(status.headline, ""))
    return story.return_id, headline, turn, due, _money(status.money)


def _money(money: MoneyStatus | None) -> str:
    if money is None:
        return ""
    paid = Money(amount_minor=money.paid_minor, currency=money.currency)
    promised = Money(amount_minor=money.promised_minor, currency=money.currency)
    return f"{paid.plain().partition(' ')[0]} / {promised.plain()}"


def summary(
    console: Console,
    journeys: Sequence[Journey],
    stories: Stories,
    concluded: Conclusion,
    link: Callable[[str, str], str],
) -> None:
    """Print how it all ended, where to look at it, and whether every book agrees."""
    console.print(_endings(journeys, stories, concluded.wrong))
    console.print(_money_by_currency(stories, concluded.books))
    console.print("Each of them in the Temporal UI", style="italic")
    for story in stories:
        if story.rows:
            url = link(story.tenant, story.return_id)
            console.print(f"  {story.return_id:16} {url}", soft_wrap=True, highlight=False)
    _verdict(console, stories, concluded)


def _endings(journeys: Sequence[Journey], stories: Stories, wrong: Iterable[str]) -> Table:
    """Show how each return ended, and whether it had to."""
    told = [because.partition(": ")[0].split(", ") for because in wrong]
    table = Table(title="How they ended", box=None, pad_edge=False, title_justify="left")
    for name in ("", "return", "journey", "ended", "paid"):
        table.add_column(name, justify="right" if name == "paid" else "left")
    for journey in journeys:
        story = stories[journey.return_id]
        is_wrong = any(journey.return_id in names for names in told)
        mark = Text("✗", "red") if is_wrong else Text("✓", "green")
        ended = f"refused, {story.answer.partition(':')[0]}" if story.answer else ""
        money = story.status.money
        paid = Money(amount_minor=money.paid_minor, currency=money.currency) if money else ""
        table.add_row(
            mark, story.return_id, journey.title, ended or story.status.headline, str(paid)
        )
    return table


def _money_by_currency(stories: Iterable[Story], books: Books) -> Table:
    """Show what went back, and what the labels cost us."""
    paid: Mapping[str, Counter[str]] = defaultdict(Counter)
    for story in stories:
        for plan in paid_out(story.rows).values():
            kind = plan["provider"]
            paid[plan["currency"]][kind] += plan["amount_minor"]
    table = Table(title="Money", box=None, pad_edge=False, title_justify="left")
    for name in ("currency", "to cards and banks", "gift cards and credit", "by hand"):
        table.add_column(name, justify="right")
    for currency, by_kind in sorted(paid.items()):
        amounts = [by_kind[kind] for kind in ("stripe", "stored_value", "manual")]
        shown = [Money(amount_minor=minor, currency=currency).plain() for minor in amounts]
        table.add_row(currency, *[text.partition(" ")[0] for text in shown])
    table.caption = summary_of_labels(books)
    return table


def summary_of_labels(books: Books) -> str:
    """Say how many labels there were, and what is paid for them: when bought, or when scanned."""
    made = [row for row in books.labels if row["kind"] in {"purchase", "ordered"}]
    back = {row["label_id"] for row in books.labels if row["kind"] == "voided"}
    billed = [row for row in books.labels if row["kind"] == "billed"]
    paid_for = [*billed, *(row for row in made if row["label_id"] not in back)]
    spent = Money(amount_minor=sum(row["cost_minor"] for row in paid_for), currency="EUR")
    ends = f"{len(back)} of them given back, {len(billed)} billed when they were scanned"
    return f"{len(made)} labels, {ends}: {spent}"


def _verdict(console: Console, stories: Stories, concluded: Conclusion) -> None:
    """Say whether all books agree, and every difference if they do not."""
    books = concluded.books
    console.print(
        f"Audit of {len(stories.rows)} events against {len(books.payments)} entries of payments, "
        f"{len(books.labels)} of labels, {len(books.warehouse)} of the warehouse and "
        f"{len(books.mail) + len(books.sms)} messages",
        style="italic",
        highlight=False,
        soft_wrap=True,
    )
    for one in concluded.compared:
        sentence = f"Reconciled {one.sentence}"
        console.print(sentence, style="italic", highlight=False, soft_wrap=True)
    objections = [f"a partner's own book: {objection}" for objection in concluded.objections]
    for told in (*concluded.differences, *objections, *concluded.wrong):
        console.print(Text(f"  ✗ {told}", "red"), soft_wrap=True)
    if concluded.agrees:
        console.print(Text("  ✓ no difference, and every journey ended as it must", "green"))
