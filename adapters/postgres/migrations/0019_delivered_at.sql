-- When something was taken last, for who looks after a subscription.

ALTER TABLE backhaul.subscription ADD COLUMN delivered_at timestamptz;
