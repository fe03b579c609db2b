-- Keys of files: one seals what people said of a return, an order, a claim or a refund, in the
-- payloads of its workflow and in the events of its stream. A row outlives its key, so that what
-- was erased can be told from what is not known.

CREATE TABLE backhaul.data_key (
    key_id        uuid PRIMARY KEY,
    file          text COLLATE "C" NOT NULL,  -- the name of its stream and of its workflow
    wrapped_key   bytea,                      -- NULL: destroyed
    master_key_id text NOT NULL,              -- which one wraps it; says nothing about it
    made_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    retired_at    timestamptz,                -- seals nothing more since then
    destroyed_at  timestamptz,
    CHECK ((wrapped_key IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE UNIQUE INDEX data_key_newest ON backhaul.data_key (file) WHERE retired_at IS NULL;
CREATE INDEX data_key_of_file ON backhaul.data_key (file);

GRANT SELECT, INSERT ON backhaul.data_key TO backhaul_engine;
GRANT UPDATE (wrapped_key, master_key_id, retired_at, destroyed_at)
    ON backhaul.data_key TO backhaul_engine;
