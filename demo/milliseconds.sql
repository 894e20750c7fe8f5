-- Milliseconds that a query takes with all of its columns: median of three runs.
CREATE FUNCTION pg_temp.milliseconds(query text) RETURNS numeric
LANGUAGE plpgsql AS $$
DECLARE
    started timestamptz;
    runs numeric[];
BEGIN
    FOR run IN 1..3 LOOP
        started := clock_timestamp();
        EXECUTE 'SELECT count(answers) FROM (' || query || ') AS answers';
        runs := runs || 1000 * extract(epoch FROM clock_timestamp() - started)::numeric;
    END LOOP;
    RETURN (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) FROM unnest(runs) AS ms);
END $$;
