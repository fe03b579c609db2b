-- Keys of services: what opens the door is not kept, only its digest.

CREATE TABLE backhaul.api_key (
    key_id        text COLLATE "C" PRIMARY KEY,
    tenant        text COLLATE "C" NOT NULL,
    name          text NOT NULL,
    role          text NOT NULL,
    secret_sha256 bytea NOT NULL,
    made_at       timestamptz NOT NULL,
    expires_at    timestamptz,
    revoked_at    timestamptz
);
CREATE INDEX api_key_of_tenant ON backhaul.api_key (tenant, made_at);

-- What somebody whom we know wanted and may not do. Only ever added to.
CREATE TABLE backhaul.access_denied (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    tenant    text COLLATE "C" NOT NULL,
    caller    text NOT NULL,
    role      text NOT NULL,
    operation text NOT NULL,
    return_id text NOT NULL
);
CREATE INDEX access_denied_newest ON backhaul.access_denied (tenant, id DESC);

GRANT SELECT, INSERT ON backhaul.api_key, backhaul.access_denied TO backhaul_engine;
GRANT UPDATE (revoked_at) ON backhaul.api_key TO backhaul_engine;

-- Under which key a return was asked for, and with what: another body under it is a conflict.
CREATE TABLE backhaul.opening_key (
    tenant      text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    body_sha256 bytea NOT NULL,
    used_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, key)
);
GRANT SELECT, INSERT ON backhaul.opening_key TO backhaul_engine;
