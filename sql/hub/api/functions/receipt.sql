-- What is said to whoever sent a return. api.receipt_data gathers it; HTML, text, CSV and JSON say the same. All runs
-- with the rights of the caller, who gets the receipts of the submissions that he may see.

-- The counts of a submission beside those of an earlier one, in the order of the form; places by area. What only the form
-- of the earlier one asks for comes last.
CREATE OR REPLACE FUNCTION api.receipt_counts(submission bigint, earlier bigint, form text, version text, earlier_form text, earlier_version text)
RETURNS TABLE (place bigint, field text, section text, title text, area text, people int4range, before int4range, words text, before_words text)
LANGUAGE sql STABLE ROWS 50
SET search_path FROM CURRENT
AS $$
	WITH answer AS (
		SELECT a.category, a.area_level, a.area, bounds_sum(a.people) FILTER (WHERE a.submission = receipt_counts.submission) AS people,
			bounds_sum(a.people) FILTER (WHERE a.submission = receipt_counts.earlier) AS before
		FROM intake.answer a
		WHERE a.submission IN (receipt_counts.submission, receipt_counts.earlier)
		GROUP BY a.category, a.area_level, a.area
	)
	SELECT row_number() OVER (ORDER BY coalesce(t.place, CASE WHEN e.place IS NULL THEN 4000 ELSE 6000 + e.place END), a.category, lower(a.people) DESC NULLS LAST, a.area),
		a.category || coalesce('.' || a.area_level || '.' || a.area, ''),
		CASE WHEN t.name IS NULL AND e.name IS NOT NULL THEN 'Only on the form before' ELSE t.section END,
		coalesce(t.title, intake.titled(e.section, e.title), CASE WHEN a.area IS NULL THEN a.category END, a.area_level)
			|| coalesce(' ' || coalesce(n.name || ' (' || a.area || ')', a.area::text), ''),
		a.area::text, a.people, a.before,
		CASE WHEN a.people IS NOT NULL THEN api.bounds_words(a.people) WHEN t.name IS NULL AND e.name IS NOT NULL THEN 'not asked' END,
		CASE WHEN a.before IS NOT NULL THEN api.bounds_words(a.before) WHEN receipt_counts.earlier IS NOT NULL AND t.name IS NOT NULL AND e.name IS NULL THEN 'not asked' END
	FROM answer a
	LEFT JOIN intake.form_title t ON t.form = receipt_counts.form AND t.version = receipt_counts.version AND t.name = a.category || coalesce('.' || a.area_level, '')
	LEFT JOIN intake.form_title e ON e.form = receipt_counts.earlier_form AND e.version = receipt_counts.earlier_version
		AND e.name = a.category || coalesce('.' || a.area_level, '')
	LEFT JOIN LATERAL (SELECT r.name FROM reference.area r WHERE r.code = a.area ORDER BY r.vintage DESC LIMIT 1) n ON true
	ORDER BY 1
$$;
COMMENT ON FUNCTION api.receipt_counts(bigint, bigint, text, text, text, text) IS 'what was understood of a submission, beside an earlier one';

CREATE OR REPLACE FUNCTION api.receipt_findings(submission bigint, form text, version text)
RETURNS TABLE (number int, rule text, severity text, line int, field text, title text, message text, suggestion text,
	observed text, expected text, reply text, words text, given_by text, given_at timestamptz)
LANGUAGE sql STABLE ROWS 20
SET search_path FROM CURRENT
AS $$
	SELECT f.number, f.rule, f.severity, f.line, f.field,
		CASE WHEN t.name = f.field OR f.field LIKE 'place.postcode%' THEN intake.titled(t.section, t.title)
			WHEN t.name IS NOT NULL THEN intake.titled(t.section, t.title) || ' ' || substr(f.field, length(t.name) + 2)
			ELSE f.field END,
		upper(left(f.message, 1)) || rtrim(substr(f.message, 2), '.') || '.', f.suggestion, f.observed, f.expected, f.reply, f.words, f.given_by, f.given_at
	FROM intake.finding_reply f
	LEFT JOIN LATERAL (SELECT t.* FROM intake.form_title t
		WHERE t.form = receipt_findings.form AND t.version = receipt_findings.version
		AND t.name IN (f.field, substring(f.field from '^(place\.(?:lsoa|ward|postcode))(?:\.|$)'))
		ORDER BY length(t.name) DESC LIMIT 1) t ON true
	WHERE f.submission = receipt_findings.submission
	ORDER BY f.number
$$;
COMMENT ON FUNCTION api.receipt_findings(bigint, text, text) IS 'findings of a submission with the titles of its form and what was replied';

-- One sentence: how it stands.
CREATE OR REPLACE FUNCTION api.receipt_verdict(what text, state text, decision text, superseded_by bigint, errors bigint, queries bigint)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN what || CASE state
	WHEN 'accepted' THEN ' is accepted'
		|| CASE queries WHEN 0 THEN ', and there is nothing more for you to do.' WHEN 1 THEN ', and we have 1 question about it.'
			ELSE ', and we have ' || queries || ' questions about it.' END
	WHEN 'rejected' THEN ' is not accepted yet: '
		|| CASE errors WHEN 0 THEN 'it could not be used.' WHEN 1 THEN '1 error needs to be corrected.' ELSE errors || ' errors need to be corrected.' END
	WHEN 'waiting for answer' THEN ' is with us, but can''t be used until you tell us what is missing.'
	WHEN 'superseded' THEN ' was replaced by a later file (submission ' || superseded_by || '), and only that one counts.'
	ELSE ' has reached us and is waiting to be checked.' END;
COMMENT ON FUNCTION api.receipt_verdict(text, text, text, bigint, bigint, bigint) IS 'the verdict on a submission in one sentence';

CREATE OR REPLACE FUNCTION api.receipt_data(submission bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
SET jit = off
AS $$
	WITH sent AS (
		-- A record-level return is counted by the boxes of the improved form.
		SELECT s.*, coalesce(p.made_up, false) AS made_up,
			f.form AS titled, f.version, CASE s.kind WHEN 'records' THEN 'Record-level return' ELSE coalesce(f.definition ->> 'title', s.form) END AS form_title,
			CASE s.basis WHEN 'new_referrals' THEN 'new referrals' WHEN 'caseload_in_period' THEN 'everybody seen in the quarter'
				WHEN 'caseload_at_end' THEN 'those open at its end' END AS basis_words
		FROM intake.submission s
		LEFT JOIN returns.programme p USING (programme)
		LEFT JOIN LATERAL (SELECT f.* FROM intake.form f WHERE s.kind = 'return' AND f.form = s.form AND f.version = s.form_version
			UNION ALL SELECT f.* FROM intake.form_of('improved', s.period) f WHERE s.kind = 'records') f ON true
		WHERE s.id = receipt_data.submission
	), earlier AS (
		SELECT e.id, e.period, returns.period_words(e.period) AS dates, e.form, e.basis, CASE e.kind WHEN 'records' THEN s.titled ELSE e.form END AS titled,
			CASE e.kind WHEN 'records' THEN s.version ELSE e.form_version END AS version
		FROM sent s JOIN intake.submission e ON e.programme = s.programme AND e.period < s.period AND e.state = 'accepted' AND e.kind = s.kind AND e.organisation = s.organisation
		ORDER BY e.period DESC LIMIT 1
	), standing AS (
		SELECT c.id FROM sent s JOIN intake.submission c ON c.programme = s.programme AND c.period = s.period AND c.state = 'accepted' AND c.kind = s.kind AND c.organisation = s.organisation AND c.id <> s.id
	), count AS (
		SELECT c.* FROM sent s LEFT JOIN earlier e ON true
		CROSS JOIN LATERAL api.receipt_counts(s.id, e.id, s.titled, s.version, e.titled, e.version) c
	), found AS (
		SELECT f.* FROM sent s CROSS JOIN LATERAL api.receipt_findings(s.id, s.titled, s.version) f
	), sums AS (
		SELECT count(*) FILTER (WHERE f.severity = 'error' AND f.reply IS DISTINCT FROM 'waived') AS errors,
			count(*) FILTER (WHERE f.severity = 'query' AND f.reply IS NULL) AS queries,
			count(*) FILTER (WHERE f.severity = 'query' AND f.reply IS NOT NULL) AS answered,
			count(*) FILTER (WHERE f.severity = 'error' AND f.reply = 'waived') AS waived,
			count(*) FILTER (WHERE f.severity = 'note') AS notes,
			coalesce(bool_and(f.rule IN ('H124', 'H129')), false) AS ours
		FROM found f
	), own AS (
		SELECT max(value) FILTER (WHERE name = 'name') AS name, max(value) FILTER (WHERE name = 'contact') AS contact,
			max(value) FILTER (WHERE name = 'answers') AS answers, max(value) FILTER (WHERE name = 'use') AS use,
			max(value) FILTER (WHERE name = 'keep-narrative') = 'on' AS keeps_words
		FROM hub.partnership
	)
	SELECT jsonb_build_object('submission', s.id, 'organisation', s.organisation, 'programme', s.programme, 'period', s.period,
			'dates', returns.period_words(s.period), 'form', s.form, 'form_title', s.form_title, 'file', s.file_name, 'size', s.file_size,
			'sha256', encode(s.sha256, 'hex'), 'received_at', to_char(s.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
			'received', to_char(s.received_at AT TIME ZONE 'Europe/London', 'FMDD FMMonth YYYY, HH24:MI'),
			'received_from', s.received_from, 'state', s.state, 'superseded_by', s.superseded_by)
		|| jsonb_build_object('made_up', s.made_up, 'not_for_publication', true, 'partnership', o.name, 'contact', nullif(o.contact, ''),
			'verdict', CASE WHEN s.state = 'waiting for answer' AND n.ours THEN w.what || ' is with us, and waits for something that the hub has to put right.'
				ELSE api.receipt_verdict(w.what, s.state, s.decision, s.superseded_by, n.errors, n.queries) END,
			'errors', n.errors, 'queries', n.queries, 'answered', n.answered, 'waived', n.waived, 'notes', n.notes,
			'basis', s.basis, 'basis_words', s.basis_words,
			'people', (SELECT jsonb_build_object('lower', lower(c.people), 'upper', upper(c.people) - 1, 'words', api.bounds_words(c.people))
				FROM count c WHERE c.field = 'everyone' AND c.people IS NOT NULL))
		|| jsonb_build_object('understood', (SELECT coalesce(jsonb_agg(jsonb_build_object('field', c.field, 'section', c.section, 'title', c.title,
				'area', c.area, 'lower', lower(c.people), 'upper', upper(c.people) - 1, 'words', c.words,
				'before', c.before_words) ORDER BY c.place), '[]') FROM count c),
			'narrative', (SELECT jsonb_agg(t.title ORDER BY t.place) FROM returns.narrative q JOIN intake.form_title t ON t.form = s.titled AND t.version = s.version AND t.name = q.question
				WHERE q.submission = s.id),
			'findings', (SELECT coalesce(jsonb_agg(jsonb_build_object('rule', f.rule, 'severity', f.severity, 'line', f.line,
				'field', f.field, 'title', f.title, 'message', f.message, 'suggestion', f.suggestion, 'observed', f.observed,
				'expected', f.expected, 'reply', CASE WHEN f.reply IS NOT NULL THEN jsonb_build_object('kind', f.reply, 'words', f.words, 'by', f.given_by,
					'at', to_char(f.given_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) END) ORDER BY f.number), '[]') FROM found f),
			'compared', CASE WHEN s.state IN ('received', 'checking') OR s.period IS NULL THEN '[]'::jsonb ELSE to_jsonb(array_remove(ARRAY[
				coalesce((SELECT CASE WHEN returns.period_end(e.period) + 1 = returns.period_start(s.period) THEN 'Last quarter' ELSE 'The last return before this one, for ' || e.dates || ',' END
						|| ' counted ' || api.bounds_words(p.before) || CASE WHEN p.before = '[1,2)' THEN ' different person' ELSE ' different people' END
						|| coalesce('; this one counts ' || api.bounds_words(p.people), '') || '.'
					FROM earlier e LEFT JOIN count p ON p.field = 'everyone'), 'There is no earlier return of this programme to compare with.'),
				(SELECT CASE WHEN e.basis IS DISTINCT FROM s.basis THEN 'The two are not counted in the same way, so the numbers can''t be compared as they stand.'
						WHEN s.basis IS NULL THEN 'It is not said whom either of them counts, so a difference may be one of counting.' END FROM earlier e),
				(SELECT CASE WHEN e.form <> s.form THEN 'They came on different forms: only what both ask for can be compared.' END FROM earlier e)], NULL)) END,
			'before', (SELECT jsonb_build_object('submission', e.id, 'period', e.period, 'dates', e.dates, 'form', e.form, 'basis', e.basis) FROM earlier e))
		|| jsonb_build_object('next', to_jsonb(array_remove(CASE s.state
				WHEN 'accepted' THEN ARRAY[
					'Your numbers are counted from now on.',
					CASE WHEN n.queries > 0 THEN o.answers END,
					'If a number is wrong, correct it in your own file and send the whole file again: it takes the place of this one.']
				WHEN 'rejected' THEN ARRAY[
					'Nothing of this file is counted.' || coalesce(' Until a better one comes, your earlier file (submission ' || (SELECT id FROM standing) || ') counts.', ''),
					'Please mend what is listed under "Errors" in your own file, and send the whole file again.',
					CASE WHEN n.queries > 0 THEN 'Please look at the questions on the way: what is answered by a correction will not be asked again.' END]
				WHEN 'waiting for answer' THEN ARRAY[
					'Nothing of this file is counted yet, and nothing of it is lost.',
					CASE WHEN n.ours THEN 'You need do nothing: something has to be put right at the hub, which will then check the file.'
						ELSE 'Please send the file again and say beside it what is asked for (on the hub''s page: "Say what it is about"), or tell us: then you need not send it again.' END,
					CASE WHEN NOT n.ours THEN o.answers END]
				WHEN 'superseded' THEN ARRAY['You need do nothing. How things stand is said by the receipt of submission ' || s.superseded_by || '.']
				ELSE ARRAY['You need do nothing now. This receipt will say what was understood when the file has been checked.'] END
				|| CASE WHEN o.contact <> '' THEN 'Questions? ' || o.contact END, NULL)),
			'use', (SELECT jsonb_agg(btrim(l.line) ORDER BY l.place) FROM regexp_split_to_table(o.use, E'[\r\n]+') WITH ORDINALITY l (line, place) WHERE btrim(l.line) <> ''),
			'kept', to_jsonb(array_remove(ARRAY[
				CASE WHEN s.spool IS NOT NULL THEN 'The file as you sent it is kept by the hub, encrypted; nobody else has it.'
					WHEN s.state <> 'superseded' THEN 'The file itself is not kept.' END,
				CASE WHEN s.kind = 'records' THEN 'The database holds the numbers above and, once the file is accepted, a row for each client who shares, under a token in place of your reference. Of clients who do not share it holds such a token, the dates of consent, and how many referrals and contacts they have, for the totals.'
					ELSE 'The database holds the numbers above.' END,
				'It holds no name, date of birth or postcode: a postcode becomes the area that it lies in, and is dropped.',
				CASE WHEN s.kind = 'records' THEN 'Notes and comments are not read.'
					WHEN o.keeps_words THEN 'What you wrote in words is kept for the hub''s analysts if the return is accepted, unless a person may be named in it.'
					ELSE 'Of what you wrote in words it is only kept which questions were answered.' END], NULL)))
	FROM sent s CROSS JOIN sums n CROSS JOIN own o
	CROSS JOIN LATERAL (SELECT coalesce('The return of ' || s.programme || coalesce(' for ' || returns.period_words(s.period), ''), 'Your file ' || s.file_name) AS what) w
$$;
COMMENT ON FUNCTION api.receipt_data(bigint) IS 'all that a receipt says, as one object; NULL if there is no such submission';

-- What a receipt depends on, but for the names of areas, which stay as they were when it was written.
CREATE OR REPLACE FUNCTION intake.receipt_stamp(submission bigint) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
	RETURN (SELECT md5(concat_ws('|', s.state, s.superseded_by, s.spool IS NULL, s.programme, s.organisation, s.file_name, extract(epoch FROM s.decided_at),
		(SELECT p.made_up FROM returns.programme p WHERE p.programme = s.programme),
		(SELECT max(r.id) FROM intake.reply r WHERE r.programme = s.programme AND r.period = s.period),
		(SELECT e.id || e.state FROM intake.submission e WHERE e.programme = s.programme AND e.period < s.period AND e.state = 'accepted'
			AND e.kind = s.kind AND e.organisation = s.organisation ORDER BY e.period DESC LIMIT 1),
		(SELECT c.id FROM intake.submission c WHERE c.programme = s.programme AND c.period = s.period AND c.state = 'accepted'
			AND c.kind = s.kind AND c.organisation = s.organisation AND c.id <> s.id),
		(SELECT max(n.number) FROM intake.finding n WHERE n.submission = s.id),
		(SELECT f.xmin FROM intake.form f WHERE f.form = s.form AND f.version = s.form_version),
		(SELECT string_agg(w.value, '|' ORDER BY w.name) FROM hub.partnership w)))
	FROM intake.submission s WHERE s.id = receipt_stamp.submission);
END
$$;
COMMENT ON FUNCTION intake.receipt_stamp(bigint) IS 'what the receipt of a submission depends on, as a text to compare';

-- Whoever decides writes what will be read most.
CREATE OR REPLACE FUNCTION intake.keep_receipt(submission bigint) RETURNS void
LANGUAGE sql VOLATILE
SET search_path FROM CURRENT
AS $$
	INSERT INTO intake.receipt_kept AS k (submission, format, stamp, words)
	SELECT keep_receipt.submission, w.format, intake.receipt_stamp(keep_receipt.submission), w.words
	FROM (SELECT api.receipt_data(keep_receipt.submission) AS data OFFSET 0) d
	CROSS JOIN LATERAL (VALUES ('json', d.data::text), ('html', api.receipt_html(d.data))) w (format, words)
	ON CONFLICT ON CONSTRAINT receipt_kept_pkey DO UPDATE SET stamp = excluded.stamp, words = excluded.words
$$;
COMMENT ON FUNCTION intake.keep_receipt(bigint) IS 'writes the receipt of a submission as page and JSON, to be read from there';

-- The entry point.
CREATE OR REPLACE FUNCTION api.receipt(submission bigint, format text) RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	data jsonb;
	kept text;
BEGIN
	SELECT k.words INTO kept FROM intake.receipt_kept k
	WHERE k.submission = receipt.submission AND k.format = receipt.format AND k.stamp = intake.receipt_stamp(receipt.submission);
	IF FOUND THEN
		RETURN kept;
	END IF;
	data := api.receipt_data(submission);
	IF data IS NULL THEN
		RAISE EXCEPTION 'there is no submission %', submission USING ERRCODE = 'no_data_found';
	END IF;
	RETURN CASE format
		WHEN 'html' THEN api.receipt_html(data)
		WHEN 'text' THEN api.receipt_text(data)
		WHEN 'csv' THEN api.receipt_csv(data)
		WHEN 'json' THEN data::text
		ELSE api.receipt_format(format) END;
END
$$;
COMMENT ON FUNCTION api.receipt(bigint, text) IS 'the receipt of a submission as html, text, csv or json';

CREATE OR REPLACE FUNCTION api.receipt_format(format text) RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path FROM CURRENT
AS $$
BEGIN
	RAISE EXCEPTION 'a receipt has no format "%"', format USING ERRCODE = 'invalid_parameter_value', HINT = 'Formats are html, text, csv and json.';
END
$$;
COMMENT ON FUNCTION api.receipt_format(text) IS 'refuses a format that there is none of';

-- The short form, which load prints.
CREATE OR REPLACE FUNCTION api.receipt_lines(submission bigint, already boolean)
RETURNS TABLE (line text)
LANGUAGE sql STABLE STRICT ROWS 100
SET search_path FROM CURRENT
AS $$
	WITH sent AS (
		SELECT s.*, p.made_up,
			(SELECT a.people FROM intake.answer a WHERE a.submission = s.id AND a.category = 'everyone') AS people
		FROM intake.submission s
		LEFT JOIN returns.programme p USING (programme)
		WHERE s.id = receipt_lines.submission
	)
	SELECT l.line
	FROM (
		SELECT 1 AS part, 0 AS number, s.file_name || ': ' || coalesce(s.programme || ', ', '') || coalesce(s.period || ' ('
			|| returns.period_words(s.period) || '), ', '') || coalesce(s.form || ' form: ', '')
			|| CASE WHEN already THEN 'already received as submission ' || s.id || ', ' || s.state
					|| CASE WHEN s.state = 'superseded' THEN ' by submission ' || s.superseded_by
						|| '; a file that was sent before is not taken again' ELSE '' END
				WHEN s.state = 'accepted' THEN 'accepted as submission ' || s.id
				WHEN s.state = 'rejected' THEN 'not accepted (submission ' || s.id || '); please correct the errors and send it again'
				ELSE s.state || ' (submission ' || s.id || ')' END
			|| CASE WHEN s.made_up THEN ' [made up]' ELSE '' END AS line
		FROM sent s
		UNION ALL
		SELECT 2, 0, '  different people: ' || api.bounds_words(s.people)
			|| coalesce('; counted: ' || CASE s.basis WHEN 'new_referrals' THEN 'new referrals'
				WHEN 'caseload_in_period' THEN 'everybody seen in the quarter'
				WHEN 'caseload_at_end' THEN 'those open at its end' END, '') || '; not for publication'
		FROM sent s WHERE s.people IS NOT NULL
		UNION ALL
		SELECT 3, f.number, '  ' || f.severity || ' ' || f.rule || coalesce(', line ' || f.line, '') || coalesce(', ' || f.field, '')
			|| ': ' || rtrim(f.message, '.') || '.' || coalesce(' ' || CASE WHEN f.reply IS NULL THEN f.suggestion
				ELSE upper(left(f.reply, 1)) || substr(f.reply, 2) || ': ' || f.words END, '')
		FROM intake.finding_reply f WHERE f.submission = receipt_lines.submission
	) l
	ORDER BY l.part, l.number
$$;
COMMENT ON FUNCTION api.receipt_lines(bigint, boolean) IS 'verdict, number of people and findings of a submission, as lines of text';

CREATE OR REPLACE FUNCTION api.receipt_json(submission bigint, already boolean) RETURNS jsonb
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$ SELECT api.receipt_data(submission) || jsonb_build_object('already_received', already) $$;
COMMENT ON FUNCTION api.receipt_json(bigint, boolean) IS 'the receipt as one object, and whether the same bytes had come before';
