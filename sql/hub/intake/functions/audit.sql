-- The audit of the ledger: anchors tie the events of all submissions together, and everything is computed anew and compared.

CREATE FUNCTION intake.anchor_sha256(previous bytea, number bigint, anchored_at timestamptz, events int8multirange, sums bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN pg_catalog.sha256(previous OPERATOR(pg_catalog.||) pg_catalog.convert_to(pg_catalog.jsonb_build_array(number,
	EXTRACT(epoch FROM anchored_at), events::text)::text, 'UTF8') OPERATOR(pg_catalog.||) sums);
COMMENT ON FUNCTION intake.anchor_sha256(bytea, bigint, timestamptz, int8multirange, bytea) IS 'what the sha256 of an anchor must be: over the previous one, a JSON array of number, time in seconds since 1970 and ids, and the sha256 of each of its events in the order of ids';

-- It runs as the owner, since nobody else may write an anchor. It takes nothing but what is there: no argument can make it
-- hold anything else.
CREATE FUNCTION intake.anchor(OUT number bigint, OUT anchored_at timestamptz, OUT events bigint, OUT sha256 bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	last intake.event_anchor;
	members int8multirange;
	sums bytea;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('wardstar ledger anchor', 0));
	SELECT a.* INTO last FROM intake.event_anchor a ORDER BY a.number DESC LIMIT 1;
	WITH held AS (DELETE FROM intake.event_loose l RETURNING l.event)
	SELECT range_agg(int8range(h.event, h.event + 1)), count(*) INTO members, events FROM held h;
	IF events = 0 THEN
		number := last.number;
		anchored_at := last.anchored_at;
		sha256 := last.sha256;
		RETURN;
	END IF;
	number := coalesce(last.number, 0) + 1;
	anchored_at := clock_timestamp();
	SELECT coalesce(string_agg(e.sha256, ''::bytea ORDER BY e.id), ''::bytea) INTO sums
	FROM unnest(members) m CROSS JOIN LATERAL (SELECT e.id, e.sha256 FROM intake.submission_event e
		WHERE e.id >= lower(m) AND e.id < upper(m)) e;
	last.sha256 := coalesce(last.sha256, decode(repeat('00', 32), 'hex'));
	sha256 := intake.anchor_sha256(last.sha256, number, anchored_at, members, sums);
	INSERT INTO intake.event_anchor VALUES (number, anchored_at, members, events, last.sha256, sha256);
END
$$;
COMMENT ON FUNCTION intake.anchor() IS 'puts the events that no anchor holds under a new one, and gives it; the last one and 0 events where there are none';

CREATE AGGREGATE intake.changes(jsonb) (SFUNC = pg_catalog.jsonb_concat, STYPE = jsonb, INITCOND = '{}');
COMMENT ON AGGREGATE intake.changes(jsonb) IS 'what the changes of a submission, in their order, come to';

-- Row-level security leaves rows out without a word; who compares or removes must see them all.
CREATE FUNCTION intake.demand_sight() RETURNS void
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
	IF NOT pg_has_role(current_user, 'wardstar_loader', 'USAGE')
		AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = current_user AND (r.rolsuper OR r.rolbypassrls))
	THEN
		RAISE EXCEPTION 'role "%" does not see every row', current_user
			USING ERRCODE = 'insufficient_privilege', HINT = 'It must be a member of wardstar_loader: GRANT wardstar_loader TO …';
	END IF;
END
$$;
COMMENT ON FUNCTION intake.demand_sight() IS 'raises unless row-level security lets the caller see every row';

CREATE FUNCTION intake.audit()
RETURNS TABLE (submission bigint, event bigint, anchor bigint, problem text)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
BEGIN
	PERFORM intake.demand_sight();
	RETURN QUERY
	WITH chained AS (
		SELECT e.*, row_number() OVER w AS place,
			coalesce(lag(e.sha256) OVER w, decode(repeat('00', 32), 'hex')) AS sha256_before, lag(e.to_state) OVER w AS state_before,
			intake.event_sha256(e) AS computed
		FROM intake.submission_event e
		WINDOW w AS (PARTITION BY e.submission ORDER BY e.number)
	), told AS (
		SELECT e.submission, (array_agg(e.to_state ORDER BY e.number DESC))[1] AS state,
			jsonb_strip_nulls(intake.changes(e.change ORDER BY e.number)) AS facts
		FROM intake.submission_event e
		GROUP BY e.submission
	), compared AS (
		SELECT s.id, s.state, t.state AS told_state, intake.facts(s) AS facts, t.facts AS told_facts, t.submission IS NULL AS untold
		FROM intake.submission s LEFT JOIN told t ON t.submission = s.id
	), anchored AS (
		SELECT a.*, coalesce(lag(a.sha256) OVER w, decode(repeat('00', 32), 'hex')) AS sha256_before,
			row_number() OVER w AS place, f.found,
			intake.anchor_sha256(a.previous, a.number, a.anchored_at, a.events, f.sums) AS computed
		FROM intake.event_anchor a
		CROSS JOIN LATERAL (SELECT count(*) AS found, coalesce(string_agg(e.sha256, ''::bytea ORDER BY e.id), ''::bytea) AS sums
			FROM unnest(a.events) m CROSS JOIN LATERAL (SELECT e.id, e.sha256 FROM intake.submission_event e
				WHERE e.id >= lower(m) AND e.id < upper(m)) e) f
		WINDOW w AS (ORDER BY a.number)
	), held AS (
		SELECT g.id AS event, a.number AS anchor
		FROM intake.event_anchor a CROSS JOIN LATERAL unnest(a.events) m
		CROSS JOIN LATERAL generate_series(lower(m), upper(m) - 1) g (id)
		UNION ALL
		SELECT l.event, NULL FROM intake.event_loose l
	)
	SELECT c.submission, c.id, NULL::bigint, 'an event was changed: its SHA-256 is not that of its content'
	FROM chained c WHERE c.computed <> c.sha256
	UNION ALL
	SELECT c.submission, c.id, NULL, 'an event is missing before this one'
	FROM chained c WHERE c.number <> c.place OR c.previous <> c.sha256_before
	UNION ALL
	SELECT c.submission, c.id, NULL, 'an event tells of a step that no submission may take'
	FROM chained c WHERE c.from_state IS DISTINCT FROM c.state_before
		OR CASE WHEN c.from_state IS NULL THEN c.to_state <> 'received' ELSE c.to_state <> c.from_state AND NOT intake.may_become(c.from_state, c.to_state) END
	UNION ALL
	SELECT t.submission, NULL, NULL, 'a submission is missing: its events are there, it is not'
	FROM told t WHERE NOT EXISTS (SELECT FROM intake.submission s WHERE s.id = t.submission)
	UNION ALL
	SELECT c.id, NULL, NULL, 'a submission was added: it has no event'
	FROM compared c WHERE c.untold
	UNION ALL
	SELECT c.id, NULL, NULL, 'a submission is not what its events say: ' || concat_ws(', ', CASE WHEN c.state <> c.told_state THEN 'state' END,
		(SELECT string_agg(k.key, ', ' ORDER BY k.key)
		FROM (SELECT jsonb_object_keys(c.facts) UNION SELECT jsonb_object_keys(c.told_facts)) k (key)
		WHERE c.facts -> k.key IS DISTINCT FROM c.told_facts -> k.key))
	FROM compared c WHERE NOT c.untold AND (c.state, c.facts) IS DISTINCT FROM (c.told_state, c.told_facts)
	UNION ALL
	SELECT NULL, NULL, a.number, 'an anchor was changed, or an event under it: its SHA-256 is not theirs'
	FROM anchored a WHERE a.computed <> a.sha256
	UNION ALL
	SELECT NULL, NULL, a.number, 'an anchor is missing before this one'
	FROM anchored a WHERE a.number <> a.place OR a.previous <> a.sha256_before
	UNION ALL
	SELECT NULL, NULL, a.number, format('events are missing under an anchor: %s of %s are there', a.found, a.event_count)
	FROM anchored a WHERE a.found <> a.event_count
	UNION ALL
	SELECT NULL::bigint, h.event, h.anchor, 'an event is missing: it was kept, and is not there'
	FROM held h WHERE NOT EXISTS (SELECT FROM intake.submission_event e WHERE e.id = h.event)
	UNION ALL
	SELECT e.submission, e.id, NULL, CASE WHEN count(h.event) = 0 THEN 'an event was added: it was not kept by the ledger itself' ELSE 'an event is held twice' END
	FROM intake.submission_event e LEFT JOIN held h ON h.event = e.id
	GROUP BY e.submission, e.id HAVING count(h.event) <> 1
	UNION ALL
	SELECT NULL, NULL, NULL, format('a guard of the ledger is off: trigger %s of %s', g.trigger, g.guarded)
	FROM (VALUES ('guard', 'intake.submission'), ('keep_entered', 'intake.submission'), ('keep_event', 'intake.submission'), ('refuse_change', 'intake.submission'),
		('refuse_change', 'intake.submission_event'), ('refuse_change', 'intake.event_anchor')) g (trigger, guarded)
	WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = g.guarded::regclass AND t.tgname = g.trigger AND t.tgenabled = 'A');
END
$$;
COMMENT ON FUNCTION intake.audit() IS 'what is wrong with the ledger: rows that were removed, changed or added past its own functions';
