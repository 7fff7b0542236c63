-- Retention: what is kept of people for a time only. Counts, findings and the ledger with its hashes stay.

CREATE FUNCTION intake.read_age(age text) RETURNS interval
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path FROM CURRENT
AS $$
DECLARE
	part text[] := regexp_match(lower(btrim(age)), '^([1-9][0-9]{0,4}) ?(y|years?|m|months?|d|days?)$');
BEGIN
	IF part IS NULL THEN
		RAISE EXCEPTION '"%" is not an age', age
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Write it as 7y, 18m or 90d: years, months or days.';
	END IF;
	RETURN (part[1] || CASE left(part[2], 1) WHEN 'y' THEN ' years' WHEN 'm' THEN ' months' ELSE ' days' END)::interval;
END
$$;
COMMENT ON FUNCTION intake.read_age(text) IS 'an age such as 7y, 18m or 90d as an interval';

-- The files of the spool are only marked here, in the same transaction: they are removed once that is committed, and a
-- mark goes after its file. Whatever is cut off can be run again.
CREATE FUNCTION intake.retention(older_than interval) RETURNS TABLE (removed text, n bigint)
LANGUAGE plpgsql VOLATILE STRICT ROWS 1
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	cutoff constant timestamptz := now() - older_than;
	decided constant text := 's.received_at < $1 AND s.state NOT IN (''received'', ''checking'')';
	part record;
BEGIN
	PERFORM intake.demand_sight();
	FOR part IN
		SELECT p.removed, p.statement
		FROM (SELECT row_number() OVER () AS place, t.title AS removed, format('DELETE FROM %s c USING intake.submission s WHERE s.id = c.submission AND %s', t.of, decided) AS statement
			FROM (VALUES ('clients of record-level returns', 'casework.client_quarter'), ('tokens of names, births and numbers', 'casework.identity'),
				('referrals', 'casework.referral'), ('contacts', 'casework.contact'), ('measures', 'casework.measure'), ('feedback', 'casework.feedback'),
				('engagements', 'casework.engagement'), ('readings of stars', 'casework.star_review'),
				('clients named in files', 'intake.record_client')) t (title, of)
			UNION ALL
			SELECT 20 + row_number() OVER (), t.title, format('DELETE FROM %s c USING casework.file f WHERE f.id = c.file AND f.received_at < $1', t.of)
			FROM (VALUES ('engagements', 'casework.engagement'), ('readings of stars', 'casework.star_review'), ('clients named in files', 'casework.file_client')) t (title, of)
			-- What came by no file goes by its own date.
			UNION ALL VALUES (30, 'engagements', 'DELETE FROM casework.engagement c WHERE c.file IS NULL AND c.submission IS NULL AND coalesce(c.closed_on, c.started_on, c.referred_on) < $1'),
				(31, 'readings of stars', 'DELETE FROM casework.star_review c WHERE c.file IS NULL AND c.submission IS NULL AND c.taken_on < $1'),
				(32, 'words of narratives', 'UPDATE returns.narrative c SET words = NULL FROM intake.submission s WHERE c.words IS NOT NULL AND s.id = c.submission AND ' || decided),
				(33, 'files of the spool', 'INSERT INTO intake.spool_to_remove (spool) SELECT s.spool FROM intake.submission s WHERE s.spool IS NOT NULL AND ' || decided
					|| ' UNION SELECT f.spool FROM casework.file f WHERE f.spool IS NOT NULL AND f.received_at < $1 ON CONFLICT DO NOTHING'),
				(34, NULL, 'UPDATE intake.submission s SET spool = NULL WHERE s.spool IS NOT NULL AND ' || decided),
				(35, NULL, 'UPDATE casework.file f SET spool = NULL WHERE f.spool IS NOT NULL AND f.received_at < $1')
			) p (place, removed, statement)
		ORDER BY p.place
	LOOP
		EXECUTE part.statement USING cutoff;
		GET DIAGNOSTICS n = ROW_COUNT;
		removed := part.removed;
		IF removed IS NOT NULL THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION intake.retention(interval) IS 'removes casework that is older, and marks the spool files that are; gives how much of each. Rolled back it is a trial';
