-- What is said to whoever sent a return.

CREATE OR REPLACE FUNCTION api.receipt_lines(submission bigint, already boolean)
RETURNS TABLE (line text)
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	WITH sent AS (
		SELECT s.*, p.made_up,
			(SELECT a.people FROM intake.answer a WHERE a.submission = s.id AND a.category = 'everyone') AS people,
			(SELECT count(*) FROM intake.finding f WHERE f.submission = s.id AND f.severity = 'error') AS errors,
			(SELECT count(*) FROM intake.finding f WHERE f.submission = s.id AND f.severity = 'query') AS queries
		FROM intake.submission s
		JOIN returns.programme p USING (programme)
		WHERE s.id = receipt_lines.submission
	)
	SELECT l.line
	FROM (
		SELECT 1 AS part, 0 AS number, s.file_name || ': ' || s.programme || ', ' || s.period || ' ('
			|| returns.period_words(s.period) || '), ' || s.form || ' form: '
			|| CASE WHEN already THEN 'already received as submission ' || s.id || ', ' || s.state
					|| CASE WHEN s.state = 'superseded' THEN ' by submission ' || s.superseded_by
						|| '; a file that was sent before is not taken again' ELSE '' END
				WHEN s.state = 'accepted' THEN 'accepted as submission ' || s.id
				WHEN s.state = 'rejected' THEN 'not accepted (submission ' || s.id || '); please correct the errors and send it again'
				ELSE s.state END
			|| CASE WHEN s.made_up THEN ' [made up]' ELSE '' END AS line
		FROM sent s
		UNION ALL
		SELECT 2, 0, '  different people: ' || analysis.bounds_text(lower(s.people), 'known', upper(s.people) - 1, 'known')
			|| coalesce('; counted: ' || CASE s.basis WHEN 'new_referrals' THEN 'new referrals'
				WHEN 'caseload_in_period' THEN 'everybody seen in the quarter'
				WHEN 'caseload_at_end' THEN 'those open at its end' END, '') || '; not for publication'
		FROM sent s WHERE s.people IS NOT NULL
		UNION ALL
		SELECT 3, f.number, '  ' || f.severity || ' ' || f.rule || coalesce(', line ' || f.line, '') || coalesce(', ' || f.field, '')
			|| ': ' || rtrim(f.message, '.') || '.' || coalesce(' ' || f.suggestion, '')
		FROM sent s JOIN intake.finding f ON f.submission = s.id
	) l
	ORDER BY l.part, l.number
$$;
COMMENT ON FUNCTION api.receipt_lines(bigint, boolean) IS 'verdict, what was understood, and findings of a submission, as lines of text';

CREATE OR REPLACE FUNCTION api.receipt_json(submission bigint, already boolean) RETURNS json
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	SELECT json_build_object('submission', s.id, 'programme', s.programme, 'period', s.period,
		'dates', returns.period_words(s.period), 'form', s.form, 'file', s.file_name, 'size', s.file_size,
		'sha256', encode(s.sha256, 'hex'), 'state', s.state, 'already_received', already, 'superseded_by', s.superseded_by,
		'made_up', p.made_up, 'not_for_publication', true, 'basis', s.basis,
		'people', (SELECT json_build_object('lower', lower(a.people), 'upper', upper(a.people) - 1)
			FROM intake.answer a WHERE a.submission = s.id AND a.category = 'everyone'),
		'findings', (SELECT coalesce(json_agg(json_build_object('rule', f.rule, 'severity', f.severity, 'line', f.line,
				'field', f.field, 'message', f.message, 'suggestion', f.suggestion, 'observed', f.observed,
				'expected', f.expected) ORDER BY f.number), '[]'::json)
			FROM intake.finding f WHERE f.submission = s.id))
	FROM intake.submission s
	JOIN returns.programme p USING (programme)
	WHERE s.id = receipt_json.submission
$$;
COMMENT ON FUNCTION api.receipt_json(bigint, boolean) IS 'the same as one JSON object';
