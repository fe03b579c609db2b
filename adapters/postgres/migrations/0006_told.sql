-- Some providers cannot be asked about a payout: how it stands is what they told us and signed,
-- found by our reference, or by their own where they do not hand ours back. In columns, because
-- no operator reads a json that holds a \u0000, and such an event is to be kept like any other.

ALTER TABLE backhaul.inbox
    ADD COLUMN told_instruction_id text COLLATE "C",
    ADD COLUMN told_payout_ref     text COLLATE "C",
    ADD COLUMN told                json;  -- what of it was signed

CREATE INDEX inbox_told ON backhaul.inbox (told_instruction_id)
    WHERE told_instruction_id IS NOT NULL;
CREATE INDEX inbox_told_by_theirs ON backhaul.inbox (told_payout_ref)
    WHERE told_payout_ref IS NOT NULL;
