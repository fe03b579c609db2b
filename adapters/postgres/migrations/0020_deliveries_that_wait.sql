-- Of deliveries only what waits is kept: what was taken is known by the receiver, and by the feed.

DELETE FROM backhaul.subscription_delivery WHERE NOT waiting;
DROP INDEX backhaul.subscription_delivery_waiting;
ALTER TABLE backhaul.subscription_delivery DROP COLUMN waiting, DROP COLUMN last_status;
CREATE INDEX subscription_delivery_turn
    ON backhaul.subscription_delivery (tenant, subscription_id, stream_id, position);
