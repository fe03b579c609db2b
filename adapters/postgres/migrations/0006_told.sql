-- Some providers cannot be asked about a payout: how it stands is what they told us and signed.

CREATE INDEX inbox_told ON backhaul.inbox ((facts -> 0 -> 'proven' ->> 'instruction_id'))
    WHERE facts -> 0 -> 'proven' ->> 'instruction_id' IS NOT NULL;
