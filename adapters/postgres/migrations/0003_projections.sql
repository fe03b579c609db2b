-- Read models: folds of the stream that may be thrown away. Unlike the stream they belong to the
-- engine, which makes, fills and replaces their tables, in schemas where nothing else lives.

CREATE SCHEMA projections;       -- what is read
CREATE SCHEMA projections_next;  -- what is being built, seen by its builder alone until it is moved
GRANT USAGE, CREATE ON SCHEMA projections, projections_next TO backhaul_engine;

CREATE TABLE backhaul.projection (
    name       text PRIMARY KEY,
    version    integer NOT NULL,    -- of the code that built it: return_board@1
    position   bigint NOT NULL,     -- of the last event that was applied
    relations  text[] NOT NULL,     -- its tables and views
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, UPDATE ON backhaul.projection TO backhaul_engine;

-- Put what was built in this transaction in the place of what was there. Whoever reads waits for
-- the commit and then reads the new. Another's view over the old tables stops it with an error.
CREATE FUNCTION backhaul.swap_projection(
    projection text, its_version integer, "position" bigint
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    before text[];
    built  text[];
    doomed text;
    item   text;
BEGIN
    SELECT coalesce(array_agg(relname::text ORDER BY relname), '{}') INTO built
    FROM pg_class
    WHERE relnamespace = 'projections_next'::regnamespace AND relkind IN ('r', 'p', 'v');

    -- Also waits for a page that is being applied to the old tables.
    SELECT p.relations INTO before FROM backhaul.projection AS p
    WHERE p.name = projection FOR UPDATE;

    SELECT string_agg(format('projections.%I', relname), ', ') INTO doomed
    FROM pg_class
    WHERE relnamespace = 'projections'::regnamespace AND relname = ANY (before) AND relkind = 'v';
    IF doomed IS NOT NULL THEN
        EXECUTE 'DROP VIEW ' || doomed;
    END IF;
    SELECT string_agg(format('projections.%I', relname), ', ') INTO doomed
    FROM pg_class
    WHERE relnamespace = 'projections'::regnamespace AND relname = ANY (before)
      AND relkind IN ('r', 'p');
    IF doomed IS NOT NULL THEN
        EXECUTE 'DROP TABLE ' || doomed;
    END IF;

    FOREACH item IN ARRAY built LOOP
        EXECUTE format('ALTER TABLE projections_next.%I SET SCHEMA projections', item);
    END LOOP;
    INSERT INTO backhaul.projection AS p (name, version, position, relations)
    VALUES (projection, its_version, "position", built)
    ON CONFLICT (name) DO UPDATE SET
        version = excluded.version, position = excluded.position,
        relations = excluded.relations, updated_at = clock_timestamp();
END
$$;

REVOKE ALL ON FUNCTION backhaul.swap_projection FROM PUBLIC;
GRANT EXECUTE ON FUNCTION backhaul.swap_projection TO backhaul_engine;
