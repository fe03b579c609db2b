-- Whom merchants want to be told of what, and what waits for them. Secrets are sealed under a key
-- of the subscription's own, which the master key wraps.

CREATE TABLE backhaul.subscription (
    tenant          text COLLATE "C" NOT NULL,
    subscription_id text COLLATE "C" NOT NULL,
    url             text NOT NULL,
    types           text[] NOT NULL,  -- filters; none: everything that is public
    state           text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'stopped')),
    because         text NOT NULL DEFAULT '',
    since           timestamptz NOT NULL,  -- of the state
    position        bigint NOT NULL,  -- of the feed: taken in up to there
    wrapped_key     bytea NOT NULL,
    master_key_id   text NOT NULL,
    sealed          bytea NOT NULL,
    PRIMARY KEY (tenant, subscription_id)
);

-- What waits, and what came of it.
CREATE TABLE backhaul.subscription_delivery (
    tenant          text COLLATE "C" NOT NULL,
    subscription_id text COLLATE "C" NOT NULL,
    position        bigint NOT NULL,
    stream_id       text COLLATE "C" NOT NULL,
    version         integer NOT NULL,
    waiting         boolean NOT NULL DEFAULT true,
    attempts        integer NOT NULL DEFAULT 0,
    first_at        timestamptz,  -- of the attempts since it waits
    next_at         timestamptz NOT NULL,
    last_status     integer,  -- 0: no answer came
    last_problem    text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant, subscription_id, position),
    FOREIGN KEY (tenant, subscription_id) REFERENCES backhaul.subscription ON DELETE CASCADE
);
CREATE INDEX subscription_delivery_waiting
    ON backhaul.subscription_delivery (tenant, subscription_id, stream_id, position) WHERE waiting;

GRANT SELECT, INSERT, UPDATE, DELETE
    ON backhaul.subscription, backhaul.subscription_delivery TO backhaul_engine;
