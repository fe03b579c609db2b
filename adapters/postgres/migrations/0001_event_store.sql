-- The event store: streams, events, one order over all of them, and the role that may only add.

-- The role is the cluster's, not the database's: somebody else may be making it right now.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'backhaul_engine') THEN
        BEGIN
            CREATE ROLE backhaul_engine NOLOGIN;
            -- For whoever logs in as the engine; the pool says the same for those who become it.
            ALTER ROLE backhaul_engine SET idle_in_transaction_session_timeout = '5s';
            ALTER ROLE backhaul_engine SET transaction_timeout = '5s';
            ALTER ROLE backhaul_engine SET statement_timeout = '5s';
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'backhaul_engine', 'SET') THEN
        GRANT backhaul_engine TO CURRENT_USER;
    END IF;
END
$$;

-- ── Streams ────────────────────────────────────────────────────────────────────────────────

-- Its row arbitrates between writers and says in which partition the stream lives.
CREATE TABLE backhaul.stream (
    stream_id text COLLATE "C" PRIMARY KEY,
    version   integer NOT NULL CHECK (version > 0),
    born      date NOT NULL
) WITH (fillfactor = 80);  -- room for the next version beside the old one, so no index is touched

-- No index on event_id: causes are looked for in the stream, and an index over the ids of all
-- events would cost more than the append itself.
CREATE TABLE backhaul.event (
    born           date NOT NULL,  -- of the stream: a stream fits in one partition
    stream_id      text COLLATE "C" NOT NULL,
    version        integer NOT NULL,
    position       bigint NOT NULL,
    event_id       uuid NOT NULL,
    type           text NOT NULL,
    schema_version integer NOT NULL,
    occurred_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    actor          text NOT NULL,
    causation_id   text NOT NULL,
    correlation_id text NOT NULL,
    tenant         text NOT NULL,
    data           json NOT NULL,  -- json and not jsonb: it keeps every byte, and the chain is over them
    hash           bytea NOT NULL,
    PRIMARY KEY (stream_id, version, born),
    UNIQUE (position, born)
) PARTITION BY RANGE (born);

-- For streams born in a month that nobody has opened: nothing is lost, only not yet apart.
CREATE TABLE backhaul.event_of_no_month PARTITION OF backhaul.event DEFAULT;

CREATE FUNCTION backhaul.open_months(ahead integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    month date;
BEGIN
    FOR month IN
        SELECT generate_series(
            date_trunc('month', now() AT TIME ZONE 'UTC'),
            date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead),
            interval '1 month'
        )::date
    LOOP
        CONTINUE WHEN to_regclass(format('backhaul.event_%s', to_char(month, 'YYYY_MM'))) IS NOT NULL;
        -- A month that began among those of no month stays there; a partition could not be made.
        CONTINUE WHEN EXISTS (
            SELECT FROM backhaul.event_of_no_month
            WHERE born >= month AND born < month + interval '1 month'
        );
        EXECUTE format(
            'CREATE TABLE backhaul.%I PARTITION OF backhaul.event FOR VALUES FROM (%L) TO (%L)',
            format('event_%s', to_char(month, 'YYYY_MM')),
            month,
            (month + interval '1 month')::date
        );
    END LOOP;
END
$$;

-- ── Positions ──────────────────────────────────────────────────────────────────────────────
--
-- A sequence hands out positions before their transactions commit, so "everything above the
-- last position I saw" loses whatever commits late. The cure, at no measurable cost:
--
--   A writer, before it draws positions, takes a shared lock named after the last position
--   handed out so far. All it draws lies above that name, and the lock ends after its events
--   can be seen.
--   A reader takes the last position handed out, then the smallest name still locked, and
--   reads up to the smaller of the two, by a later statement. A writer that held its lock by
--   then has all its events above; one that took it later draws above the last position; one
--   that has let go can be seen.
--
-- CACHE 1 (the default) is part of it: a session that keeps a stock of positions would draw
-- below the name it locked. The first value is drawn here, because a sequence that was never
-- asked has no last value, and a lock named NULL is no lock.

CREATE SEQUENCE backhaul.event_position MINVALUE 0 START 0;
SELECT nextval('backhaul.event_position');

-- Advisory locks are shared by everything in the database: ours say 'BH' in their upper bits,
-- and leave 48 for the position.
CREATE FUNCTION backhaul.position_lock(last bigint) RETURNS bigint
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN (x'4248000000000000'::bigint) | last;

CREATE FUNCTION backhaul.last_position() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    last bigint := pg_sequence_last_value('backhaul.event_position');
BEGIN
    IF last IS NULL THEN
        RAISE 'the sequence of positions has no last value, or it may not be read';
    END IF;
    RETURN last;
END
$$;

-- VOLATILE, and in READ COMMITTED: each statement sees what was committed before it began.
CREATE FUNCTION backhaul.safe_head() RETURNS bigint
VOLATILE LANGUAGE plpgsql AS $$
DECLARE
    last bigint;
    held bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE 'the feed is read in READ COMMITTED: an older snapshot would miss events';
    END IF;
    last := backhaul.last_position();
    SELECT min((classid::bigint << 32 | objid::bigint) & x'0000FFFFFFFFFFFF'::bigint)
    INTO held
    FROM pg_locks
    WHERE locktype = 'advisory'
      AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint >> 16 = x'4248'::bigint;
    RETURN least(last, held);
END
$$;

-- ── Writing ────────────────────────────────────────────────────────────────────────────────

-- A link of a stream's chain: over the link before and everything that is said here, its place
-- included. A byte changed anywhere breaks every link from there on.
CREATE FUNCTION backhaul.link(
    previous bytea, stream_id text, version integer, "position" bigint, event_id uuid,
    type text, schema_version integer, occurred_at timestamptz, recorded_at timestamptz,
    actor text, causation_id text, correlation_id text, tenant text, data json
) RETURNS bytea STABLE LANGUAGE sql
RETURN sha256(previous || convert_to(json_build_array(
    stream_id, version, "position", event_id, type, schema_version,
    (extract(epoch FROM occurred_at) * 1000000)::bigint,
    (extract(epoch FROM recorded_at) * 1000000)::bigint,
    actor, causation_id, correlation_id, tenant, data
)::text, 'UTF8'));

-- Say what it means that a stream is not at the version that was expected.
-- True: these very events are stored already. Otherwise it raises BH001 (the stream has grown)
-- or BH002 (the same events with another content), with the particulars as JSON in the detail.
CREATE FUNCTION backhaul.is_repeat(
    stream text, expected integer,
    event_ids uuid[], types text[], schema_versions integer[], occurred_ats timestamptz[],
    actors text[], causation_ids text[], correlation_ids text[], tenants text[], datas text[]
) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    row_of   backhaul.stream;
    stored   backhaul.event;
    differs  integer;
BEGIN
    SELECT * INTO row_of FROM backhaul.stream AS s WHERE s.stream_id = stream;
    FOR i IN 1..cardinality(event_ids) LOOP
        SELECT * INTO stored FROM backhaul.event AS e
        WHERE e.born = row_of.born AND e.stream_id = stream AND e.version = expected + i;
        IF stored.event_id IS DISTINCT FROM event_ids[i] THEN
            RAISE SQLSTATE 'BH001' USING
                MESSAGE = 'the stream has grown since it was read',
                DETAIL = json_build_object('stream_id', stream, 'expected', expected,
                                           'actual', coalesce(row_of.version, 0));
        END IF;
        IF differs IS NULL AND (
            stored.type, stored.schema_version, stored.occurred_at, stored.actor,
            stored.causation_id, stored.correlation_id, stored.tenant, stored.data::text
        ) IS DISTINCT FROM (
            types[i], schema_versions[i], occurred_ats[i], actors[i],
            causation_ids[i], correlation_ids[i], tenants[i], datas[i]
        ) THEN
            differs := stored.version;
        END IF;
    END LOOP;
    IF differs IS NOT NULL THEN
        RAISE SQLSTATE 'BH002' USING
            MESSAGE = 'the same events are stored with another content',
            DETAIL = json_build_object('stream_id', stream, 'version', differs);
    END IF;
    RETURN true;
END
$$;

-- Append to several streams, all or nothing. One call is one statement, one transaction and one
-- flush. The first three arrays say a stream each, ordered by its name so that two writers
-- never wait for each other in a circle; the others say an event each, stream by stream.
CREATE FUNCTION backhaul.append_events(
    streams text[], expecteds integer[], counts integer[],
    event_ids uuid[], types text[], schema_versions integer[], occurred_ats timestamptz[],
    actors text[], causation_ids text[], correlation_ids text[], tenants text[], datas text[]
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    today     date := (now() AT TIME ZONE 'UTC')::date;
    recorded  timestamptz;
    born_of   date;
    repeats   integer := 0;
    repeated  integer;
    done      integer := 0;   -- events of the streams before this one
    previous  bytea;
    births    date[] := '{}'; -- the rest: one per event
    stream_of text[] := '{}';
    versions  integer[] := '{}';
    positions bigint[] := '{}';
    hashes    bytea[] := '{}';
BEGIN
    FOR s IN 1..cardinality(streams) LOOP
        IF s > 1 AND streams[s] <= streams[s - 1] COLLATE "C" THEN
            RAISE SQLSTATE '22023' USING MESSAGE = 'expected each stream once, in order of its name';
        END IF;
        IF expecteds[s] = 0 THEN
            INSERT INTO backhaul.stream AS row_of (stream_id, version, born)
            VALUES (streams[s], counts[s], today)
            ON CONFLICT DO NOTHING
            RETURNING row_of.born INTO born_of;
        ELSE
            UPDATE backhaul.stream AS row_of SET version = expecteds[s] + counts[s]
            WHERE row_of.stream_id = streams[s] AND row_of.version = expecteds[s]
            RETURNING row_of.born INTO born_of;
        END IF;
        IF born_of IS NULL AND backhaul.is_repeat(
            streams[s], expecteds[s],
            event_ids[done + 1 : done + counts[s]], types[done + 1 : done + counts[s]],
            schema_versions[done + 1 : done + counts[s]], occurred_ats[done + 1 : done + counts[s]],
            actors[done + 1 : done + counts[s]], causation_ids[done + 1 : done + counts[s]],
            correlation_ids[done + 1 : done + counts[s]], tenants[done + 1 : done + counts[s]],
            datas[done + 1 : done + counts[s]]
        ) THEN
            repeats := repeats + 1;
            repeated := s;
        END IF;
        FOR i IN 1..counts[s] LOOP
            births := births || born_of;
            stream_of := stream_of || streams[s];
            versions := versions || (expecteds[s] + i);
        END LOOP;
        done := done + counts[s];
    END LOOP;

    IF repeats = cardinality(streams) THEN
        RETURN;
    ELSIF repeats > 0 THEN  -- what is written was written without the rest
        RAISE SQLSTATE 'BH001' USING
            MESSAGE = 'one stream holds these events already, another does not',
            DETAIL = json_build_object('stream_id', streams[repeated], 'expected', expecteds[repeated],
                'actual', (SELECT version FROM backhaul.stream WHERE stream_id = streams[repeated]));
    END IF;

    -- Only now that nothing is waited for: as long as it is held, the feed goes no further.
    PERFORM pg_advisory_xact_lock_shared(backhaul.position_lock(backhaul.last_position()));

    recorded := clock_timestamp();
    FOR e IN 1..cardinality(event_ids) LOOP
        IF e = 1 OR stream_of[e] <> stream_of[e - 1] THEN
            SELECT hash INTO previous  -- NULL for the first of a stream
            FROM backhaul.event AS before
            WHERE before.born = births[e] AND before.stream_id = stream_of[e]
              AND before.version = versions[e] - 1;
        END IF;
        positions := positions || nextval('backhaul.event_position');
        previous := backhaul.link(
            coalesce(previous, ''), stream_of[e], versions[e], positions[e], event_ids[e], types[e],
            schema_versions[e], occurred_ats[e], recorded, actors[e], causation_ids[e],
            correlation_ids[e], tenants[e], datas[e]::json
        );
        hashes := hashes || previous;
    END LOOP;

    INSERT INTO backhaul.event (
        born, stream_id, version, position, event_id, type, schema_version, occurred_at,
        recorded_at, actor, causation_id, correlation_id, tenant, data, hash
    )
    SELECT n.born, n.stream_id, n.version, n.position, n.event_id, n.type, n.schema_version,
           n.occurred_at, recorded, n.actor, n.causation_id, n.correlation_id, n.tenant,
           n.data::json, n.hash
    FROM unnest(
        births, stream_of, versions, positions, event_ids, types, schema_versions, occurred_ats,
        actors, causation_ids, correlation_ids, tenants, datas, hashes
    ) AS n (
        born, stream_id, version, position, event_id, type, schema_version, occurred_at,
        actor, causation_id, correlation_id, tenant, data, hash
    );
END
$$;

-- ── Reading ────────────────────────────────────────────────────────────────────────────────

CREATE TYPE backhaul.recorded AS (
    event_id uuid, type text, schema_version integer, occurred_at timestamptz, actor text,
    causation_id text, correlation_id text, tenant text, data text,
    stream_id text, version integer, "position" bigint, recorded_at timestamptz
);

-- STABLE: all streams as of the moment at which the caller's statement began.
CREATE FUNCTION backhaul.read_streams(streams text[], afters integer[])
RETURNS SETOF backhaul.recorded
STABLE LANGUAGE plpgsql AS $$
DECLARE
    born_of date;
BEGIN
    FOR s IN 1..cardinality(streams) LOOP
        SELECT row_of.born INTO born_of FROM backhaul.stream AS row_of
        WHERE row_of.stream_id = streams[s];
        RETURN QUERY
        SELECT e.event_id, e.type, e.schema_version, e.occurred_at, e.actor, e.causation_id,
               e.correlation_id, e.tenant, e.data::text, e.stream_id, e.version, e.position,
               e.recorded_at
        FROM backhaul.event AS e
        WHERE e.born = born_of AND e.stream_id = streams[s] AND e.version > afters[s]
        ORDER BY e.version;
    END LOOP;
END
$$;

CREATE FUNCTION backhaul.feed(after bigint, page integer)
RETURNS SETOF backhaul.recorded
VOLATILE LANGUAGE plpgsql AS $$
DECLARE
    head bigint := backhaul.safe_head();
BEGIN
    IF head <= after THEN
        RETURN;
    END IF;
    RETURN QUERY  -- a later statement than the one that found the head
    SELECT e.event_id, e.type, e.schema_version, e.occurred_at, e.actor, e.causation_id,
           e.correlation_id, e.tenant, e.data::text, e.stream_id, e.version, e.position,
           e.recorded_at
    FROM backhaul.event AS e
    WHERE e.position > after AND e.position <= head
    ORDER BY e.position
    LIMIT page;
END
$$;

-- Follow a stream's chain: the first version that is missing, changed or out of its place, or
-- NULL when all is as it was written.
CREATE FUNCTION backhaul.first_broken_link(stream text) RETURNS integer
STABLE LANGUAGE plpgsql AS $$
DECLARE
    row_of   backhaul.stream;
    stored   backhaul.event;
    previous bytea := '';
    expected integer := 0;
BEGIN
    SELECT * INTO row_of FROM backhaul.stream AS s WHERE s.stream_id = stream;
    FOR stored IN
        SELECT * FROM backhaul.event AS e WHERE e.stream_id = stream ORDER BY e.version, e.position
    LOOP
        expected := expected + 1;
        previous := backhaul.link(
            previous, stored.stream_id, stored.version, stored.position, stored.event_id,
            stored.type, stored.schema_version, stored.occurred_at, stored.recorded_at,
            stored.actor, stored.causation_id, stored.correlation_id, stored.tenant, stored.data
        );
        IF stored.version <> expected OR stored.born IS DISTINCT FROM row_of.born
           OR stored.hash <> previous THEN
            RETURN expected;
        END IF;
    END LOOP;
    IF expected <> coalesce(row_of.version, 0) THEN
        RETURN expected + 1;
    END IF;
    RETURN NULL;
END
$$;

-- ── Rights ─────────────────────────────────────────────────────────────────────────────────

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA backhaul FROM PUBLIC;
GRANT USAGE ON SCHEMA backhaul TO backhaul_engine;
GRANT SELECT ON backhaul.migration TO backhaul_engine;
GRANT SELECT, INSERT ON backhaul.event TO backhaul_engine;
GRANT SELECT, INSERT, UPDATE (version) ON backhaul.stream TO backhaul_engine;
GRANT USAGE ON SEQUENCE backhaul.event_position TO backhaul_engine;
GRANT EXECUTE ON FUNCTION
    backhaul.position_lock, backhaul.last_position, backhaul.safe_head, backhaul.link,
    backhaul.is_repeat, backhaul.append_events, backhaul.read_streams, backhaul.feed,
    backhaul.first_broken_link
TO backhaul_engine;
