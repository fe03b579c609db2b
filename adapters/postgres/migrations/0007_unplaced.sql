-- News that was told to a return which nobody had opened stands quarantined, and is told once the
-- return's stream begins.

ALTER TABLE backhaul.inbox ADD COLUMN awaits text COLLATE "C";  -- the name of that stream

CREATE INDEX inbox_unplaced ON backhaul.inbox (id)
    WHERE awaits IS NOT NULL AND state = 'quarantined' AND attempts = 0;
