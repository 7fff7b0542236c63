-- Receiving readings and cases: one call, one transaction, and a file is taken whole or not at all. Client references
-- have become tokens before they come here. What is said about a row never repeats what stood in it, since a name may
-- stand in the wrong column.

CREATE OR REPLACE FUNCTION casework.column_name(heading text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.replace(pg_catalog.lower(pg_catalog.btrim(heading, E' \t\r\n\u00a0\ufeff')), ' ', '_');
COMMENT ON FUNCTION casework.column_name(text) IS 'a heading as the name of a column';

-- The program asks this before it sends any value. A column of another kind never leaves it, and no value that doesn't fit
-- the pattern, so that a name in the wrong column reaches neither the database nor the server's log.
CREATE OR REPLACE FUNCTION casework.column_meanings(kind text, headings text[])
RETURNS TABLE (heading text, meaning text, pattern text, expected text)
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	WITH heading AS (
		SELECT u.heading, u.place, casework.column_name(u.heading) AS name
		FROM unnest(headings) WITH ORDINALITY u (heading, place)
	), instrument AS (
		SELECT string_agg(i.name, '|') AS names, string_agg(i.name, ', ') AS list FROM star_instruments() i
	), known (name, kind, pattern, expected) AS (
		SELECT d, CASE d WHEN 'taken_on' THEN 'stars' ELSE 'cases' END, '^[-0-9/.: TZ]{0,30}$', d || ' must be a date, as 2025-04-30 or 30/04/2025'
		FROM unnest('{taken_on,referred_on,started_on,closed_on}'::text[]) d
		UNION ALL VALUES ('mode', 'stars', '^ *(agreed|worker|client|disputed)? *$', 'mode must be agreed, worker, client or disputed'),
			('outcome', 'cases', '^ *(refused|waiting|open|completed|left early)? *$', 'outcome must be refused, waiting, open, completed or left early'),
			('scores', 'stars', '^[-0-9, ]*$', 'the column scores must hold whole numbers or -, parted by commas')
		UNION ALL SELECT 'instrument', 'stars', '^ *(' || names || '|[a-z][a-z0-9_]{0,62} *\[ *-?[0-9]+ *- *-?[0-9]+ *(low|high)? *\])? *$',
			'the instrument is not known: the published ones are ' || list || '; a local one carries its range, as in goals[0-5]'
		FROM instrument
	)
	SELECT h.heading, CASE
			WHEN h.name = 'client_ref' THEN 'client'
			WHEN h.name IN ('note', 'notes') THEN 'left out'
			WHEN k.name IS NOT NULL OR s.is_scale THEN 'value'
			ELSE 'unknown' END,
		coalesce(k.pattern, CASE WHEN s.is_scale THEN '^[-0-9. ]{0,20}$' END),
		coalesce(k.expected, CASE WHEN s.is_scale THEN format('column "%s" must be a whole number, or empty', h.heading) END)
	FROM heading h
	LEFT JOIN known k ON k.name = h.name AND k.kind = column_meanings.kind
	CROSS JOIN LATERAL (SELECT column_meanings.kind = 'stars' AND (h.name ~ '^(scale_?)?[0-9]{1,2}$'
		OR EXISTS (SELECT FROM star_instruments() i WHERE star_scale_position(i.name, h.heading) IS NOT NULL)) AS is_scale) s
	ORDER BY h.place
$$;
COMMENT ON FUNCTION casework.column_meanings(text, text[]) IS 'what the columns of a file of readings (stars) or cases are (client, value, left out, unknown), the pattern that its values fit, and what to say of others';

CREATE OR REPLACE FUNCTION casework.read_date(value text) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
DECLARE
	part text[] := regexp_match(value, '^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]00:00(?::00)?)?\s*$');
	day int;
	month int;
	year int;
BEGIN
	IF part IS NULL THEN
		part := regexp_match(value, '^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\s*$');
		part := ARRAY[part[3], part[2], part[1]];
	END IF;
	year := part[1];
	month := part[2];
	day := part[3];
	-- Without a block that catches errors: such a block costs more than all else here.
	IF year IS NULL OR year = 0 OR month NOT BETWEEN 1 AND 12 OR day < 1
		OR day > (CASE WHEN month IN (4, 6, 9, 11) THEN 30 WHEN month <> 2 THEN 31
			WHEN year % 4 = 0 AND (year % 100 <> 0 OR year % 400 = 0) THEN 29 ELSE 28 END) THEN
		RETURN NULL;
	END IF;
	RETURN make_date(year, month, day);
END
$$;
COMMENT ON FUNCTION casework.read_date(text) IS 'a date written year first or day first, or NULL';

-- The token that the database already knows the client by, of those that the present key and older ones give.
CREATE OR REPLACE FUNCTION casework.known_client(programme text, tokens text[]) RETURNS casework.client
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT coalesce((SELECT t.token FROM unnest(tokens) WITH ORDINALITY t (token, place)
		WHERE EXISTS (SELECT FROM casework.star_review r WHERE r.programme = known_client.programme AND r.client = t.token)
			OR EXISTS (SELECT FROM casework.engagement e WHERE e.programme = known_client.programme AND e.client = t.token)
			OR EXISTS (SELECT FROM intake.withdrawn w WHERE w.programme = known_client.programme AND w.client = t.token)
			OR EXISTS (SELECT FROM intake.record_client k JOIN intake.submission s ON s.id = k.submission
				WHERE k.client = t.token AND s.programme = known_client.programme)
		ORDER BY t.place LIMIT 1), tokens[1])
$$;
COMMENT ON FUNCTION casework.known_client(text, text[]) IS 'the token under which a client is known, else the first: that of the present key';

CREATE OR REPLACE FUNCTION casework.known_family(programme text, tokens text[]) RETURNS casework.client
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT coalesce((SELECT t.token FROM unnest(tokens) WITH ORDINALITY t (token, place)
		WHERE EXISTS (SELECT FROM casework.client_quarter c WHERE c.programme = known_family.programme AND c.family = t.token)
		ORDER BY t.place LIMIT 1), tokens[1])
$$;
COMMENT ON FUNCTION casework.known_family(text, text[]) IS 'the same for families';

-- One reading from its row: a star, or what is wrong with it.
CREATE OR REPLACE FUNCTION casework.read_star(cells jsonb, OUT star outcome_star, OUT problem text)
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
DECLARE
	instrument text := btrim(coalesce(cells ->> 'instrument', ''));
	published text := (SELECT i.name FROM star_instruments() i WHERE i.name = lower(instrument));
	size int := (SELECT i.scales FROM star_instruments() i WHERE i.name = published);
	lowest int := (SELECT i.lowest FROM star_instruments() i WHERE i.name = published);
	highest int := (SELECT i.highest FROM star_instruments() i WHERE i.name = published);
	local text[] := regexp_match(instrument, '^[A-Za-z][A-Za-z0-9_]{0,62} *\[ *(-?\d{1,5}) *- *(-?\d{1,5}) *(?:low|high)? *\]$');
	written text := btrim(coalesce(cells ->> 'scores', ''));
	scores int[] := '{}';
	cell record;
	at int;
BEGIN
	IF published IS NULL AND local IS NULL THEN
		problem := 'the instrument is not known: the published ones are '
			|| (SELECT string_agg(i.name, ', ') FROM star_instruments() i) || '; a local one carries its range, as in goals[0-5]';
		RETURN;
	END IF;
	IF local IS NOT NULL THEN
		lowest := local[1]::int;
		highest := local[2]::int;
	END IF;
	IF written <> '' THEN
		-- 3,4,-,5 in one cell
		FOR cell IN SELECT btrim(u.score) AS score, u.place::int FROM unnest(string_to_array(written, ',')) WITH ORDINALITY u (score, place) LOOP
			IF cell.score !~ '^(-|-?\d{1,5})?$' THEN
				problem := format('score %s of the column scores is no whole number', cell.place);
				RETURN;
			END IF;
			scores[cell.place] := CASE WHEN cell.score ~ '\d' THEN cell.score::int END;
		END LOOP;
	ELSE
		FOR cell IN
			SELECT c.key AS heading, btrim(c.value, E' \t\r\n\u00a0') AS score
			FROM jsonb_each_text(cells) c WHERE c.key NOT IN ('client', 'taken_on', 'mode', 'instrument', 'scores')
		LOOP
			at := CASE WHEN published IS NOT NULL THEN star_scale_position(published, cell.heading)
				ELSE substring(cell.heading FROM '^(?:scale[_ ]?)?(\d{1,2})$')::int END;
			CONTINUE WHEN at IS NULL AND cell.score IN ('', '-');
			IF at IS NULL OR at NOT BETWEEN 1 AND 64 THEN
				problem := format('column "%s" holds a value, but is no scale of this instrument', cell.heading);
				RETURN;
			END IF;
			IF scores[at] IS NOT NULL AND cell.score ~ '\d' THEN
				problem := format('column "%s" holds a scale that another column holds too', cell.heading);
				RETURN;
			END IF;
			IF cell.score !~ '^(-|-?\d{1,5}(\.0+)?)?$' THEN
				problem := format('column "%s" must be a whole number from %s to %s, or empty', cell.heading, lowest, highest);
				RETURN;
			END IF;
			-- The array of a local instrument is as long as its last score.
			IF published IS NOT NULL OR cell.score NOT IN ('', '-') THEN
				scores[at] := CASE WHEN cell.score ~ '\d' THEN cell.score::numeric::int END;
			END IF;
		END LOOP;
		IF cardinality(scores) > 0 THEN
			scores := ARRAY(SELECT scores[i] FROM generate_series(1, coalesce(size, array_upper(scores, 1))) i);
		END IF;
	END IF;
	IF cardinality(array_remove(scores, NULL)) = 0 THEN
		problem := 'no score is given';
		RETURN;
	END IF;
	star := outcome_star(instrument, scores);
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range THEN
	GET STACKED DIAGNOSTICS problem = PG_EXCEPTION_DETAIL;
	star := NULL;
END
$$;
COMMENT ON FUNCTION casework.read_star(jsonb) IS 'the star in a row of cells by heading, or what is wrong with it';

CREATE OR REPLACE FUNCTION casework.receive(programme text, kind text, sha256 bytea, received_from text,
	lines int[], fields text[], answers text[])
RETURNS TABLE (state text, rows_stored int, rows_known int, findings text[])
LANGUAGE plpgsql VOLATILE ROWS 1
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	file bigint;
	clients text[];
BEGIN
	PERFORM FROM returns.programme p WHERE p.programme = receive.programme FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no programme "%"', programme USING ERRCODE = 'no_data_found',
			HINT = 'wardstar-hub programme list shows them; programme add makes one.';
	END IF;
	IF EXISTS (SELECT FROM casework.file f WHERE f.programme = receive.programme AND f.kind = receive.kind AND f.sha256 = receive.sha256) THEN
		RETURN QUERY SELECT 'already', 0, 0, '{}'::text[];
		RETURN;
	END IF;
	CREATE TEMP TABLE row_in ON COMMIT DROP AS
	SELECT r.line, r.cells, casework.known_client(programme, r.tokens) AS client, r.tokens IS NULL AS nameless,
		casework.read_date(r.cells ->> 'taken_on') AS taken_on, lower(btrim(r.cells ->> 'mode')) AS mode,
		casework.read_date(r.cells ->> 'referred_on') AS referred_on, casework.read_date(r.cells ->> 'started_on') AS started_on,
		casework.read_date(r.cells ->> 'closed_on') AS closed_on, lower(btrim(r.cells ->> 'outcome')) AS outcome,
		s.star, s.problem
	FROM (SELECT c.line, array_agg(c.answer ORDER BY c.place) FILTER (WHERE c.name IN ('client', 'client_was')) AS tokens,
			jsonb_object_agg(c.name, coalesce(c.answer, '')) FILTER (WHERE c.name NOT IN ('client', 'client_was')) AS cells
		FROM (SELECT u.line, casework.column_name(u.field) AS name, u.answer, u.place
			FROM unnest(lines, fields, answers) WITH ORDINALITY u (line, field, answer, place)) c
		GROUP BY c.line) r
	LEFT JOIN LATERAL casework.read_star(r.cells) s ON kind = 'stars';

	SELECT array_agg(format('line %s: %s', f.line, f.what) ORDER BY f.line, f.what) INTO findings
	FROM (
		SELECT r.line, 'client_ref is empty' AS what FROM pg_temp.row_in r WHERE r.nameless
		UNION ALL SELECT r.line, format('%s must be a date, as 2025-04-30 or 30/04/2025', d.name)
			FROM pg_temp.row_in r, LATERAL (VALUES ('taken_on', r.taken_on, kind = 'stars'), ('referred_on', r.referred_on, kind = 'cases'),
				('started_on', r.started_on, false), ('closed_on', r.closed_on, false)) d (name, value, needed)
			WHERE d.value IS NULL AND (d.needed OR btrim(coalesce(r.cells ->> d.name, '')) <> '')
		UNION ALL SELECT r.line, 'the date lies in the future' FROM pg_temp.row_in r
			WHERE greatest(r.taken_on, r.referred_on, r.started_on, r.closed_on) > current_date
		UNION ALL SELECT r.line, 'the date lies before 2000' FROM pg_temp.row_in r
			WHERE least(r.taken_on, r.referred_on, r.started_on, r.closed_on) < '2000-01-01'
		UNION ALL SELECT r.line, 'mode must be agreed, worker, client or disputed' FROM pg_temp.row_in r
			WHERE kind = 'stars' AND coalesce(r.mode, '') NOT IN ('agreed', 'worker', 'client', 'disputed')
		UNION ALL SELECT r.line, r.problem FROM pg_temp.row_in r WHERE r.problem IS NOT NULL
		UNION ALL SELECT r.line, 'outcome must be refused, waiting, open, completed or left early' FROM pg_temp.row_in r
			WHERE kind = 'cases' AND coalesce(r.outcome, '') NOT IN ('refused', 'waiting', 'open', 'completed', 'left early')
		UNION ALL SELECT r.line, 'a case that is completed or left early needs closed_on' FROM pg_temp.row_in r
			WHERE r.outcome IN ('completed', 'left early') AND r.closed_on IS NULL AND btrim(coalesce(r.cells ->> 'closed_on', '')) = ''
		UNION ALL SELECT r.line, 'a case that is refused or waiting has no started_on' FROM pg_temp.row_in r
			WHERE r.outcome IN ('refused', 'waiting') AND r.started_on IS NOT NULL
		UNION ALL SELECT r.line, 'an open case has no closed_on' FROM pg_temp.row_in r WHERE r.outcome = 'open' AND r.closed_on IS NOT NULL
		UNION ALL SELECT r.line, 'the dates are out of order: referred, started, closed' FROM pg_temp.row_in r
			WHERE r.started_on < r.referred_on OR r.closed_on < coalesce(r.started_on, r.referred_on)
		-- The same client and date twice: here, or here and in the database.
		UNION ALL SELECT r.line, format('the same client, date and instrument as line %s, with other scores or another mode', o.line)
			FROM pg_temp.row_in r JOIN pg_temp.row_in o ON o.client = r.client AND o.taken_on = r.taken_on AND o.line < r.line
				AND star_instrument(o.star) = star_instrument(r.star) AND (o.star, o.mode) IS DISTINCT FROM (r.star, r.mode)
		UNION ALL SELECT r.line, 'the same client, date and instrument is already stored with other scores or another mode'
			FROM pg_temp.row_in r JOIN casework.star_review s ON s.programme = receive.programme AND s.client = r.client
				AND s.taken_on = r.taken_on AND s.instrument = star_instrument(r.star) AND (s.star, s.mode) IS DISTINCT FROM (r.star, r.mode)
		UNION ALL SELECT r.line, format('the same client and referral as line %s, with other dates or outcome', o.line)
			FROM pg_temp.row_in r JOIN pg_temp.row_in o ON o.client = r.client AND o.referred_on = r.referred_on AND o.line < r.line
				AND (o.started_on, o.closed_on, o.outcome) IS DISTINCT FROM (r.started_on, r.closed_on, r.outcome)
	) f;
	IF findings IS NOT NULL OR NOT EXISTS (SELECT FROM pg_temp.row_in) THEN
		RETURN QUERY SELECT 'refused', 0, 0, coalesce(findings, ARRAY['the file has no row']);
		RETURN;
	END IF;
	-- Clients who withdrew, and whom no record-level return has since told to have agreed again. A later withdrawal must
	-- find them in the bytes of this file all the same.
	SELECT array_agg(DISTINCT r.client) INTO clients FROM pg_temp.row_in r;
	WITH gone AS (
		DELETE FROM pg_temp.row_in r USING intake.withdrawn w
		WHERE w.programme = receive.programme AND w.client = r.client
		AND NOT EXISTS (SELECT FROM casework.client_quarter c
			WHERE c.programme = w.programme AND c.client = w.client AND c.consent_given_on > w.withdrawn_at::date)
		RETURNING r.line
	)
	SELECT coalesce(array_agg(format('line %s: this client withdrew, and is left out', g.line) ORDER BY g.line), '{}') INTO findings FROM gone g;

	INSERT INTO casework.file AS f (programme, kind, sha256, received_from, rows_stored)
	VALUES (programme, kind, sha256, received_from, 0) RETURNING f.id INTO file;
	IF kind = 'stars' THEN
		INSERT INTO casework.star_review (programme, client, taken_on, mode, star, file)
		SELECT programme, r.client, r.taken_on, r.mode, r.star, file FROM pg_temp.row_in r
		ON CONFLICT DO NOTHING;
	ELSE
		-- A later file tells how a case went on.
		INSERT INTO casework.engagement AS e (programme, client, referred_on, started_on, closed_on, outcome, file)
		SELECT DISTINCT programme, r.client, r.referred_on, r.started_on, r.closed_on, r.outcome, file FROM pg_temp.row_in r
		ON CONFLICT ON CONSTRAINT engagement_once DO UPDATE
			SET started_on = excluded.started_on, closed_on = excluded.closed_on, outcome = excluded.outcome, file = excluded.file
			WHERE (e.started_on, e.closed_on, e.outcome) IS DISTINCT FROM (excluded.started_on, excluded.closed_on, excluded.outcome);
	END IF;
	GET DIAGNOSTICS rows_stored = ROW_COUNT;
	INSERT INTO casework.file_client AS k (file, client) SELECT file, c FROM unnest(clients) c;
	UPDATE casework.file f SET rows_stored = receive.rows_stored WHERE f.id = file;
	RETURN QUERY SELECT 'stored', rows_stored, (SELECT count(*)::int FROM pg_temp.row_in) - rows_stored, findings;
END
$$;
COMMENT ON FUNCTION casework.receive(text, text, bytea, text, int[], text[], text[]) IS 'stores a file of readings or cases whole, or says row by row why not';
