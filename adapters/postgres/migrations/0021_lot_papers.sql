-- What a carrier hands out once for a lot, such as its label. It goes from one warehouse to
-- another and names no person, so it is kept as it came.

CREATE TABLE backhaul.lot_paper (
    tenant     text COLLATE "C" NOT NULL,
    lot_id     text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL,  -- label:{offer}
    media_type text NOT NULL,
    content    bytea NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, lot_id, name)
);

GRANT SELECT, INSERT ON backhaul.lot_paper TO backhaul_engine;
