-- What wardstar-hub serve asks, one function a route. All run with the rights of the caller, who is a partner's role: row-level
-- security decides what there is for it. What is another's is as if it were not there.

-- Who asks.
CREATE OR REPLACE FUNCTION api.own_organisation() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
	RETURN (SELECT o.organisation FROM returns.organisation o WHERE o.role = current_user);
END
$$;
COMMENT ON FUNCTION api.own_organisation() IS 'the organisation whose role is in force; NULL if it is none''s';

-- What an upload is answered with.
CREATE OR REPLACE FUNCTION api.submitted(s intake.submission, already boolean) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('submission', s.id, 'state', s.state, 'already', already,
	'programme', coalesce(s.programme, s.asked_programme), 'period', coalesce(s.period, s.asked_period),
	'form', coalesce(s.form, s.asked_form), 'kind', s.kind, 'file', s.file_name, 'size', s.file_size,
	'sha256', encode(s.sha256, 'hex'), 'received_at', s.received_at, 'decision', s.decision, 'decided_at', s.decided_at,
	'superseded_by', s.superseded_by, 'receipt', '/v1/submissions/' || s.id || '/receipt');
COMMENT ON FUNCTION api.submitted(intake.submission, boolean) IS 'a submission as an upload is answered with';

CREATE OR REPLACE FUNCTION api.submitted(submission bigint, already boolean) RETURNS json
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT api.submitted(s, already) FROM intake.submission s WHERE s.id = submission
$$;
COMMENT ON FUNCTION api.submitted(bigint, boolean) IS 'the same of a submission by its number, after waiting for its verdict';

-- POST /v1/submissions, for all uploads of an organisation that ended at about the same time: a JSON array of objects
-- with the fields of intake.arrival. It reports and does not raise: an upload must not suffer for another's.
CREATE OR REPLACE FUNCTION api.submit(uploads json)
RETURNS TABLE (place int, submission bigint, already boolean, decided boolean, keep_file boolean, problem text, answer json)
LANGUAGE plpgsql VOLATILE ROWS 1
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	arrivals intake.arrival[] := ARRAY(SELECT a FROM json_populate_recordset(NULL::intake.arrival, uploads) a);
	programmes text[] := ARRAY(SELECT p.programme FROM returns.programme p ORDER BY p.programme);
	forms text[] := ARRAY(SELECT DISTINCT f.form FROM intake.form f ORDER BY f.form);
	problems text[] := ARRAY(SELECT CASE
			WHEN a.programme <> ALL (programmes) THEN
				'The programme is none of your organisation''s.' || coalesce(' They are: ' || nullif(array_to_string(programmes, ', '), '') || '.', '')
			WHEN a.period !~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN
				'The period is not a quarter. Write it as 2025-Q2, which is 1 July to 30 September 2025.'
			WHEN a.form <> ALL (forms) THEN
				'The form is not known. Forms are: ' || coalesce(nullif(array_to_string(forms, ', '), ''), 'none') || '.'
			WHEN a.kind NOT IN ('return', 'records') THEN 'The kind is neither "return" nor "records".'
			END
		FROM unnest(arrivals) WITH ORDINALITY a ORDER BY a.ordinality);
BEGIN
	RETURN QUERY
	SELECT a.place, NULL::bigint, NULL::boolean, NULL::boolean, NULL::boolean, a.problem, NULL::json
	FROM ROWS FROM (unnest(arrivals), unnest(problems)) a (place, programme, period, form, kind, file_name, file_size, sha256, received_from, spool, problem)
	WHERE a.problem IS NOT NULL;
	arrivals := ARRAY(SELECT arrivals[n] FROM generate_subscripts(arrivals, 1) n WHERE problems[n] IS NULL);
	RETURN QUERY
	SELECT e.place, (e.submission).id, e.already, (e.submission).state NOT IN ('received', 'checking'),
		NOT e.already OR coalesce((e.submission).spool = a.spool, false), NULL::text, api.submitted(e.submission, e.already)
	FROM intake.enter(api.own_organisation(), arrivals) e
	JOIN unnest(arrivals) a ON a.place = e.place;
END
$$;
COMMENT ON FUNCTION api.submit(json) IS 'puts uploads of the caller''s organisation into the ledger; problem says what was stated wrongly of one, which then is not stored';

CREATE OR REPLACE FUNCTION api.submission_json(s intake.submission) RETURNS json
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT json_build_object('submission', s.id, 'state', s.state, 'programme', coalesce(s.programme, s.asked_programme),
		'period', coalesce(s.period, s.asked_period),
		'dates', CASE WHEN coalesce(s.period, s.asked_period) ~ '^(19|20)[0-9][0-9]-Q[1-4]$'
			THEN returns.period_words(coalesce(s.period, s.asked_period)::returns.period) END,
		'form', coalesce(s.form, s.asked_form), 'kind', s.kind, 'file', s.file_name, 'size', s.file_size,
		'sha256', encode(s.sha256, 'hex'), 'received_at', s.received_at, 'decision', s.decision, 'decided_at', s.decided_at,
		'superseded_by', s.superseded_by, 'errors', f.errors, 'queries', f.queries,
		'receipt', '/v1/submissions/' || s.id || '/receipt')
	FROM (SELECT count(*) FILTER (WHERE f.severity = 'error') AS errors, count(*) FILTER (WHERE f.severity = 'query') AS queries
		FROM intake.finding f WHERE f.submission = s.id) f
$$;
COMMENT ON FUNCTION api.submission_json(intake.submission) IS 'a submission as the service shows it';

-- GET /v1/submissions
CREATE OR REPLACE FUNCTION api.submissions(most int, before bigint) RETURNS json
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	WITH page AS (
		SELECT s AS row, s.id FROM intake.submission s
		WHERE s.id < coalesce(before, 9223372036854775807)
		ORDER BY s.id DESC
		LIMIT coalesce(most, 50)
	)
	SELECT json_build_object('submissions', coalesce(json_agg(api.submission_json(p.row) ORDER BY p.id DESC), '[]'::json),
		'next', CASE WHEN count(*) = coalesce(most, 50) AND EXISTS (SELECT FROM intake.submission o
				WHERE o.id < (SELECT min(q.id) FROM page q)) THEN min(p.id) END)
	FROM page p
$$;
COMMENT ON FUNCTION api.submissions(int, bigint) IS 'the caller''s submissions, the newest first';

-- GET /v1/submissions/{id}
CREATE OR REPLACE FUNCTION api.submission(submission bigint) RETURNS json
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	SELECT api.submission_json(s) FROM intake.submission s WHERE s.id = submission.submission
$$;
COMMENT ON FUNCTION api.submission(bigint) IS 'one submission of the caller''s';

-- GET /v1/submissions/{id}/file
CREATE OR REPLACE FUNCTION api.submission_file(submission bigint)
RETURNS TABLE (spool text, file_name text, file_size bigint)
LANGUAGE sql STABLE STRICT ROWS 1
SET search_path FROM CURRENT
AS $$
	SELECT s.spool, s.file_name, s.file_size FROM intake.submission s
	WHERE s.id = submission_file.submission AND s.spool IS NOT NULL
$$;
COMMENT ON FUNCTION api.submission_file(bigint) IS 'where the bytes of a submission of the caller''s lie; no row: they are not kept any more';

-- GET /v1/data/returns.csv
CREATE OR REPLACE FUNCTION api.returns_data()
RETURNS TABLE (programme text, period text, starts date, ends date, form text, submission bigint, received_at timestamptz, field text,
	area_level text, area text, ward text, grade text, people_least int, people_most int)
LANGUAGE sql STABLE ROWS 1
SET search_path FROM CURRENT
AS $$
	SELECT c.programme, c.period, returns.period_start(c.period), returns.period_end(c.period), c.form, c.submission, s.received_at,
		c.category, c.area_level, c.area::text, c.ward::text, c.grade, lower(c.people), upper(c.people) - 1
	FROM returns.count c
	JOIN intake.submission s ON s.id = c.submission
	ORDER BY c.programme, c.period, c.category, c.area, c.ward
$$;
COMMENT ON FUNCTION api.returns_data() IS 'the counts of the caller''s accepted returns over all quarters; people_most is NULL where the answer sets no limit';

-- GET /v1/data/stars.csv
CREATE OR REPLACE FUNCTION api.stars_data()
RETURNS TABLE (programme text, client text, taken_on date, mode text, instrument text, star text)
LANGUAGE sql STABLE ROWS 1
SET search_path FROM CURRENT
AS $$
	SELECT r.programme, r.client::text, r.taken_on, r.mode, r.instrument, r.star::text
	FROM casework.star_review r
	ORDER BY r.programme, r.client, r.taken_on, r.instrument
$$;
COMMENT ON FUNCTION api.stars_data() IS 'the readings of outcome stars of the caller''s clients; client is the token that the hub knows them by';

-- GET /v1/forms
CREATE OR REPLACE FUNCTION api.forms() RETURNS json
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT json_build_object('forms', coalesce(json_agg(json_build_object('form', f.form, 'version', f.version,
		'title', f.definition ->> 'title', 'from', lower(f.valid), 'to', upper(f.valid) - 1) ORDER BY f.form, f.version), '[]'::json),
		'workbooks', json_build_array(json_build_object('name', 'records', 'title', 'Records: a row a person, a referral, a reading')))
	FROM intake.form f
$$;
COMMENT ON FUNCTION api.forms() IS 'the forms and their versions, and the workbooks to be filled in that are no form';

-- GET /v1/forms/{form}/template.xlsx
CREATE OR REPLACE FUNCTION api.form(form text, period text)
RETURNS TABLE (definition jsonb, dates text)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
BEGIN
	IF period !~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN
		RAISE EXCEPTION 'the period is not a quarter'
			USING ERRCODE = 'invalid_datetime_format', HINT = 'Write it as 2025-Q2, which is 1 July to 30 September 2025.';
	END IF;
	IF form = 'records' THEN
		RETURN QUERY
		SELECT r.definition, returns.period_words(period::returns.period) FROM casework.record_workbook() r ORDER BY r.place;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT f.definition, returns.period_words(period::returns.period)
	FROM intake.form f
	WHERE f.form = form AND (period IS NULL OR f.valid IS NULL OR f.valid && returns.period_range(period::returns.period))
	ORDER BY lower(f.valid) DESC NULLS LAST, f.version DESC
	LIMIT 1;
END
$$;
COMMENT ON FUNCTION api.form(text, text) IS 'the definition of a form for a quarter, and the quarter in words; of "records" that of each table, in their order';

-- The one place that knows all columns which name a file of the spool.
CREATE OR REPLACE FUNCTION intake.spool_unnamed(spools text[]) RETURNS SETOF text
LANGUAGE sql STABLE ROWS 10
SET search_path FROM CURRENT
AS $$
	SELECT u.spool FROM unnest(spools) u (spool)
	WHERE NOT EXISTS (SELECT FROM intake.submission s WHERE s.spool = u.spool)
	AND NOT EXISTS (SELECT FROM casework.file f WHERE f.spool = u.spool)
$$;
COMMENT ON FUNCTION intake.spool_unnamed(text[]) IS 'those of the spool files that neither the ledger nor casework names';
