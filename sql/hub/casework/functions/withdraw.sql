-- A client withdraws: the rows go, the spool files that hold the client go, and what changes by that is listed.

-- Figures that a programme's clients are in, one a row, so that before and after can be compared.
CREATE OR REPLACE FUNCTION analysis.figures(programme text)
RETURNS TABLE (view text, told_of text, period text, figure text, value text)
LANGUAGE sql STABLE ROWS 200
SET search_path FROM CURRENT
AS $$
	SELECT 'returns.count', c.programme, c.period, c.category || coalesce(' ' || c.area, '') || coalesce(' in ' || c.ward, ''), c.people::text
	FROM returns.count c WHERE c.programme = figures.programme
	UNION ALL
	SELECT 'analysis.beneficiaries', coalesce(v.programme, 'all programmes'), coalesce(v.period, v.reporting_year), v.ages || ', ' || f.key, f.value
	FROM analysis.beneficiaries v
	CROSS JOIN LATERAL jsonb_each_text(to_jsonb(v) - '{reporting_year,period,programme,ages,band,place,made_up}'::text[]) f
	WHERE (v.programme = figures.programme OR v.programme IS NULL) AND NOT (f.key = 'returned' AND v.programme IS NOT NULL AND v.period IS NOT NULL)
	UNION ALL
	SELECT 'analysis.referrals', coalesce(v.programme, 'all programmes'), v.period, coalesce(v.area::text || ', ', '') || f.key, f.value
	FROM analysis.referrals v
	CROSS JOIN LATERAL jsonb_each_text(to_jsonb(v) - '{period,programme,area_level,area,area_name}'::text[]) f
	WHERE v.programme = figures.programme OR v.programme IS NULL
	UNION ALL
	SELECT 'analysis.referral_flow', figures.programme, v.period, v."from" || ' to ' || v."to" || ', told by the ' || v.told_by, v.n::text
	FROM analysis.referral_flow v WHERE figures.programme IN (v."from", v."to")
	UNION ALL
	SELECT 'analysis.engagement', v.programme, v.period, f.key, f.value
	FROM analysis.engagement v
	CROSS JOIN LATERAL jsonb_each_text(to_jsonb(v) - '{period,programme,source}'::text[]) f
	WHERE v.programme = figures.programme
	UNION ALL
	SELECT 'analysis.distance_travelled', v.programme, v.period, v.instrument || ', ' || v.scale || ', ' || f.key, f.value
	FROM analysis.distance_travelled v
	CROSS JOIN LATERAL jsonb_each_text(jsonb_build_object('pairs', v.pairs, 'unpaired', v.unpaired, 'mean_change', v.mean_change)) f
	WHERE v.programme = figures.programme
	UNION ALL
	SELECT 'analysis.review_due', v.programme, '', 'reviews ' || v.status, count(*)::text
	FROM analysis.review_due v WHERE v.programme = figures.programme GROUP BY v.programme, v.status
$$;
COMMENT ON FUNCTION analysis.figures(text) IS 'the figures that the clients of a programme are in: view, programme, quarter or year, figure and value';

-- "tokens" are those that the client's reference has by the present key and older ones.
CREATE OR REPLACE FUNCTION casework.withdraw(programme text, tokens text[])
RETURNS TABLE (view text, told_of text, period text, figure text, before text, after text)
LANGUAGE plpgsql VOLATILE ROWS 10
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	sent bigint[];
	files bigint[];
BEGIN
	-- Nothing of this programme is decided on meanwhile: intake.lock_quarter waits for this row.
	PERFORM FROM returns.programme p WHERE p.programme = withdraw.programme FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no programme "%"', programme USING ERRCODE = 'no_data_found',
			HINT = 'wardstar-hub programme list shows them.';
	END IF;
	sent := ARRAY(SELECT DISTINCT k.submission FROM intake.record_client k JOIN intake.submission s ON s.id = k.submission
		WHERE s.programme = withdraw.programme AND k.client = ANY (tokens));
	files := ARRAY(SELECT DISTINCT k.file FROM casework.file_client k JOIN casework.file f ON f.id = k.file
		WHERE f.programme = withdraw.programme AND k.client = ANY (tokens));
	IF cardinality(sent) = 0 AND cardinality(files) = 0
		AND NOT EXISTS (SELECT FROM casework.engagement e WHERE e.programme = withdraw.programme AND e.client = ANY (tokens))
		AND NOT EXISTS (SELECT FROM casework.star_review r WHERE r.programme = withdraw.programme AND r.client = ANY (tokens)) THEN
		RAISE EXCEPTION 'the programme has no such client' USING ERRCODE = 'no_data_found',
			DETAIL = 'No file of this programme holds the reference that was given.', HINT = 'Check the reference: it is the partner''s own, as in client_ref.';
	END IF;
	DROP TABLE IF EXISTS pg_temp.figure_before;
	CREATE TEMP TABLE figure_before ON COMMIT DROP AS SELECT * FROM analysis.figures(programme);

	DELETE FROM casework.client_quarter c WHERE c.programme = withdraw.programme AND c.client = ANY (tokens);
	DELETE FROM casework.identity c WHERE c.programme = withdraw.programme AND c.client = ANY (tokens);
	DELETE FROM casework.referral c WHERE c.programme = withdraw.programme AND c.client = ANY (tokens);
	DELETE FROM casework.engagement c WHERE c.programme = withdraw.programme AND c.client = ANY (tokens);
	DELETE FROM casework.contact c WHERE c.programme = withdraw.programme AND c.client = ANY (tokens);
	DELETE FROM casework.star_review c WHERE c.programme = withdraw.programme AND c.client = ANY (tokens);
	DELETE FROM casework.measure c WHERE c.programme = withdraw.programme AND c.client = ANY (tokens);
	DELETE FROM casework.feedback c WHERE c.programme = withdraw.programme AND c.client = ANY (tokens);
	DELETE FROM intake.record_client k WHERE k.submission = ANY (sent) AND k.client = ANY (tokens);
	DELETE FROM casework.file_client k WHERE k.file = ANY (files) AND k.client = ANY (tokens);
	PERFORM intake.count_records(s.id), intake.set_counts(s.programme, s.period)
	FROM intake.submission s WHERE s.id = ANY (sent) AND s.state = 'accepted';

	-- The bytes go whole: nobody can take one client out of them. The rows of the others stay.
	INSERT INTO intake.spool_to_remove AS r (spool)
	SELECT s.spool FROM intake.submission s WHERE s.id = ANY (sent) AND s.spool IS NOT NULL
	UNION SELECT f.spool FROM casework.file f WHERE f.id = ANY (files) AND f.spool IS NOT NULL
	ON CONFLICT DO NOTHING;
	UPDATE intake.submission s SET spool = NULL WHERE s.id = ANY (sent) AND s.spool IS NOT NULL;
	UPDATE casework.file f SET spool = NULL WHERE f.id = ANY (files) AND f.spool IS NOT NULL;
	-- The rows of a file that was replaced are gone, so that its counts can't be worked out anew without the client.
	DELETE FROM intake.answer a USING intake.submission s
	WHERE s.id = a.submission AND s.id = ANY (sent) AND s.state <> 'accepted';
	-- Receipts are kept as they were written, and compare with the quarter before.
	PERFORM intake.keep_receipt(k.submission)
	FROM (SELECT DISTINCT k.submission FROM intake.receipt_kept k JOIN intake.submission s ON s.id = k.submission WHERE s.programme = withdraw.programme) k;
	INSERT INTO intake.withdrawn AS w (programme, client) SELECT programme, t FROM unnest(tokens) t
	ON CONFLICT ON CONSTRAINT withdrawn_pkey DO UPDATE SET withdrawn_at = now(), withdrawn_by = session_user;

	RETURN QUERY
	SELECT coalesce(b.view, a.view), coalesce(b.told_of, a.told_of), coalesce(b.period, a.period), coalesce(b.figure, a.figure), b.value, a.value
	FROM pg_temp.figure_before b
	FULL JOIN analysis.figures(programme) a ON a.view = b.view AND a.told_of = b.told_of AND a.period = b.period AND a.figure = b.figure
	WHERE b.value IS DISTINCT FROM a.value
	ORDER BY 1, 2, 3, 4;
END
$$;
COMMENT ON FUNCTION casework.withdraw(text, text[]) IS 'removes a client from a programme, and gives the figures that changed; spool files that held the client are left in intake.spool_to_remove';
