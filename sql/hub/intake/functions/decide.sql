-- Checking a submission that was taken, and deciding on it. What is read of the file stays in memory but for counts,
-- findings and the verdict.

-- Each quarter is checked by the version of its own time; a form that was not in use then is for the rules to tell.
CREATE OR REPLACE FUNCTION intake.form_of(form text, period text) RETURNS intake.form
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT f FROM intake.form f WHERE f.form = form_of.form
	ORDER BY coalesce(f.valid && returns.period_range(form_of.period), true) DESC, lower(f.valid) DESC NULLS LAST, f.version DESC
	LIMIT 1
$$;
COMMENT ON FUNCTION intake.form_of(text, text) IS 'the version of a form by which a quarter is checked';

-- Verdicts on one programme and quarter are given one after the other, and none while a client withdraws from the programme
-- (casework.withdraw locks its row). It is asked for before any other row is locked.
CREATE OR REPLACE FUNCTION intake.lock_quarter(programme text, period text) RETURNS void
LANGUAGE sql VOLATILE
SET search_path FROM CURRENT
AS $$
	SELECT FROM returns.programme p WHERE p.programme = lock_quarter.programme FOR KEY SHARE;
	SELECT pg_advisory_xact_lock(hashtextextended('wardstar return ' || coalesce(period, '') || ' ' || coalesce(programme, ''), 0));
$$;
COMMENT ON FUNCTION intake.lock_quarter(text, text) IS 'waits until nobody else decides on this programme and quarter';

CREATE OR REPLACE FUNCTION intake.lacks_postcodes(fields text[]) RETURNS boolean
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT EXISTS (SELECT FROM unnest(fields) f WHERE f ILIKE 'place.postcode.%') AND NOT EXISTS (SELECT FROM reference.postcode)
$$;
COMMENT ON FUNCTION intake.lacks_postcodes(text[]) IS 'whether a return has postcodes while no postcode file is loaded';

-- Everything that is found in a return, in the order in which it is said.
CREATE OR REPLACE FUNCTION intake.findings_of(definition jsonb, programme text, period returns.period, rows intake.reading[],
	hidden_sheets int, hidden_rows int, unplaced int)
RETURNS TABLE (number bigint, rule text, severity text, field text, message text, suggestion text, observed text, expected text, line int)
LANGUAGE sql STABLE ROWS 20
SET search_path FROM CURRENT
AS $$
	SELECT row_number() OVER (ORDER BY array_position('{error,query,note}'::text[], c.severity), c.line NULLS LAST, c.rule, c.field),
		c.rule, c.severity, c.field, c.message, c.suggestion, c.observed, c.expected, c.line
	FROM (SELECT * FROM intake.check_rows(definition, rows)
		UNION ALL
		SELECT * FROM intake.check_answers(returns.form_for(definition, programme), intake.answers_of(definition, period, rows), intake.previous_returns(programme, period), rows)
		UNION ALL
		SELECT h.rule, 'query', NULL, h.message, h.suggestion, h.n::text, NULL, NULL::int
		FROM (VALUES
			('H110', hidden_sheets, 'the workbook has hidden sheets with something in them', 'Please check that nothing in them belongs to the return, or show them.'),
			('H111', hidden_rows, 'there are answers in hidden rows; they were read as the others', 'Please check that they are meant.'),
			('H112', unplaced, 'there are numbers beside labels that the form does not have; they were not read', 'Please check that no answer stands in a row of your own.')
			) h (rule, n, message, suggestion)
		WHERE h.n > 0) c
$$;
COMMENT ON FUNCTION intake.findings_of(jsonb, text, returns.period, intake.reading[], int, int, int) IS 'everything that is found in a return';

CREATE OR REPLACE FUNCTION intake.counts_of(definition jsonb, period returns.period, rows intake.reading[])
RETURNS TABLE (category text, area_level text, area gss_code, ward gss_code, grade text, people int4range)
LANGUAGE sql STABLE ROWS 50
SET search_path FROM CURRENT
AS $$
	-- A field that is given twice, and is no place, says nothing for certain.
	WITH twice AS (
		SELECT r.category FROM unnest(rows) r
		WHERE r.category NOT LIKE 'place%' AND r.category = ANY (intake.form_names(definition))
		GROUP BY r.category HAVING count(*) > 1
	)
	SELECT r.category, r.area_level, r.area, r.ward, intake.worst_grade(array_agg(r.grade)), bounds_sum(r.people)
	FROM unnest(rows) r
	WHERE r.people IS NOT NULL AND NOT isempty(r.people)
	AND (r.category IN ('place', 'place.not_known') OR r.category = ANY (intake.form_counts(definition)))
	AND NOT EXISTS (SELECT FROM twice t WHERE t.category = r.category)
	GROUP BY r.category, r.area_level, r.area, r.ward
	UNION ALL
	SELECT 'everyone', NULL, NULL, NULL, NULL,
		CASE WHEN isempty(b.people) OR EXISTS (SELECT FROM twice) THEN '[0,)' ELSE coalesce(b.people, '[0,)') END
	FROM proforma_bounds(definition, intake.answers_of(definition, period, rows)) b (people)
$$;
COMMENT ON FUNCTION intake.counts_of(jsonb, returns.period, intake.reading[]) IS 'the counts of a return, and how many different people it allows in all';

CREATE OR REPLACE FUNCTION intake.find(submission bigint, rule text, severity text, field text, message text, suggestion text) RETURNS void
LANGUAGE sql VOLATILE
SET search_path FROM CURRENT
AS $$
	INSERT INTO intake.finding AS f (submission, number, rule, severity, field, message, suggestion)
	SELECT find.submission, coalesce(max(o.number), 0) + 1, find.rule, find.severity, find.field, find.message, find.suggestion
	FROM intake.finding o WHERE o.submission = find.submission
$$;
COMMENT ON FUNCTION intake.find(bigint, text, text, text, text, text) IS 'adds a finding to a submission';

-- What the sender stated, as far as it is true: it tells whose quarter a file that can't be used was for.
CREATE OR REPLACE FUNCTION intake.note_stated(submission bigint, programme text, period text, form text) RETURNS void
LANGUAGE sql VOLATILE
SET search_path FROM CURRENT
AS $$
	UPDATE intake.submission s
	SET programme = coalesce((SELECT p.programme FROM returns.programme p
			WHERE p.programme = coalesce(note_stated.programme, s.asked_programme) AND p.organisation = s.organisation), s.programme),
		period = coalesce(substring(coalesce(note_stated.period, s.asked_period) from '^(?:19|20)[0-9][0-9]-Q[1-4]$'), s.period),
		form = coalesce((SELECT f.form FROM intake.form f WHERE f.form = coalesce(note_stated.form, s.asked_form) LIMIT 1), s.form)
	WHERE s.id = note_stated.submission
$$;
COMMENT ON FUNCTION intake.note_stated(bigint, text, text, text) IS 'keeps of a submission what is known of its programme, quarter and form';

-- A document that can't be read, or is too large: one error, with what to do.
CREATE OR REPLACE FUNCTION intake.refuse(submission bigint, rule text, message text, suggestion text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
BEGIN
	DELETE FROM intake.finding f WHERE f.submission = refuse.submission;
	PERFORM intake.note_stated(submission, NULL, NULL, NULL);
	PERFORM intake.find(submission, coalesce(rule, 'H120'), 'error', NULL, replace(message, E'\n', '; '), suggestion);
	UPDATE intake.submission s SET state = 'rejected' WHERE s.id = submission;
	PERFORM intake.keep_receipt(submission);
END
$$;
COMMENT ON FUNCTION intake.refuse(bigint, text, text, text) IS 'rejects a submission that is being checked, with one finding';

-- A file of which it can't be told what it is: it waits, and nothing is lost. wardstar-hub explain, or the sender, says it.
CREATE OR REPLACE FUNCTION intake.doubt(submission bigint, rule text, message text, suggestion text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
BEGIN
	DELETE FROM intake.finding f WHERE f.submission = doubt.submission;
	PERFORM intake.note_stated(submission, NULL, NULL, NULL);
	PERFORM intake.find(submission, rule, 'query', NULL, replace(message, E'\n', '; '), suggestion);
	UPDATE intake.submission s SET state = 'waiting for answer' WHERE s.id = submission;
	PERFORM intake.supersede_waiting(submission);
	PERFORM intake.keep_receipt(submission);
END
$$;
COMMENT ON FUNCTION intake.doubt(bigint, text, text, text) IS 'lets a submission that is being checked wait for an answer, with one finding that asks for it';

-- The check and the verdict. The submission is being checked (intake.take, or intake.receive); programme, quarter and form
-- are as the sender stated them or as the file says. What is in doubt makes it wait; errors that are not waived reject it.
CREATE OR REPLACE FUNCTION intake.check(submission bigint, programme text, period text, form text, lines int[], fields text[], answers text[],
	hidden_sheets int, hidden_rows int, unplaced int, OUT state text)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	sent intake.submission;
	used intake.form;
	rows intake.reading[];
	newer bigint;
BEGIN
	PERFORM intake.lock_quarter(programme, period);
	SELECT s.* INTO sent FROM intake.submission s WHERE s.id = submission FOR UPDATE;
	IF sent.state IS DISTINCT FROM 'checking' THEN
		RAISE EXCEPTION 'submission % is not being checked', submission
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'It is ' || coalesce('"' || sent.state || '"', 'not there') || '.';
	END IF;
	DELETE FROM intake.finding f WHERE f.submission = "check".submission;
	DELETE FROM intake.answer a WHERE a.submission = "check".submission;
	used := intake.form_of(form, CASE WHEN period ~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN period END);
	state := 'waiting for answer';
	IF NOT EXISTS (SELECT FROM returns.programme p WHERE p.programme = "check".programme AND p.organisation = sent.organisation) THEN
		PERFORM intake.doubt(submission, 'H121', CASE WHEN programme IS NULL THEN 'it is not said for which programme this is'
				ELSE 'the register has no programme of this name that is yours' END,
			'Say which of your programmes it is: ' || coalesce((SELECT string_agg(p.programme, ', ' ORDER BY p.programme)
				FROM returns.programme p WHERE p.organisation = sent.organisation), 'none is registered, please ask the hub') || '.');
		RETURN;
	ELSIF period IS NULL OR period !~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN
		PERFORM intake.doubt(submission, 'H122', CASE WHEN period IS NULL THEN 'it is not said for which quarter this is'
				ELSE 'the quarter that was stated is none' END, 'Say it as 2025-Q2, which is 1 July to 30 September 2025.');
		RETURN;
	ELSIF used.form IS NULL THEN
		PERFORM intake.doubt(submission, 'H123', CASE WHEN form IS NULL THEN 'it can''t be told which form this is' ELSE 'there is no form of the name that was stated' END,
			'Say which form it is: ' || coalesce((SELECT string_agg(DISTINCT f.form, ', ' ORDER BY f.form) FROM intake.form f), 'none is known') || '.');
		RETURN;
	ELSIF cardinality(fields) > 100000 THEN
		PERFORM intake.refuse(submission, 'H120', 'the return has more than 100,000 rows', 'Send the counts, one field and its value a line.');
		state := 'rejected';
		RETURN;
	ELSIF intake.lacks_postcodes(fields) THEN
		PERFORM intake.doubt(submission, 'H124', 'it has postcodes, and the hub has not loaded a postcode file yet', 'You need do nothing: the hub will load one and check the file again.');
		RETURN;
	END IF;

	SELECT array_agg(r) INTO rows FROM intake.read_answers(period, lines, fields, answers) r;
	UPDATE intake.submission AS s
	SET programme = "check".programme, period = "check".period, form = used.form, form_version = used.version,
		basis = (SELECT lower(btrim(r.answer)) FROM unnest(rows) r WHERE r.category = 'basis'
			AND lower(btrim(r.answer)) IN ('new_referrals', 'caseload_in_period', 'caseload_at_end') LIMIT 1)
	WHERE s.id = submission;
	INSERT INTO intake.finding AS f (submission, number, rule, severity, field, message, suggestion, observed, expected, line)
	SELECT submission, c.* FROM intake.findings_of(used.definition, programme, period, rows, hidden_sheets, hidden_rows, unplaced) c;
	INSERT INTO intake.answer AS a (submission, category, area_level, area, ward, grade, people)
	SELECT submission, c.* FROM intake.counts_of(used.definition, period, rows) c;

	-- Workers may come to a later file first: it has taken the place of this one already.
	SELECT s.id INTO newer FROM intake.submission s
	WHERE s.programme = "check".programme AND s.period = "check".period AND s.kind = sent.kind AND s.state = 'accepted' AND s.id > submission;
	IF newer IS NOT NULL THEN
		PERFORM intake.find(submission, 'H125', 'note', NULL, 'a later file for the same quarter was accepted before this one was checked', 'Nothing.');
		UPDATE intake.submission s SET state = 'rejected' WHERE s.id = submission;
		UPDATE intake.submission s SET state = 'superseded', superseded_by = newer WHERE s.id = submission;
		state := 'superseded';
	ELSIF EXISTS (SELECT FROM intake.finding_reply f WHERE f.submission = "check".submission AND f.severity = 'error' AND f.reply IS DISTINCT FROM 'waived') THEN
		UPDATE intake.submission s SET state = 'rejected' WHERE s.id = submission;
		state := 'rejected';
	ELSE
		PERFORM intake.accept(submission, session_user);
		PERFORM intake.keep_narrative(submission, fields, answers);
		state := 'accepted';
	END IF;
	PERFORM intake.supersede_waiting(submission);
	PERFORM intake.keep_receipt(submission);
END
$$;
COMMENT ON FUNCTION intake.check(bigint, text, text, text, int[], text[], text[], int, int, int) IS 'checks a return that was taken, stores findings and counts, and decides';

-- Of an accepted return: which questions were answered in words; and the words, where the partnership has chosen to keep
-- them, and nothing in them looks as if it named a person, or the sender has said that it does not.
CREATE OR REPLACE FUNCTION intake.keep_narrative(submission bigint, fields text[], answers text[]) RETURNS bigint
LANGUAGE sql VOLATILE
SET search_path FROM CURRENT
AS $$
	WITH kept AS (
		INSERT INTO returns.narrative AS n (submission, question, words)
		SELECT s.id, a.question, CASE WHEN intake.narrative_may_stay(s.id, a.question) THEN string_agg(btrim(a.answer), E'\n\n') END
		FROM intake.submission s
		JOIN intake.form f ON f.form = s.form AND f.version = s.form_version
		CROSS JOIN LATERAL (SELECT lower(btrim(u.field, E' \t\r\n\u00a0\ufeff')) AS question, u.answer FROM unnest(fields, answers) u (field, answer)) a
		WHERE s.id = keep_narrative.submission AND s.state = 'accepted' AND btrim(a.answer) <> ''
		AND EXISTS (SELECT FROM jsonb_array_elements(f.definition -> 'narrative') q (question) WHERE q.question ->> 'name' = a.question)
		GROUP BY s.id, a.question
		ON CONFLICT ON CONSTRAINT narrative_pkey DO UPDATE SET words = excluded.words
		RETURNING n.words
	)
	SELECT count(k.words) FROM kept k
$$;
COMMENT ON FUNCTION intake.keep_narrative(bigint, text[], text[]) IS 'keeps which questions an accepted return answers in words, and the words where that is allowed; how many of these';

CREATE OR REPLACE FUNCTION intake.narrative_may_stay(submission bigint, question text) RETURNS boolean
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT EXISTS (SELECT FROM hub.partnership p WHERE p.name = 'keep-narrative' AND p.value = 'on')
	AND NOT EXISTS (SELECT FROM intake.finding_reply f
		WHERE f.submission = narrative_may_stay.submission AND f.field = narrative_may_stay.question AND f.rule = ANY (intake.person_rules())
		AND (f.reply IS NULL OR f.rule = ANY (intake.person_numbers())))
$$;
COMMENT ON FUNCTION intake.narrative_may_stay(bigint, text) IS 'whether the words of an answer may be kept';

CREATE OR REPLACE FUNCTION intake.person_rules() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{P802,P803,P804,P805,P806,P807}'::text[];
COMMENT ON FUNCTION intake.person_rules() IS 'the rules that ask whether a person may be named';

CREATE OR REPLACE FUNCTION intake.person_numbers() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{P803,P807}'::text[];
COMMENT ON FUNCTION intake.person_numbers() IS 'those of them that no explanation answers: an NHS, prison, police or National Insurance number is never kept';

-- Whoever was asked what a file is may send it again, and say it: the first sending then waits for nothing more, whichever
-- of them is checked first. One that was said to be something else, as the same blank return of two programmes, waits on.
CREATE OR REPLACE FUNCTION intake.supersede_waiting(submission bigint) RETURNS void
LANGUAGE sql VOLATILE
SET search_path FROM CURRENT
AS $$
	UPDATE intake.submission s SET state = 'superseded', superseded_by = told.id
	FROM (
		SELECT w.id AS waiting, max(n.id) AS id
		FROM intake.submission given
		JOIN intake.submission w ON w.organisation = given.organisation AND w.sha256 = given.sha256 AND w.state = 'waiting for answer'
		JOIN intake.submission n ON n.organisation = w.organisation AND n.sha256 = w.sha256 AND n.id > w.id AND n.state IN ('accepted', 'rejected')
			AND coalesce(nullif(coalesce(w.programme, w.asked_programme), '…') = coalesce(n.programme, n.asked_programme), true)
			AND coalesce(nullif(coalesce(w.period, w.asked_period), '…') = coalesce(n.period, n.asked_period), true)
			AND coalesce(nullif(coalesce(w.form, w.asked_form), '…') = coalesce(n.form, n.asked_form), true)
		WHERE given.id = supersede_waiting.submission
		GROUP BY w.id) told
	WHERE s.id = told.waiting
$$;
COMMENT ON FUNCTION intake.supersede_waiting(bigint) IS 'supersedes sendings of the same bytes that wait to be told what they are, where a later one was';

-- Accepts a submission: its counts become those of its programme and quarter, and what was there before is superseded.
CREATE OR REPLACE FUNCTION intake.accept(submission bigint, decided_by text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	accepted intake.submission;
BEGIN
	SELECT s.* INTO STRICT accepted FROM intake.submission s WHERE s.id = submission;
	DELETE FROM returns.narrative n USING intake.submission s
	WHERE s.programme = accepted.programme AND s.period = accepted.period AND s.kind = accepted.kind AND n.submission = s.id;
	UPDATE intake.submission s SET state = 'superseded', superseded_by = submission
	WHERE s.programme = accepted.programme AND s.period = accepted.period AND s.kind = accepted.kind AND s.id < submission
	AND s.state IN ('accepted', 'rejected', 'waiting for answer');
	UPDATE intake.submission s
	SET state = 'accepted', decided_by = accept.decided_by
	WHERE s.id = submission;
	PERFORM intake.set_counts(accepted.programme, accepted.period);
END
$$;
COMMENT ON FUNCTION intake.accept(bigint, text) IS 'accepts a submission, and supersedes earlier ones of its programme and quarter';
