-- Checking a record-level return: row by row with the extension's record_check, then across rows and tables. Findings
-- name table, column and line, and never repeat what stood there.

-- The rows as they came, one a line, with values in the words that the definitions have.
CREATE OR REPLACE FUNCTION intake.record_rows(programme text, lines int[], fields text[], answers text[])
RETURNS TABLE (record_table text, line int, client text, family text, identity jsonb, cells jsonb)
LANGUAGE sql STABLE ROWS 1000
SET search_path FROM CURRENT
AS $$
	WITH word AS MATERIALIZED (SELECT * FROM casework.record_words()
	), kind AS MATERIALIZED (
		SELECT f.name AS record_table, d.field ->> 'name' AS field, d.field ->> 'type' AS type
		FROM casework.record_form f, jsonb_array_elements(f.definition -> 'fields') d (field)
	), cell AS (
		SELECT split_part(u.field, '.', 1) AS record_table, u.line, substr(u.field, strpos(u.field, '.') + 1) AS field,
			nullif(btrim(u.answer, E' \t\r\n\u00a0'), '') AS answer, u.place
		FROM unnest(lines, fields, answers) WITH ORDINALITY u (line, field, answer, place)
	), reading AS (
		SELECT c.record_table, c.line, c.field, c.place, CASE
				WHEN w.value IS NOT NULL THEN w.value
				WHEN k.type = 'date' THEN coalesce(to_char(casework.read_date(c.answer), 'YYYY-MM-DD'), c.answer)
				WHEN c.field = 'measure' THEN lower(c.answer)
				WHEN c.field IN ('lsoa', 'ward') THEN upper(c.answer)
				WHEN k.type IN ('integer', 'number') THEN regexp_replace(c.answer, '\.0+$', '')
				ELSE c.answer END AS answer
		FROM cell c
		LEFT JOIN kind k ON k.record_table = c.record_table AND k.field = c.field
		LEFT JOIN word w ON w.record_table = c.record_table AND w.field = c.field AND w.word = lower(c.answer)
	), known AS (
		-- The clients: a token by the key in use, and after a rotation those by older ones.
		SELECT t.tokens, CASE WHEN cardinality(t.tokens) > 1 THEN casework.known_client(programme, t.tokens) ELSE t.tokens[1] END AS client
		FROM (SELECT DISTINCT array_agg(c.answer ORDER BY c.place) AS tokens FROM cell c WHERE c.field IN ('client', 'client_was')
			GROUP BY c.record_table, c.line) t
	), record AS (
		SELECT r.record_table, r.line,
			array_agg(r.answer ORDER BY r.place) FILTER (WHERE r.field IN ('client', 'client_was')) AS tokens,
			array_agg(r.answer ORDER BY r.place) FILTER (WHERE r.field IN ('family', 'family_was')) AS families,
			jsonb_object_agg(replace(r.field, '_token', ''), r.answer) FILTER (WHERE r.field ~ '_token$') AS identity,
			coalesce(jsonb_object_agg(r.field, r.answer) FILTER (WHERE r.field !~ '_token$'
				AND r.field NOT IN ('client', 'client_was', 'family', 'family_was') AND r.answer IS NOT NULL), '{}') AS cells
		FROM reading r
		GROUP BY r.record_table, r.line
	)
	SELECT r.record_table, r.line, k.client, CASE WHEN cardinality(r.families) > 1 THEN casework.known_family(programme, r.families) ELSE r.families[1] END,
		r.identity, r.cells
	FROM record r
	LEFT JOIN known k ON k.tokens = r.tokens
$$;
COMMENT ON FUNCTION intake.record_rows(text, int[], text[], text[]) IS 'the rows of a record-level return: clients as tokens, values in the words of the definitions';

-- What is wrong within a row, as record_check tells it. Its messages quote the cell; those stored don't.
CREATE OR REPLACE FUNCTION intake.check_record_rows()
RETURNS TABLE (rule text, severity text, field text, message text, suggestion text, line int)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH form AS MATERIALIZED (SELECT d.name, casework.record_definition(d.name) AS definition FROM casework.record_form d)
	SELECT f.rule, f.severity, r.record_table || '.' || coalesce(f.field, ''),
		coalesce(c.title || ': ', '') || lower(left(k.title, 1)) || substr(k.title, 2),
		CASE WHEN f.rule = 'R103' THEN 'Use one of: ' || coalesce((SELECT string_agg(e.value, ', ') FROM jsonb_array_elements_text(c.choices) e (value)), '') || '.'
			WHEN f.rule = 'R104' AND c.expected IS NOT NULL THEN 'It takes ' || c.expected || '.'
			WHEN f.rule IN ('R105', 'R106') THEN coalesce('The smallest is ' || c.least || '. ', '') || coalesce('The largest is ' || c.most || '.', '')
			ELSE k.suggestion END, r.line
	FROM form
	JOIN pg_temp.record_in r ON r.record_table = form.name
	CROSS JOIN LATERAL record_check(form.definition, jsonb_populate_record(NULL::casework.record_text, r.cells)) f
	JOIN proforma_rules() k ON k.code = f.rule
	LEFT JOIN LATERAL (SELECT d.field ->> 'title' AS title, d.field ->> 'expected' AS expected, d.field #> '{constraints,enum}' AS choices,
			d.field #>> '{constraints,minimum}' AS least, d.field #>> '{constraints,maximum}' AS most
		FROM jsonb_array_elements(form.definition -> 'fields') d (field) WHERE d.field ->> 'name' = f.field) c ON true
	WHERE r.cells ->> f.field IS DISTINCT FROM casework.hidden()
	UNION ALL
	SELECT 'H302', 'error', r.record_table || '.' || h.field, coalesce(d.title || ': ', '') || 'what stands here is not of the kind that this column takes',
		CASE WHEN d.choices IS NOT NULL THEN 'Use one of: ' || d.choices || CASE WHEN d.service THEN ', or the name of a programme of the register' ELSE '' END
			WHEN d.type = 'date' THEN 'Write the date as 2025-04-30 or 30/04/2025' WHEN d.type IN ('integer', 'number') THEN 'Write a number in digits'
			WHEN h.field = 'instrument' THEN 'Write the name of a published star, or one of your own with its range, as goals[0-5]'
			WHEN d.expected IS NOT NULL THEN 'It takes ' || d.expected ELSE 'Write whole numbers, or leave it empty' END
		|| '. It is not repeated here, since it may be a name.', r.line
	FROM pg_temp.record_in r
	CROSS JOIN jsonb_each_text(r.cells) h (field, answer)
	LEFT JOIN LATERAL (SELECT d.field ->> 'title' AS title, d.field ->> 'type' AS type, d.field ->> 'expected' AS expected, d.field ->> 'meaning' = 'service' AS service,
			(SELECT string_agg(e.value, ', ') FROM jsonb_array_elements_text(d.field #> '{constraints,enum}') e (value)) AS choices
		FROM casework.record_form f, jsonb_array_elements(f.definition -> 'fields') d (field)
		WHERE f.name = r.record_table AND d.field ->> 'name' = h.field) d ON true
	WHERE h.answer = casework.hidden();
END
$$;
COMMENT ON FUNCTION intake.check_record_rows() IS 'findings within the rows of pg_temp.record_in';

-- What is wrong between rows and tables. pg_temp.record_in has the rows, pg_temp.client_in one row a client.
CREATE OR REPLACE FUNCTION intake.check_record_tables(programme text, period returns.period)
RETURNS TABLE (rule text, severity text, field text, message text, suggestion text, line int)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH form AS MATERIALIZED (
		SELECT f.name AS record_table, d.field ->> 'name' AS field, d.field ->> 'title' AS title, d.field ->> 'type' AS type
		FROM casework.record_form f, jsonb_array_elements(f.definition -> 'fields') d (field)
	), quarter AS (
		SELECT returns.period_start(period) AS first_day, returns.period_end(period) AS last_day
	), day AS MATERIALIZED (
		SELECT r.record_table, r.line, f.field, f.title, intake.record_day(r.cells, f.field) AS day
		FROM pg_temp.record_in r JOIN form f ON f.record_table = r.record_table AND f.type = 'date'
		WHERE r.cells ? f.field
	), case_in AS MATERIALIZED (
		SELECT e.line, e.client, intake.record_day(e.cells, 'referred_on') AS referred_on, intake.record_day(e.cells, 'started_on') AS started_on,
			intake.record_day(e.cells, 'ended_on') AS ended_on, e.cells ->> 'outcome' AS outcome
		FROM pg_temp.record_in e WHERE e.record_table = 'engagements'
	)
	SELECT 'H303', 'error', r.record_table || '.client_ref', 'Client reference: it is empty', 'Every row needs your own reference of the client.', r.line
	FROM pg_temp.record_in r WHERE r.client IS NULL AND r.record_table <> 'feedback'
	UNION ALL
	SELECT 'H304', 'error', r.record_table || '.client_ref', 'Client reference: the table clients has no such client',
		'Add the client to the table clients, or correct the reference. It is not repeated here.', r.line
	FROM pg_temp.record_in r
	WHERE r.record_table <> 'clients' AND r.client IS NOT NULL
	AND NOT EXISTS (SELECT FROM pg_temp.record_in c WHERE c.record_table = 'clients' AND c.client = r.client)
	UNION ALL
	SELECT 'H305', 'error', 'clients.client_ref', 'Client reference: the same client as in line ' || r.first_line,
		'Keep one row a client. It is not repeated here.', r.line
	FROM (SELECT r.line, min(r.line) OVER (PARTITION BY r.client) AS first_line FROM pg_temp.record_in r
		WHERE r.record_table = 'clients' AND r.client IS NOT NULL) r
	WHERE r.line > r.first_line
	UNION ALL
	SELECT 'H306', 'error', d.record_table || '.' || d.field, d.title || ': the date lies in the future', 'Check the date.', d.line
	FROM day d WHERE d.day > current_date AND d.field <> 'release_on'
	UNION ALL
	SELECT 'H307', 'query', d.record_table || '.' || d.field, d.title || ': the date lies after the quarter', 'Check the date, and the quarter of the file.', d.line
	FROM day d, quarter q WHERE d.day > q.last_day AND d.day <= current_date AND d.field <> 'release_on'
	UNION ALL
	SELECT 'R110', 'query', d.record_table || '.' || d.field, d.title || ': the date lies before the quarter',
		'This table takes what happened in the quarter. Check the date, and the quarter of the file.', d.line
	FROM day d, quarter q WHERE d.day < q.first_day AND (d.record_table, d.field) IN (('referrals', 'referred_on'), ('contacts', 'contact_on'), ('feedback', 'given_on'))
	UNION ALL
	SELECT 'H308', 'error', 'clients.year_of_birth', 'Year of birth: it lies ' || CASE WHEN c.year_of_birth < 1900 THEN 'before 1900' ELSE 'after the quarter began' END,
		'Check the year, or the date of birth.', c.line
	FROM pg_temp.client_in c, quarter q WHERE c.year_of_birth > extract(year FROM q.first_day) OR c.year_of_birth < 1900
	UNION ALL
	SELECT 'H309', 'error', 'clients.age_band', 'Age band: it does not fit the year of birth', 'Check both, or keep the one that is sure.', c.line
	FROM pg_temp.client_in c WHERE isempty(c.ages)
	UNION ALL
	SELECT 'H310', 'error', 'clients.age_band', 'Age band: the first age is higher than the last', 'Write the lower age first, as 11-15.', c.line
	FROM pg_temp.client_in c WHERE c.age_unread
	UNION ALL
	SELECT 'H311', 'query', 'clients.year_of_birth', 'the programme is for ages ' || lower(p.ages) || coalesce(' to ' || (upper(p.ages) - 1), ' and over') || ', and this client is older or younger',
		'Please check the age, or tell us that the programme serves others too.', c.line
	FROM pg_temp.client_in c, returns.programme p
	WHERE p.programme = check_record_tables.programme AND c.relation = 'primary' AND c.shares AND NOT isempty(c.ages) AND NOT c.ages && p.ages
	UNION ALL
	SELECT 'H312', 'error', 'clients.date_of_birth', 'Date of birth: it does not fit the year of birth', 'Check both.', c.line
	FROM pg_temp.client_in c WHERE c.birth_unlike
	UNION ALL
	SELECT 'H313', 'query', 'clients.consent_given_on', 'Consent given on: the client shares, and no day is given', 'Please write the day on which the client agreed.', c.line
	FROM pg_temp.client_in c WHERE c.shares AND c.consent_given_on IS NULL
	UNION ALL
	SELECT 'H314', 'query', 'clients.client_ref', 'this client withdrew earlier; the file was taken in without them',
		'Leave the client out. If they agreed again since, write the day in consent_given_on.', c.line
	FROM pg_temp.client_in c WHERE c.withdrawn
	UNION ALL
	SELECT 'H315', 'note', 'clients.consent_to_share', count(*) || CASE WHEN count(*) = 1 THEN ' client does' ELSE ' clients do' END
		|| ' not share: counted in the totals and nowhere else', NULL, NULL
	FROM pg_temp.client_in c WHERE NOT c.shares AND NOT c.withdrawn HAVING count(*) > 0
	UNION ALL
	SELECT h.rule, h.severity, 'clients.' || c.place_field, h.message, h.suggestion, c.line
	FROM pg_temp.client_in c
	JOIN (VALUES
		('not a code', 'H102', 'error', 'this is not the code of such an area', 'Write the nine characters of the ONS code, as E01006512 for an LSOA or E05015277 for a ward.'),
		('unknown code', 'H103', 'query', 'no loaded file knows this code', 'Please check the code.'),
		('not a postcode', 'H104', 'query', 'this is not a UK postcode; where the client lives stays unknown', 'Please check the postcode; it is not repeated here, so that it is not kept.'),
		('unknown postcode', 'H105', 'query', 'the loaded postcode files do not have this postcode; where the client lives stays unknown', 'Please check the postcode; it is not repeated here, so that it is not kept.'),
		('not yet in use', 'H106', 'query', 'this postcode came into use after the quarter; where the client lives stays unknown', 'Please check the postcode; it is not repeated here, so that it is not kept.'),
		('postcode without area', 'H107', 'query', 'the loaded postcode files do not say in which LSOA this postcode lies', 'Send the LSOA or ward instead.'),
		('no longer in use', 'H108', 'note', 'this postcode was out of use before the quarter began; the client is counted where it lay', 'Please check that it is their address of the time.'),
		('no directory', 'H124', 'error', 'no postcode file is loaded, so a postcode can''t be turned into an area', 'Tell the hub''s staff, or send the LSOA or ward instead.'),
		('placed roughly', 'H113', 'note', 'the postcode directory places this postcode only roughly', NULL),
		('no fixed address', 'H109', 'note', 'this postcode stands for no fixed address', NULL)
		) h (problem, rule, severity, message, suggestion) ON h.problem = c.place_problem
	UNION ALL
	SELECT 'H316', 'error', 'engagements.' || x.field, x.what, x.suggestion, e.line
	FROM case_in e
	CROSS JOIN LATERAL (VALUES
		(e.outcome IN ('completed', 'left early') AND e.ended_on IS NULL, 'ended_on', 'Ended on: a case that is completed or left early needs the day on which it ended', 'Fill it in.'),
		(e.outcome IN ('open', 'completed', 'left early') AND e.started_on IS NULL, 'started_on', 'Started on: a case that is open, completed or left early needs the day on which it began', 'Fill it in.'),
		(e.outcome IN ('refused', 'waiting') AND e.started_on IS NOT NULL, 'started_on', 'Started on: a case that is refused or waiting has not begun', 'Leave it empty, or correct the outcome.'),
		(e.outcome IN ('open', 'waiting') AND e.ended_on IS NOT NULL, 'ended_on', 'Ended on: a case that is open or waiting has not ended', 'Leave it empty, or correct the outcome.'),
		(e.started_on IS NULL AND e.ended_on < e.referred_on, 'ended_on', 'Ended on: it lies before the referral', 'Check the dates.')
		) x (wrong, field, what, suggestion)
	WHERE x.wrong
	UNION ALL
	SELECT 'R202', 'query', 'engagements.started_on', 'this engagement and that of line ' || min(o.line) || ' are of one client and overlap',
		'Check the dates, or close the first before the second starts.', e.line
	FROM case_in e
	JOIN case_in o ON o.client = e.client AND (o.started_on, o.line) < (e.started_on, e.line) AND coalesce(o.ended_on, 'infinity') > e.started_on
	GROUP BY e.line
	UNION ALL
	SELECT 'R201', 'error', r.record_table || '.client_ref', 'the same row as line ' || r.first_line, 'Keep one of them.', r.line
	FROM (SELECT r.record_table, r.line, min(r.line) OVER (PARTITION BY r.record_table, r.client, CASE r.record_table
				WHEN 'referrals' THEN ARRAY[r.cells ->> 'referred_on', r.cells ->> 'source', r.cells ->> 'onward_to']
				WHEN 'engagements' THEN ARRAY[coalesce(r.cells ->> 'referred_on', r.cells ->> 'started_on')]
				WHEN 'stars' THEN ARRAY[r.cells ->> 'taken_on', coalesce(star_instrument(s.star), r.cells ->> 'instrument')]
				WHEN 'measures' THEN ARRAY[r.cells ->> 'measured_on', lower(r.cells ->> 'measure')] END) AS first_line
		FROM pg_temp.record_in r LEFT JOIN pg_temp.star_in s ON r.record_table = 'stars' AND s.line = r.line
		WHERE r.record_table IN ('referrals', 'engagements', 'stars', 'measures') AND r.client IS NOT NULL) r
	WHERE r.line > r.first_line
	UNION ALL
	SELECT 'H317', 'query', 'contacts.contact_on', 'Contact on: no engagement of this client is open on that day',
		'Please check the day of the contact, and the start and end of the engagement.', d.line
	FROM (SELECT r.line, r.client, intake.record_day(r.cells, 'contact_on') AS day FROM pg_temp.record_in r WHERE r.record_table = 'contacts') d
	WHERE EXISTS (SELECT FROM case_in) AND d.day IS NOT NULL
	AND NOT EXISTS (SELECT FROM case_in e WHERE e.client = d.client AND e.started_on <= d.day AND coalesce(e.ended_on, 'infinity') >= d.day)
	UNION ALL
	SELECT 'H318', 'error', 'stars.scores', r.problem, 'Check the scores and the instrument.', r.line
	FROM pg_temp.star_in r WHERE r.problem IS NOT NULL
	UNION ALL
	SELECT 'H319', 'error', 'measures.value', 'Value: it lies outside the range that the measure itself states', 'Check the score, and the range.', r.line
	FROM pg_temp.record_in r
	CROSS JOIN LATERAL (SELECT regexp_match(r.cells ->> 'measure', '\[(-?\d{1,4})-(\d{1,4})\]$') AS ends) m
	WHERE r.record_table = 'measures' AND r.cells ->> 'value' ~ '^-?\d+(\.\d+)?$'
	AND NOT (r.cells ->> 'value')::numeric BETWEEN m.ends[1]::int AND m.ends[2]::int
	UNION ALL
	SELECT 'H320', 'error', 'clients', 'the table clients has no row', 'Write one row for everyone with whom you worked in the quarter.', NULL
	WHERE NOT EXISTS (SELECT FROM pg_temp.record_in r WHERE r.record_table = 'clients');
END
$$;
COMMENT ON FUNCTION intake.check_record_tables(text, returns.period) IS 'findings between the rows and tables of a record-level return';

CREATE OR REPLACE FUNCTION intake.record_day(cells jsonb, name text) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
	RETURN casework.read_date(cells ->> name);
END
$$;
COMMENT ON FUNCTION intake.record_day(jsonb, text) IS 'the date in a cell, NULL if there is none that can be read';

-- The entry point for rows: "submission" is in the ledger already. All findings, or all rows.
CREATE OR REPLACE FUNCTION intake.check_records(submission bigint, programme text, period text, lines int[], fields text[], answers text[],
	hidden_sheets int, hidden_rows int, OUT state text)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	sent intake.submission;
	quarter returns.period;
	first_day date;
	newer bigint;
BEGIN
	PERFORM intake.lock_quarter(programme, period);
	SELECT s.* INTO sent FROM intake.submission s WHERE s.id = submission FOR UPDATE;
	IF sent.state IS DISTINCT FROM 'checking' THEN
		RAISE EXCEPTION 'submission % is not being checked', submission
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'It is ' || coalesce('"' || sent.state || '"', 'not there') || '.';
	END IF;
	DELETE FROM intake.finding f WHERE f.submission = check_records.submission;
	DELETE FROM intake.answer a WHERE a.submission = check_records.submission;
	DELETE FROM intake.record_client k WHERE k.submission = check_records.submission;
	state := 'waiting for answer';
	IF NOT EXISTS (SELECT FROM returns.programme p WHERE p.programme = check_records.programme AND p.organisation = sent.organisation) THEN
		PERFORM intake.doubt(submission, 'H121', 'the register has no programme of this name that is yours', 'Say which of your programmes it is.');
		RETURN;
	ELSIF period IS NULL OR period !~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN
		PERFORM intake.doubt(submission, 'H122', 'it is not said for which quarter this is', 'Say it as 2025-Q2, which is 1 July to 30 September 2025.');
		RETURN;
	END IF;
	quarter := period;
	first_day := returns.period_start(quarter);
	UPDATE intake.submission AS s
	SET kind = 'records', programme = check_records.programme, period = quarter, form = 'records', form_version = '1', basis = 'caseload_in_period'
	WHERE s.id = submission;
	DROP TABLE IF EXISTS pg_temp.record_in, pg_temp.client_in, pg_temp.star_in, pg_temp.found;
	CREATE TEMP TABLE record_in ON COMMIT DROP AS
	SELECT * FROM intake.record_rows(programme, lines, fields, answers);
	CREATE INDEX ON pg_temp.record_in (record_table, client);
	-- Not of the cells, where a postcode is: statistics keep values, and stay in the server's files.
	ANALYZE pg_temp.record_in (record_table, client);
	CREATE TEMP TABLE client_in ON COMMIT DROP AS
	SELECT DISTINCT ON (r.client) r.client, r.line, r.family, r.identity, coalesce(r.cells ->> 'relation', 'primary') AS relation,
		coalesce(r.cells ->> 'sex', 'not known') AS sex, y.year_of_birth, b.age_band, coalesce(r.cells ->> 'ethnicity', 'NS') AS ethnicity,
		casework.ages_on(first_day, y.year_of_birth, b.age_band) AS ages,
		b.age_band IS NULL AND coalesce(r.cells ->> 'age_band', casework.hidden()) <> casework.hidden() AS age_unread,
		coalesce(y.year_of_birth <> (r.cells ->> 'birth_year')::int, false) AS birth_unlike,
		p.lsoa, p.ward, p.grade, p.field AS place_field, p.problem AS place_problem,
		coalesce(r.cells ->> 'custody_status', 'not known') AS custody_status, intake.record_day(r.cells, 'release_on') AS release_on,
		c.given_on AS consent_given_on, c.withdrawn_on AS consent_withdrawn_on, coalesce(w.withdrawn, false) AS withdrawn,
		coalesce(r.cells ->> 'consent_to_share' = 'yes', false)
			AND (c.withdrawn_on IS NULL OR coalesce(c.given_on > c.withdrawn_on, false)) AND NOT coalesce(w.withdrawn, false) AS shares
	FROM pg_temp.record_in r
	CROSS JOIN LATERAL (SELECT CASE WHEN coalesce(r.cells ->> 'year_of_birth', r.cells ->> 'birth_year') ~ '^\d{4}$'
		THEN coalesce(r.cells ->> 'year_of_birth', r.cells ->> 'birth_year')::int END AS year_of_birth) y
	CROSS JOIN LATERAL (SELECT casework.read_age_band(r.cells ->> 'age_band') AS age_band) b
	CROSS JOIN LATERAL casework.read_place(quarter, r.cells) p
	CROSS JOIN LATERAL (SELECT intake.record_day(r.cells, 'consent_given_on') AS given_on, intake.record_day(r.cells, 'consent_withdrawn_on') AS withdrawn_on) c
	LEFT JOIN LATERAL (SELECT NOT coalesce(c.given_on > w.withdrawn_at::date, false) AS withdrawn FROM intake.withdrawn w
		WHERE w.programme = check_records.programme AND w.client = r.client) w ON true
	WHERE r.record_table = 'clients' AND r.client IS NOT NULL
	ORDER BY r.client, r.line;
	CREATE TEMP TABLE star_in ON COMMIT DROP AS
	SELECT r.line, r.client, s.star, s.problem
	FROM pg_temp.record_in r CROSS JOIN LATERAL casework.read_star(r.cells) s
	WHERE r.record_table = 'stars' AND NOT EXISTS (SELECT FROM jsonb_each_text(r.cells) c WHERE c.value = casework.hidden());
	ANALYZE pg_temp.client_in, pg_temp.star_in;

	CREATE TEMP TABLE found ON COMMIT DROP AS
	SELECT f.*, row_number() OVER (PARTITION BY f.rule, f.field ORDER BY f.line) AS nth, count(*) OVER (PARTITION BY f.rule, f.field) AS n
	FROM (SELECT * FROM intake.check_record_rows() UNION SELECT * FROM intake.check_record_tables(programme, quarter)
		UNION ALL SELECT h.rule, 'query', NULL, h.message, h.suggestion, NULL
		FROM (VALUES
			('H110', hidden_sheets, 'the workbook has hidden sheets, which were not read', 'Please check that nothing in them belongs to the return, or show them.'),
			('H111', hidden_rows, 'there are hidden rows; they were read as the others', 'Please check that they are meant.')
			) h (rule, n, message, suggestion)
		WHERE h.n > 0) f;
	-- The first ones by name, of the others the number.
	INSERT INTO intake.finding AS f (submission, number, rule, severity, field, message, suggestion, line)
	SELECT submission, coalesce((SELECT max(o.number) FROM intake.finding o WHERE o.submission = check_records.submission), 0)
			+ row_number() OVER (ORDER BY array_position('{error,query,note}'::text[], d.severity), d.field, d.rule, d.nth),
		d.rule, d.severity, d.field, d.message || CASE WHEN d.nth = 10 AND d.n > 10 THEN format('; and %s more rows like this', d.n - 10) ELSE '' END,
		d.suggestion, d.line
	FROM pg_temp.found d
	WHERE d.nth <= 10;

	-- A reference that stands in no row of clients is a client of the file too: a withdrawal must find it.
	INSERT INTO intake.record_client AS k (submission, client, relation, shares, withdrawn, consent_given_on, consent_withdrawn_on, referrals, contacts)
	SELECT submission, r.client, CASE WHEN c.relation = 'secondary' THEN 'secondary' ELSE 'primary' END, coalesce(c.shares, false),
		coalesce(c.withdrawn, false), c.consent_given_on, c.consent_withdrawn_on, r.referrals, r.contacts
	FROM (SELECT r.client, count(*) FILTER (WHERE r.record_table = 'referrals' AND r.cells ? 'source') AS referrals,
			count(*) FILTER (WHERE r.record_table = 'contacts') AS contacts
		FROM pg_temp.record_in r WHERE r.client IS NOT NULL GROUP BY r.client) r
	LEFT JOIN pg_temp.client_in c USING (client);

	-- Workers may come to a later file first: it has taken the place of this one already.
	SELECT s.id INTO newer FROM intake.submission s
	WHERE s.programme = check_records.programme AND s.period = quarter AND s.kind = 'records' AND s.state = 'accepted' AND s.id > submission;
	IF newer IS NOT NULL THEN
		PERFORM intake.find(submission, 'H125', 'note', NULL, 'a later file for the same quarter was accepted before this one was checked', 'Nothing.');
		UPDATE intake.submission AS s SET state = 'rejected' WHERE s.id = submission;
		UPDATE intake.submission AS s SET state = 'superseded', superseded_by = newer WHERE s.id = submission;
		state := 'superseded';
	ELSIF EXISTS (SELECT FROM pg_temp.found d WHERE d.severity = 'error') THEN
		state := 'rejected';
		UPDATE intake.submission AS s SET state = 'rejected' WHERE s.id = submission;
	ELSE
		PERFORM intake.store_records(submission, programme, quarter);
		PERFORM intake.count_records(submission);
		state := 'accepted';
		PERFORM intake.accept(submission, session_user);
	END IF;
	PERFORM intake.supersede_waiting(submission);
	PERFORM intake.keep_receipt(submission);
	DROP TABLE pg_temp.record_in, pg_temp.client_in, pg_temp.star_in, pg_temp.found;
END
$$;
COMMENT ON FUNCTION intake.check_records(bigint, text, text, int[], text[], text[], int, int) IS 'checks a record-level return and decides; accepted, its rows replace those of the programme''s quarter';

-- The same from the start, for the command line: into the ledger, checked, decided. The same bytes again are the same
-- submission.
CREATE OR REPLACE FUNCTION intake.receive_records(programme text, period text, file_name text, file_size bigint, sha256 bytea,
	received_from text, lines int[], fields text[], answers text[], hidden_sheets int, hidden_rows int, spool text,
	OUT submission bigint, OUT state text, OUT already boolean)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	organisation text := (SELECT p.organisation FROM returns.programme p WHERE p.programme = receive_records.programme);
BEGIN
	SELECT e.submission, e.state, e.already INTO submission, state, already
	FROM intake.enter(organisation, programme, period, 'records', 'records', file_name, file_size, sha256, received_from, spool) e;
	IF already THEN
		RETURN;
	END IF;
	UPDATE intake.submission AS s SET state = 'checking', taken_by = 'command line', taken_until = clock_timestamp() + interval '1 hour'
	WHERE s.id = submission;
	state := intake.check_records(submission, programme, period, lines, fields, answers, hidden_sheets, hidden_rows);
END
$$;
COMMENT ON FUNCTION intake.receive_records(text, text, text, bigint, bytea, text, int[], text[], text[], int, int, text) IS 'takes a record-level return in: checks it, decides, and stores submission, findings and rows, all or nothing';
