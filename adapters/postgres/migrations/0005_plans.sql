-- How streams are found never depends on what is asked for: one plan serves every call. Left to
-- itself the server plans anew each time, since over partitions a plan for known values looks
-- cheaper, and the planning costs more than the reading (0.41 against 0.16 ms for two streams).
-- The feed is left alone: where it goes on from decides how it is best read.

ALTER FUNCTION backhaul.read_streams(text[], integer[])
    SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION backhaul.append_events(
    text[], integer[], integer[],
    uuid[], text[], integer[], timestamptz[], text[], text[], text[], text[], text[]
) SET plan_cache_mode = force_generic_plan;
