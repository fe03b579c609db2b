"""How long is tried: seconds at first, hours later, three days in all."""

from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=6)
GROWTH = 4
"""5 s, 20 s, 80 s, 5 min, 21 min, 85 min, 5.7 h, then every 6 h."""

JITTER = 200
"""In thousandths: a pause is so much shorter or longer, so that what failed together returns apart."""

LONGEST_ASKED = timedelta(hours=24)
"""By `Retry-After`; who asks for more is asked again after this."""

GIVE_UP_AFTER = timedelta(days=3)
"""From the first attempt of a message on; then the subscription is stopped, and nothing is lost."""


def pause_after(attempts: int, dice: int, retry_after_s: int | None = None) -> timedelta:
    """Say how long to wait after so many attempts that failed.

    Args:
        attempts: 1 after the first.
        dice: At random from 0 to 1000.
        retry_after_s: What the other side asked for in seconds; never less than that.
    """
    grown = min(FIRST_PAUSE * int(GROWTH ** min(attempts - 1, 10)), LONGEST_PAUSE)
    pause = grown * (1_000 - JITTER + 2 * JITTER * dice // 1_000) // 1_000
    asked = timedelta(seconds=retry_after_s or 0)
    return max(pause, min(asked, LONGEST_ASKED))
