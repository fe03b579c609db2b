"""What EasyPost's trackers say was seen, in the words that their webhooks are read in, too.

Docs: docs.easypost.com/docs/trackers ("Retrieve a list of Trackers", by `tracking_code`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from activities.failures import Misspoken
from activities.ports import Tracked
from adapters.http import printable_code
from adapters.webhooks.easypost_facts import BY_DETAIL, BY_STATUS, SAY_NOTHING, place_of
from adapters.webhooks.event import Unreadable, moment, text_at


def story_of(body: Mapping[str, Any]) -> Sequence[Tracked]:
    """Give the scans of all trackers of a number, the oldest first.

    Raises:
        Misspoken: It is no list of trackers, or a scan has no time.
    """
    trackers = body.get("trackers")
    if not isinstance(trackers, list):
        raise Misspoken("easypost: GET /trackers answers without trackers")
    seen = [scan for one in trackers if isinstance(one, dict) for scan in _scans(one)]
    return sorted(seen, key=lambda scan: scan.occurred_at)


def _scans(tracker: Mapping[str, Any]) -> Iterator[Tracked]:
    details = tracker.get("tracking_details")
    history = [item for item in details or () if isinstance(item, dict)]
    for detail in history or [{**tracker, "datetime": tracker.get("updated_at")}]:
        status, kind = text_at(detail, "status"), text_at(detail, "status_detail")
        if status in SAY_NOTHING:
            continue
        try:
            occurred_at = moment(detail.get("datetime"))
        except Unreadable:
            raise Misspoken("easypost: a scan without a time") from None
        yield Tracked(
            status=BY_DETAIL.get(kind) or BY_STATUS.get(status, "scanned"),
            occurred_at=occurred_at,
            place=place_of(detail),
            theirs=printable_code(kind or status),
        )
