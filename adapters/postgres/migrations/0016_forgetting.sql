-- Keys of who is forgotten: retired at once, destroyed when no process can hold them any more.

ALTER TABLE backhaul.data_key ADD COLUMN destroy_at timestamptz;  -- NULL: nobody wants that
GRANT UPDATE (destroy_at) ON backhaul.data_key TO backhaul_engine;

CREATE INDEX data_key_to_destroy ON backhaul.data_key (destroy_at)
    WHERE destroy_at IS NOT NULL AND wrapped_key IS NOT NULL;

-- How a person's orders are found, also those of which nothing came back.
CREATE INDEX event_of_buyer ON backhaul.event (tenant, (data -> 'order' ->> 'customer_id'))
    WHERE type = 'OrderRecorded';
