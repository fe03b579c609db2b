"""A subscription as its page in the Temporal UI shows it."""

from datetime import UTC, datetime

from domain.subscriptions.messages import Delivered


def as_details(stands: Delivered) -> str:
    """Write how it stands, as Markdown."""
    lines = [
        f"Webhooks are **{stands.state or 'deleted'}**. {stands.because}".strip(),
        "",
        f"- waiting: {stands.waiting}",
        f"- last taken: {_when(stands.delivered_at) or 'nothing yet'}",
        f"- next try: {_when(stands.next_at) or 'none'}",
    ]
    return "\n".join([*lines, *([f"- problem: {stands.problem}"] if stands.problem else [])])


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else ""
