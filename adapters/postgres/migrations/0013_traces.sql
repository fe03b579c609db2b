-- The trace of the request that brought a webhook: what it leads to is told in the same one.

ALTER TABLE backhaul.inbox ADD COLUMN traceparent text NOT NULL DEFAULT '';
