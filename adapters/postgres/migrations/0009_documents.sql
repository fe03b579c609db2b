-- Papers of returns: labels, codes, packing slips. Sealed under the key of the person whose they
-- are, so that who is forgotten is forgotten here, too.

CREATE TABLE backhaul.document (
    tenant     text NOT NULL,
    return_id  text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL,  -- label:P1:1, code:P1:1, packing_slip:P1
    sha256     text COLLATE "C" NOT NULL,  -- of what is sealed, in hexadecimal
    media_type text NOT NULL,
    subject_id text NOT NULL,
    sealed     bytea NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, return_id, name),
    FOREIGN KEY (tenant, subject_id) REFERENCES backhaul.subject_key ON DELETE CASCADE
);
CREATE INDEX document_of_subject ON backhaul.document (tenant, subject_id);

GRANT SELECT, INSERT ON backhaul.document TO backhaul_engine;
