-- How news of who is forgotten is found that no return was ever told.

CREATE INDEX inbox_awaiting ON backhaul.inbox (awaits) WHERE awaits IS NOT NULL;
