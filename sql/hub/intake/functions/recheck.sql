-- Checking again what was decided: by the form and rules of its own quarter, with the reference data and earlier returns
-- that are there now.

-- The rows of a return as far as they can be told from what is stored: counts, and whom they count.
CREATE OR REPLACE FUNCTION intake.stored_rows(submission bigint) RETURNS intake.reading[]
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT array_agg(ROW(NULL, s.field, s.category, s.area_level, s.area, NULL, s.people, NULL, s.answer, s.grade)::intake.reading)
	FROM (SELECT a.category || coalesce('.' || a.area_level || '.' || a.area, '') AS field, a.category, a.area_level, a.area, a.grade, a.people,
			CASE WHEN upper(a.people) = lower(a.people) + 1 THEN lower(a.people)::text WHEN lower(a.people) = 1 AND upper_inf(a.people) THEN 'yes'
				WHEN lower(a.people) = 1 THEN '<' || upper(a.people) END AS answer
		FROM (SELECT a.category, a.area_level, a.area, max(a.grade) AS grade, bounds_sum(a.people) AS people FROM intake.answer a
			WHERE a.submission = stored_rows.submission AND a.category <> 'everyone'
			GROUP BY a.category, a.area_level, a.area) a
		UNION ALL
		SELECT 'basis', 'basis', NULL, NULL, NULL, NULL, s.basis FROM intake.submission s WHERE s.id = stored_rows.submission AND s.basis IS NOT NULL) s
	WHERE s.answer IS NOT NULL
$$;
COMMENT ON FUNCTION intake.stored_rows(bigint) IS 'the rows of a submission as far as its counts tell them';

-- What would be found now, beside what was found then. Without the rows of the file (fields NULL) they are made of the
-- stored counts, and only the rules about counts are compared. Nothing is changed.
CREATE OR REPLACE FUNCTION intake.recheck(submission bigint, lines int[], fields text[], answers text[], hidden_sheets int, hidden_rows int, unplaced int)
RETURNS TABLE (change text, rule text, severity text, field text, line int, what text)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	sent intake.submission;
	used intake.form;
	rows intake.reading[];
	whole boolean := recheck.fields IS NOT NULL;
	errors bigint;
BEGIN
	SELECT s.* INTO sent FROM intake.submission s WHERE s.id = recheck.submission;
	used := intake.form_of(sent.form, sent.period);
	SELECT CASE WHEN whole THEN (SELECT array_agg(r) FROM intake.read_answers(sent.period, recheck.lines, recheck.fields, recheck.answers) r)
		ELSE intake.stored_rows(sent.id) END INTO rows;
	RETURN QUERY
	WITH now AS (
		SELECT n.*, row_number() OVER (PARTITION BY n.rule, n.severity, n.field, n.observed, n.expected ORDER BY n.number) AS nth
		FROM intake.findings_of(used.definition, sent.programme, sent.period, rows, recheck.hidden_sheets, recheck.hidden_rows, recheck.unplaced) n
		WHERE whole OR n.rule ~ '^P[3-6]'
	), was AS (
		SELECT f.*, row_number() OVER (PARTITION BY f.rule, f.severity, f.field, f.observed, f.expected ORDER BY f.number) AS nth
		FROM intake.finding f WHERE f.submission = sent.id AND (whole OR f.rule ~ '^P[3-6]')
	)
	SELECT CASE WHEN w.rule IS NULL THEN 'new' ELSE 'gone' END, coalesce(n.rule, w.rule), coalesce(n.severity, w.severity),
		coalesce(n.field, w.field), coalesce(n.line, w.line), coalesce(n.message, w.message)
	FROM now n
	FULL JOIN was w ON (w.rule, w.severity, w.nth) = (n.rule, n.severity, n.nth) AND w.field IS NOT DISTINCT FROM n.field
		AND w.observed IS NOT DISTINCT FROM n.observed AND w.expected IS NOT DISTINCT FROM n.expected
	WHERE n.rule IS NULL OR w.rule IS NULL
	ORDER BY 1, 2, 4, 5;
	IF NOT whole THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT 'count', NULL::text, NULL::text, coalesce(n.field, w.field), NULL::int, 'was ' || coalesce(api.bounds_words(w.people), 'not there') || ', would be ' || coalesce(api.bounds_words(n.people), 'not there')
	FROM (SELECT c.category || coalesce('.' || c.area_level || '.' || c.area, '') AS field, bounds_sum(c.people) AS people
		FROM intake.counts_of(used.definition, sent.period, rows) c GROUP BY 1) n
	FULL JOIN (SELECT a.category || coalesce('.' || a.area_level || '.' || a.area, '') AS field, bounds_sum(a.people) AS people
		FROM intake.answer a WHERE a.submission = sent.id GROUP BY 1) w ON w.field = n.field
	WHERE n.people IS DISTINCT FROM w.people
	ORDER BY 4;
	SELECT count(*) INTO errors
	FROM intake.findings_of(used.definition, sent.programme, sent.period, rows, recheck.hidden_sheets, recheck.hidden_rows, recheck.unplaced) n
	LEFT JOIN LATERAL intake.reply_to(sent.id, sent.programme, sent.period, n.rule, n.field, n.observed, n.expected, n.line) r ON true
	WHERE n.severity = 'error' AND r.kind IS DISTINCT FROM 'waived';
	IF (errors = 0) <> (sent.state = 'accepted') THEN
		RETURN QUERY SELECT 'verdict', NULL::text, NULL::text, NULL::text, NULL::int, sent.state || ', would be ' || CASE errors WHEN 0 THEN 'accepted' ELSE 'rejected' END;
	END IF;
END
$$;
COMMENT ON FUNCTION intake.recheck(bigint, int[], text[], text[], int, int, int) IS 'how the findings, counts and verdict of a submission would differ if it were checked now';

-- Has the same bytes checked anew as a submission of their own, which replaces the old one. What would turn an accepted
-- return into a rejected one is left as it is: that is for the staff and the sender to settle.
CREATE OR REPLACE FUNCTION intake.recheck_apply(submission bigint, lines int[], fields text[], answers text[], hidden_sheets int, hidden_rows int, unplaced int,
	OUT renewed bigint, OUT state text)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	old intake.submission;
BEGIN
	SELECT s.* INTO old FROM intake.submission s WHERE s.id = submission;
	PERFORM intake.lock_quarter(old.programme, old.period);
	SELECT s.* INTO old FROM intake.submission s WHERE s.id = submission FOR UPDATE;
	state := old.state;
	IF old.state NOT IN ('accepted', 'rejected') OR old.state = 'accepted' AND EXISTS (
		SELECT FROM intake.recheck(submission, lines, fields, answers, hidden_sheets, hidden_rows, unplaced) r WHERE r.change = 'verdict') THEN
		RETURN;
	END IF;
	renewed := intake.enter_again(submission);
	UPDATE intake.submission s SET state = 'checking', taken_by = 'recheck', taken_until = clock_timestamp() + interval '1 hour' WHERE s.id = renewed;
	INSERT INTO intake.reply (submission, programme, period, kind, rule, field, line, observed, expected, here_only, words, given_by, given_at)
	SELECT renewed, o.programme, o.period, o.kind, o.rule, o.field, o.line, o.observed, o.expected, true, o.words, o.given_by, o.given_at
	FROM intake.reply o WHERE o.submission = old.id AND o.here_only ORDER BY o.id;
	state := intake.check(renewed, old.programme, old.period, old.form, lines, fields, answers, hidden_sheets, hidden_rows, unplaced);
	IF state = 'rejected' THEN
		UPDATE intake.submission s SET state = 'superseded', superseded_by = renewed WHERE s.id = submission;
	END IF;
END
$$;
COMMENT ON FUNCTION intake.recheck_apply(bigint, int[], text[], text[], int, int, int) IS 'checks a submission anew in the place of the old one; renewed is NULL where that was not done';
