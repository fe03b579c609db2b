-- Persons, apart from what happened. The key is a row of its own: deleting it forgets the person
-- in every copy of the other table, and keys can be backed up by a shorter rule.

CREATE TABLE backhaul.subject_key (
    tenant        text NOT NULL,
    subject_id    text NOT NULL,
    wrapped_key   bytea NOT NULL,  -- the person's key, sealed by a master key
    master_key_id text NOT NULL,   -- which one; says nothing about it
    PRIMARY KEY (tenant, subject_id)
);

CREATE TABLE backhaul.subject (
    tenant     text NOT NULL,
    subject_id text NOT NULL,
    sealed     bytea NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, subject_id),
    FOREIGN KEY (tenant, subject_id) REFERENCES backhaul.subject_key ON DELETE CASCADE
);

GRANT SELECT, INSERT, UPDATE, DELETE ON backhaul.subject_key, backhaul.subject TO backhaul_engine;
