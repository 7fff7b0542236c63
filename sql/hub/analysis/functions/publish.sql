-- Publishing.

CREATE OR REPLACE FUNCTION analysis.shown(status text, value float8) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN status <> 'known' THEN status WHEN value = 0 THEN 'true zero' ELSE 'published' END;
COMMENT ON FUNCTION analysis.shown(text, float8) IS 'status of an open figure as published';

-- Bounds of people: the lower one shows 1 to 4 people by itself; the upper one shows them by itself, by its distance
-- from the lower one, and beside a lower one that is withheld (the distance is the same in other areas).
CREATE OR REPLACE FUNCTION analysis.reached_shown(fewest int, most int, status text,
	OUT lower_status text, OUT upper_status text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
	CASE WHEN fewest IS NULL THEN status WHEN fewest BETWEEN 1 AND 4 THEN 'suppressed'
		WHEN fewest = 0 AND most = 0 AND status = 'known' THEN 'true zero' WHEN status = 'known' THEN 'published'
		WHEN status = 'no upper limit' THEN 'published' ELSE status END,
	CASE WHEN most IS NULL THEN status
		WHEN fewest BETWEEN 1 AND 4 OR most BETWEEN 1 AND 4 OR most - fewest BETWEEN 1 AND 4 THEN 'suppressed'
		WHEN most = 0 AND status = 'known' THEN 'true zero' WHEN status = 'known' THEN 'published' ELSE status END);
COMMENT ON FUNCTION analysis.reached_shown(int, int, text) IS 'statuses of the bounds of people reached as published: 1 to 4 people, and what gives them away, are suppressed';

-- The rows that changed are deleted and put in again, in one transaction: readers see the tables as they were until it
-- commits, and never an empty one.
CREATE OR REPLACE FUNCTION analysis.publish(OUT demand_lsoa bigint, OUT demand_ward bigint, OUT changed bigint,
	OUT version bigint)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
AS $$
DECLARE
	touched bigint;
	stale bigint;
	this_version bigint;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('wardstar publish', 0));

	INSERT INTO analysis.feature (level, area, period)
	SELECT a.level, a.area, p.period
	FROM analysis.period p
	CROSS JOIN (SELECT 'lsoa', l.lsoa FROM analysis.lsoa l UNION ALL SELECT 'ward', w.ward FROM analysis.ward w) a (level, area)
	ORDER BY a.level, p.period, a.area
	ON CONFLICT DO NOTHING;

	CREATE TEMP TABLE publish_lsoa (LIKE publish.demand_lsoa) ON COMMIT DROP;
	INSERT INTO pg_temp.publish_lsoa SELECT * FROM analysis.publish_lsoa;
	ANALYZE pg_temp.publish_lsoa;
	DELETE FROM publish.demand_lsoa t
	WHERE NOT EXISTS (SELECT FROM pg_temp.publish_lsoa n WHERE n.id = t.id AND ROW(n.*) IS NOT DISTINCT FROM ROW(t.*));
	GET DIAGNOSTICS stale = ROW_COUNT;
	INSERT INTO publish.demand_lsoa
	SELECT n.* FROM pg_temp.publish_lsoa n WHERE NOT EXISTS (SELECT FROM publish.demand_lsoa t WHERE t.id = n.id);
	GET DIAGNOSTICS touched = ROW_COUNT;
	changed := greatest(stale, touched);

	CREATE TEMP TABLE publish_ward (LIKE publish.demand_ward) ON COMMIT DROP;
	INSERT INTO pg_temp.publish_ward SELECT * FROM analysis.publish_ward;
	ANALYZE pg_temp.publish_ward;
	DELETE FROM publish.demand_ward t
	WHERE NOT EXISTS (SELECT FROM pg_temp.publish_ward n WHERE n.id = t.id AND ROW(n.*) IS NOT DISTINCT FROM ROW(t.*));
	GET DIAGNOSTICS stale = ROW_COUNT;
	INSERT INTO publish.demand_ward
	SELECT n.* FROM pg_temp.publish_ward n WHERE NOT EXISTS (SELECT FROM publish.demand_ward t WHERE t.id = n.id);
	GET DIAGNOSTICS touched = ROW_COUNT;
	changed := changed + greatest(stale, touched);
	DROP TABLE pg_temp.publish_lsoa, pg_temp.publish_ward;

	IF changed > 0 THEN
		UPDATE publish.version v SET version = v.version + 1, published_at = now();
	END IF;
	SELECT v.version INTO this_version FROM publish.version v;
	version := this_version;
	SELECT count(*) INTO demand_lsoa FROM publish.demand_lsoa;
	SELECT count(*) INTO demand_ward FROM publish.demand_ward;
	IF changed > 0 THEN
		PERFORM pg_notify('wardstar_publish', this_version::text);
	END IF;
END
$$;
COMMENT ON FUNCTION analysis.publish() IS 'rebuilds publish.demand_lsoa and publish.demand_ward; gives their rows, how many rows changed, and the version';
