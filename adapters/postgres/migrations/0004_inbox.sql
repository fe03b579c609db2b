-- What partners told us unasked, once each, until it was told to the returns it is about.

CREATE TABLE backhaul.inbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- in this order they are relayed
    provider    text COLLATE "C" NOT NULL,
    account     text COLLATE "C" NOT NULL,
    event_id    text COLLATE "C" NOT NULL,  -- theirs
    kind        text NOT NULL,              -- theirs
    occurred_at timestamptz NOT NULL,       -- by their word
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    body_sha256 bytea NOT NULL,             -- of the raw body, which is not kept: it may name a person
    facts       json NOT NULL,              -- what it means in our words; json keeps every escape
    state       text NOT NULL CHECK (
        state IN ('received', 'waiting', 'resolved', 'relayed', 'quarantined', 'ignored')
    ),
    reason      text NOT NULL DEFAULT '',
    attempts    integer NOT NULL DEFAULT 0, -- at finding its return
    next_try_at timestamptz,                -- of one that waits
    settled_at  timestamptz,                -- when it was relayed, quarantined or ignored
    UNIQUE (provider, account, event_id)
);
CREATE INDEX inbox_open ON backhaul.inbox (id) WHERE state IN ('received', 'waiting', 'resolved');

-- An event may be news for several returns: whom to tell what is written down before anybody is
-- told, so that a second attempt tells the same.
CREATE TABLE backhaul.inbox_delivery (
    inbox_id   bigint NOT NULL REFERENCES backhaul.inbox ON DELETE CASCADE,
    number     integer NOT NULL,
    tenant     text COLLATE "C" NOT NULL,
    return_id  text COLLATE "C" NOT NULL,
    signal     text NOT NULL,
    body       json NOT NULL,
    relayed_at timestamptz,
    PRIMARY KEY (inbox_id, number)
);
CREATE INDEX inbox_delivery_of_return ON backhaul.inbox_delivery (tenant, return_id, inbox_id);
CREATE INDEX inbox_delivery_open ON backhaul.inbox_delivery (inbox_id) WHERE relayed_at IS NULL;

GRANT SELECT, INSERT ON backhaul.inbox, backhaul.inbox_delivery TO backhaul_engine;
GRANT UPDATE (state, reason, attempts, next_try_at, settled_at) ON backhaul.inbox TO backhaul_engine;
GRANT UPDATE (relayed_at) ON backhaul.inbox_delivery TO backhaul_engine;
