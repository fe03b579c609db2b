-- What a person did with news that stood in quarantine: who, and why. Only ever added to.

CREATE TABLE backhaul.quarantine_ended (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    inbox_id bigint NOT NULL REFERENCES backhaul.inbox ON DELETE CASCADE,
    how      text NOT NULL CHECK (how IN ('released', 'dropped')),
    by       text NOT NULL,  -- as kind:id
    because  text NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX quarantine_ended_of_news ON backhaul.quarantine_ended (inbox_id, id);
CREATE INDEX inbox_quarantined ON backhaul.inbox (id) WHERE state = 'quarantined';

GRANT SELECT, INSERT ON backhaul.quarantine_ended TO backhaul_engine;
