"""Labels, in every state of their table."""

from datetime import timedelta

from domain.returns import commands as c
from domain.returns import notes as n
from domain.words import LabelLife
from tests.domain.returns import shop, story
from tests.domain.returns.cells.cell import Cells, Saying
from tests.domain.returns.cells.of_transport import bought, received, scan
from tests.domain.returns.scenario import Scenario

LL = LabelLife


def _void(state: str) -> Saying:
    """The carrier's word on the first label; the first of its parcel, where there is none."""
    return lambda known: n.NoteVoid.model_validate(
        {"label_id": next(iter(known.state.labels), "label:P1:1"), "state": state}
    )


def given_back(*said: str) -> Scenario:
    """Nobody needs it any more, and the carrier has said so much."""
    known = story.labelled().when(story.by_staff(c.Cancel))
    return known.when(*(_void(state)(known) for state in said))


def outlived() -> Scenario:
    """It is billed on its scan, so nothing is to be asked for."""
    known = story.opened().perform("buy_label", billed="on_scan").settle()
    return known.when(story.by_staff(c.Cancel))


def outliving() -> Scenario:
    """The last day on which its carrier takes it: another one is needed."""
    slow = {**shop.policy().deadlines.model_dump(), "ship_by_days": 60}
    known = story.opened(rules={"deadlines": slow})
    last = known.now + timedelta(days=10)
    return known.perform("buy_label", expires_at=last).settle().at(last)


LABEL = Cells(
    axis="label",
    look=lambda state: next((label.life for label in state.labels.values()), None),
    standing={
        None: story.opened,
        LL.LIVE: story.labelled,
        LL.EXPIRED: outlived,
        LL.VOID_REQUESTED: given_back,
        LL.VOID_SUBMITTED: lambda: given_back("submitted"),
        LL.VOIDED: lambda: given_back("granted"),
        LL.KEPT: lambda: given_back("refused"),
        LL.USED: story.under_way,
    },
    sayings={
        "LabelPurchased": bought,
        "ParcelScanned": scan("scanned"),
        "ParcelReceived": received,
        "LabelExpired": lambda _known: n.NoteDeadline(),
        "LabelVoidRequested": lambda known: (
            n.NoteDeadline()
            if known.state.labels["label:P1:1"].good_until == known.now
            else story.by_staff(c.Cancel)
        ),
        "LabelVoidSubmitted": _void("submitted"),
        "LabelVoided": _void("granted"),
        "LabelVoidRejected": _void("refused"),
    },
    instead={
        (LL.LIVE, "LabelExpired"): outliving,
        (LL.EXPIRED, "LabelVoidRequested"): outliving,
    },
)
