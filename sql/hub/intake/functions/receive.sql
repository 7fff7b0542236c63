-- Receiving a return: one call, one transaction. What it reads stays in memory but for counts, findings and the verdict.

-- The rows of a return, with each place as a code. Postcodes end here: they come out as LSOA and ward.
CREATE OR REPLACE FUNCTION intake.read_answers(period returns.period, lines int[], fields text[], answers text[])
RETURNS SETOF intake.reading
LANGUAGE plpgsql STABLE ROWS 100
SET search_path FROM CURRENT
AS $$
DECLARE
	item record;
	r intake.reading;
	first_day date := returns.period_start(period);
	last_day date := returns.period_end(period);
	rest text;
BEGIN
	FOR item IN
		SELECT u.line, btrim(u.field, E' \t\r\n\u00a0\ufeff') AS field, u.answer
		FROM unnest(lines, fields, answers) u (line, field, answer)
	LOOP
		r := NULL;
		r.line := item.line;
		r.answer := item.answer;
		r.problem := NULL;
		IF item.field ~* '^place\.(lsoa|ward)\.' THEN
			r.category := 'place';
			r.area_level := lower(split_part(item.field, '.', 2));
			rest := btrim(substr(item.field, 12));
			IF gss_code_is_valid(rest) AND gss_level(rest::gss_code) = r.area_level THEN
				r.area := rest::gss_code;
				r.field := 'place.' || r.area_level || '.' || r.area;
				r.grade := 'stated';
				r.problem := intake.area_problem(r.area_level, r.area);
			ELSE
				r.field := 'place.' || r.area_level;
				r.problem := 'not a code';
			END IF;
		ELSIF item.field ~* '^place\.postcode\.' THEN
			r.category := 'place';
			r.field := 'place.postcode';
			r.area_level := 'lsoa';
			SELECT p.lsoa, p.ward, p.grade, p.problem INTO r.area, r.ward, r.grade, r.problem
			FROM reference.postcode_area(substr(item.field, 16), first_day, last_day) p;
			IF r.area IS NULL THEN
				r.area_level := NULL;
			END IF;
		ELSE
			r.category := lower(item.field);
			IF r.category ~ '^ethnicity\.[a-z][a-z0-9]$' THEN
				r.category := 'ethnicity.' || upper(right(r.category, 2));
			END IF;
			r.field := r.category;
		END IF;
		IF r.category = 'place' AND r.area IS NULL THEN
			r.category := 'place.not_known';
			r.area_level := NULL;
		END IF;
		r.people := intake.cell_bounds(item.answer);
		RETURN NEXT r;
	END LOOP;
END
$$;
COMMENT ON FUNCTION intake.read_answers(returns.period, int[], text[], text[]) IS 'the rows of a return with their places as codes; a postcode comes out as the LSOA and ward that it lay in';

-- Several rows may give one place, each in its own way.
CREATE OR REPLACE FUNCTION intake.worst_grade(grades text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT g.grade FROM unnest('{approximate,nearest,point,lookup,stated}'::text[]) WITH ORDINALITY g (grade, place)
	WHERE g.grade = ANY (grades) ORDER BY g.place LIMIT 1
$$;
COMMENT ON FUNCTION intake.worst_grade(text[]) IS 'the least sure of several grades of a place';

CREATE OR REPLACE FUNCTION intake.area_problem(level text, code gss_code) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	SELECT CASE
		WHEN EXISTS (SELECT FROM reference.area a WHERE a.code = area_problem.code)
			OR EXISTS (SELECT FROM reference.lsoa_change g WHERE g.lsoa11 = area_problem.code)
			OR EXISTS (SELECT FROM reference.lsoa_change g WHERE g.lsoa21 = area_problem.code)
			OR EXISTS (SELECT FROM reference.ward_best_fit b WHERE b.ward = area_problem.code)
			OR EXISTS (SELECT FROM reference.ward_best_fit b WHERE b.lsoa = area_problem.code)
			THEN NULL
		WHEN EXISTS (SELECT FROM reference.area a WHERE a.level = area_problem.level)
			OR EXISTS (SELECT FROM reference.ward_best_fit) THEN 'unknown code'
		END
$$;
COMMENT ON FUNCTION intake.area_problem(text, gss_code) IS 'unknown code, where areas are loaded and none has it';

-- What the command line calls: a file goes into the ledger, is checked and decided, all in one transaction. $8 to $10 are
-- the rows of the file: line, field and answer. The same bytes for the same programme, quarter and form are one submission,
-- however often they come. What it raises is about the call, not the answers: then nothing is kept.
CREATE OR REPLACE FUNCTION intake.receive(programme text, period text, form text, file_name text, file_size bigint,
	sha256 bytea, received_from text, lines int[], fields text[], answers text[],
	OUT submission bigint, OUT state text, OUT already boolean)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	registered returns.programme;
BEGIN
	IF period !~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN
		RAISE EXCEPTION '"%" is not a quarter', period
			USING ERRCODE = 'invalid_datetime_format', HINT = 'Write it as 2025-Q2, which is 1 July to 30 September 2025.';
	END IF;
	IF (intake.form_of(form, period)).form IS NULL THEN
		RAISE EXCEPTION 'form "%" is not known', form
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Forms are: ' || coalesce((SELECT string_agg(DISTINCT f.form, ', ') FROM intake.form f), 'none') || '.';
	END IF;
	SELECT p.* INTO registered FROM returns.programme p WHERE p.programme = receive.programme;
	IF registered.programme IS NULL THEN
		RAISE EXCEPTION 'programme "%" is not in the register', programme
			USING ERRCODE = 'no_data_found',
				DETAIL = coalesce('Registered are: ' || (SELECT string_agg(p.programme, ', ' ORDER BY p.programme)
					FROM returns.programme p) || '.', 'The register is empty.'),
				HINT = 'Check the spelling, or add it with: wardstar-hub programme add.';
	END IF;
	IF cardinality(fields) > 100000 THEN
		RAISE EXCEPTION 'the return has % rows', cardinality(fields)
			USING ERRCODE = 'program_limit_exceeded', DETAIL = 'A return has at most 100,000 rows.';
	END IF;
	IF intake.lacks_postcodes(fields) THEN
		RAISE EXCEPTION 'the return has postcodes, and no postcode file is loaded'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Load ONSPD, NSPL or Code-Point Open first: postcodes are turned into areas at once and not kept.';
	END IF;

	PERFORM intake.lock_quarter(programme, period);
	SELECT e.submission, e.state, e.already INTO submission, state, already
	FROM intake.enter(registered.organisation, programme, period, form, 'return', file_name, file_size, sha256, received_from, NULL) e;
	IF already THEN
		RETURN;
	END IF;
	UPDATE intake.submission AS s
	SET state = 'checking', taken_by = 'command line', taken_until = clock_timestamp() + interval '1 hour'
	WHERE s.id = submission;
	state := intake.check(submission, programme, period, form, lines, fields, answers, 0, 0, 0);
END
$$;
COMMENT ON FUNCTION intake.receive(text, text, text, text, bigint, bytea, text, int[], text[], text[]) IS 'takes a return in: checks it, decides, and stores submission, findings and counts, all or nothing';

CREATE OR REPLACE FUNCTION intake.receive(programme text, period text, form text, file_name text, file_size bigint,
	sha256 bytea, received_from text, answers jsonb,
	OUT submission bigint, OUT state text, OUT already boolean)
LANGUAGE sql VOLATILE
SET search_path FROM CURRENT
AS $$
	SELECT r.submission, r.state, r.already
	FROM (SELECT array_agg(e.key) AS fields, array_agg(e.value) AS answers FROM jsonb_each_text(receive.answers) e) a
	CROSS JOIN LATERAL intake.receive(receive.programme, receive.period, receive.form, receive.file_name,
		receive.file_size, receive.sha256, receive.received_from, NULL::int[], a.fields, a.answers) r
$$;
COMMENT ON FUNCTION intake.receive(text, text, text, text, bigint, bytea, text, jsonb) IS 'the same, for answers as one object of field and text';
