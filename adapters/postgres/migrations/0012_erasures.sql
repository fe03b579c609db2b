-- Persons who were forgotten: whose wish, by whom, and the files whose keys were destroyed. It names
-- nobody; it is what says, after a restore from a copy, who has to be forgotten again.

CREATE TABLE backhaul.erasure (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant     text COLLATE "C" NOT NULL,
    subject_id text COLLATE "C" NOT NULL,
    reference  text NOT NULL,       -- of the wish, such as a ticket
    by         text NOT NULL,       -- who did it, as kind:id
    files      text[] NOT NULL,
    erased_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- How a person's returns, and what was claimed for them, are found.
CREATE INDEX event_of_customer ON backhaul.event (tenant, (data ->> 'customer_id'))
    WHERE type = 'ReturnRequested';
CREATE INDEX event_of_claim ON backhaul.event (tenant, (data -> 'facts' ->> 'return_id'))
    WHERE type = 'RecoveryOpened';

CREATE INDEX erasure_newest ON backhaul.erasure (tenant, id DESC);

GRANT SELECT, INSERT ON backhaul.erasure TO backhaul_engine;
-- News keeps that it came, and not what it said.
GRANT UPDATE (facts) ON backhaul.inbox TO backhaul_engine;
GRANT UPDATE (body) ON backhaul.inbox_delivery TO backhaul_engine;
