-- Not every provider hands our reference back: what it told is found by its own as well.

CREATE INDEX inbox_told_by_theirs ON backhaul.inbox ((facts -> 0 -> 'proven' ->> 'payout_ref'))
    WHERE facts -> 0 -> 'proven' ->> 'payout_ref' IS NOT NULL;
