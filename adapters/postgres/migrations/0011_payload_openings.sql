-- Sealed payloads that were opened for somebody. Only ever added to.

CREATE TABLE backhaul.payload_opening (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    tenant   text COLLATE "C" NOT NULL,
    caller   text NOT NULL,
    role     text NOT NULL,
    file     text COLLATE "C" NOT NULL,  -- as its key names it
    payloads integer NOT NULL
);
CREATE INDEX payload_opening_newest ON backhaul.payload_opening (tenant, id DESC);

GRANT SELECT, INSERT ON backhaul.payload_opening TO backhaul_engine;
