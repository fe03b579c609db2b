"""How each activity is tried: for how long, how often, and in which queue. One table.

No retry policy names an exception: `activities.translation` says with each failure whether
it may be tried again, and when. A step is given up only to a person, never to a timeout.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple, TypedDict

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.names import partner_queue

RECORD_DEADLINE = timedelta(seconds=10)
"""One try of a recording: the store's own deadlines are 5 s, and 10 s to cancel."""

RECORD_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=10),
)


class Trying(NamedTuple):
    """One activity's line of the table."""

    queue: str  # the kind of partner; see `workflows.names.partner_queue`
    deadline: timedelta  # of one try: what its calls may take in all, + 10 s
    slowest_retry: timedelta
    local_first: bool = False


MISSED = timedelta(seconds=10)
"""After which a worker that gives no sign of life is taken for dead; see `activities.steps`."""

BREATH = timedelta(milliseconds=1)

LOCAL_TRY = timedelta(seconds=3)
"""A message is sent from the workflow's own worker first, once: a mail costs one event of
history instead of six, and a mail server that is down is the ordinary activity's business."""

ONCE = RetryPolicy(maximum_attempts=1)

FIRST_PAUSE = timedelta(seconds=1)

LONGEST_PAUSE = timedelta(hours=1)
"""Before a step is begun again that was done and is on the agenda still."""

_PARTNER = timedelta(seconds=90)  # four calls of 20 s each, and 10 s

PERFORMING: Mapping[str, Trying] = {
    "buy_label": Trying("carrier", _PARTNER, timedelta(minutes=5)),
    "look_up_label": Trying("carrier", _PARTNER, timedelta(minutes=30)),
    "void_label": Trying("carrier", _PARTNER, timedelta(minutes=30)),
    "book_pickup": Trying("carrier", _PARTNER, timedelta(minutes=5)),
    "look_up_pickup": Trying("carrier", _PARTNER, timedelta(minutes=30)),
    "cancel_pickup": Trying("carrier", _PARTNER, timedelta(minutes=5)),
    "announce": Trying("warehouse", _PARTNER, timedelta(minutes=10)),
    "move_stock": Trying("warehouse", _PARTNER, timedelta(minutes=10)),
    "reserve": Trying("warehouse", _PARTNER, timedelta(minutes=5)),
    "release_reservation": Trying("warehouse", _PARTNER, timedelta(minutes=10)),
    "order_replacement": Trying("warehouse", _PARTNER, timedelta(minutes=5)),
    "order_repair": Trying("warehouse", _PARTNER, timedelta(minutes=10)),
    "send_back": Trying("warehouse", _PARTNER, timedelta(minutes=10)),
    "issue_coupon": Trying("payment", _PARTNER, timedelta(minutes=5)),
    "pay_out": Trying("payment", _PARTNER, timedelta(minutes=5)),
    "look_up_payout": Trying("payment", _PARTNER, timedelta(minutes=5)),
    "follow_parcel": Trying("carrier", _PARTNER, timedelta(minutes=30)),
    "track": Trying("carrier", _PARTNER, timedelta(minutes=30)),
    "place_hold": Trying("payment", _PARTNER, timedelta(minutes=5)),
    "look_up_hold": Trying("payment", _PARTNER, timedelta(minutes=5)),
    "take_hold": Trying("payment", _PARTNER, timedelta(minutes=5)),
    "release_hold": Trying("payment", _PARTNER, timedelta(minutes=5)),
    "send_bill": Trying("payment", _PARTNER, timedelta(minutes=5)),
    "look_up_bill": Trying("payment", _PARTNER, timedelta(minutes=5)),
    "cancel_bill": Trying("payment", _PARTNER, timedelta(minutes=5)),
    "open_recovery": Trying("carrier", _PARTNER, timedelta(minutes=10)),
    "recall_recovery": Trying("carrier", _PARTNER, timedelta(minutes=10)),
    "join_lot": Trying("warehouse", _PARTNER, timedelta(minutes=10)),
    "leave_lot": Trying("warehouse", _PARTNER, timedelta(minutes=10)),
    "notify": Trying("mail", _PARTNER, timedelta(minutes=10), local_first=True),
}

RECOVERING: Mapping[str, Trying] = {
    "file_claim": Trying("carrier", timedelta(minutes=2), timedelta(minutes=30)),
    "look_up_claim": Trying("carrier", _PARTNER, timedelta(hours=1)),
    "cancel_claim": Trying("carrier", _PARTNER, timedelta(minutes=30)),
}
"""What is no step of a return, but of what is claimed back on its account."""

GATHERING: Mapping[str, Trying] = {
    "offer_lot": Trying("warehouse", _PARTNER, timedelta(hours=1)),
    "look_up_lot": Trying("carrier", _PARTNER, timedelta(hours=1)),
    "ship_lot": Trying("carrier", _PARTNER, timedelta(minutes=30)),
    "place_lot": Trying("warehouse", _PARTNER, timedelta(minutes=10)),
    "tell_returns": Trying("warehouse", _PARTNER, timedelta(minutes=5)),
}
"""The steps of a lot."""

COMPARING: Mapping[str, Trying] = {
    "compare_books": Trying("payment", timedelta(minutes=30), timedelta(minutes=15)),
}
"""What is no step of a return: the lists of a provider are long, and read in one go."""

REFUNDING: Mapping[str, Trying] = {
    "pay_refund": Trying("payment", _PARTNER, timedelta(minutes=5)),
    "look_up_refund": Trying("payment", _PARTNER, timedelta(minutes=5)),
}
"""The steps of a refund that staff make without a return."""

DELIVERING: Mapping[str, Trying] = {
    "deliver_events": Trying("webhooks", timedelta(minutes=2), timedelta(minutes=1)),
    "tell_owner": Trying("mail", _PARTNER, timedelta(hours=1)),
}
"""A turn of a subscription, and the letter that says that there are no more. How often one message is tried: `domain.subscriptions.patience`."""


class Tried(TypedDict):
    """What a line of the table says, as the SDK takes it."""

    task_queue: str
    start_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy


def tried(trying: Trying, *, account: str = "", retry: RetryPolicy | None = None) -> Tried:
    """Say how an activity of the workflow that asks is tried, in which queue.

    Args:
        trying: Its line.
        account: The contract by which it is done, where it is not the one for most.
        retry: How it is repeated, where that is not `retrying`.
    """
    return Tried(
        task_queue=partner_queue(workflow.info().task_queue, trying.queue, account),
        start_to_close_timeout=trying.deadline,
        heartbeat_timeout=MISSED,
        retry_policy=retry or retrying(trying),
    )


def soon(trying: Trying) -> RetryPolicy:
    """Try once more after a moment: most of what goes wrong is gone by then."""
    return RetryPolicy(
        initial_interval=FIRST_PAUSE, maximum_interval=trying.slowest_retry, maximum_attempts=2
    )


def retrying(trying: Trying) -> RetryPolicy:
    """Try for ever, ever more slowly; the agenda's deadline tells a person meanwhile."""
    return RetryPolicy(
        initial_interval=FIRST_PAUSE * 4,
        backoff_coefficient=2,
        maximum_interval=trying.slowest_retry,
    )
