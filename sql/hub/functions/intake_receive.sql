-- Receiving a return: one call, one transaction. What it reads stays in memory but for counts, findings and the verdict.

-- What one cell of a return may mean, as bounds (NULL: blank). "yes" is at least one, "<5" is 1 to 4, "N/A" is none.
CREATE OR REPLACE FUNCTION intake.cell_bounds(answer text, OUT people int4range, OUT reading text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
DECLARE
	cell text := lower(btrim(coalesce(answer, ''), E' \t\r\n\u00a0'));
	digits text := replace(cell, ',', '');
BEGIN
	IF cell = '' THEN
		reading := 'blank';
	ELSIF digits ~ '^[0-9]{1,9}$' AND cell ~ '^([0-9]+|[0-9]{1,3}(,[0-9]{3})+)$' THEN
		people := int4range(digits::int, digits::int, '[]');
		reading := 'number';
	ELSIF cell ~ '^(n/a|na|not applicable)$' THEN
		people := '[0,0]';
		reading := 'not applicable';
	ELSIF cell ~ '^(yes|y|true)$' THEN
		people := '[1,)';
		reading := 'yes';
	ELSIF cell ~ '^< ?[1-9][0-9]{0,5}$' AND substring(cell FROM '[0-9]+')::int > 1 THEN
		people := int4range(1, substring(cell FROM '[0-9]+')::int);
		reading := 'below';
	ELSE
		people := '[0,)';
		reading := 'unreadable';
	END IF;
END
$$;
COMMENT ON FUNCTION intake.cell_bounds(text) IS 'what one cell of a return may mean, and how it was read';

-- The rows of a return, with each place as a code. Postcodes end here: they come out as LSOA and ward.
CREATE OR REPLACE FUNCTION intake.read_answers(period returns.period, lines int[], fields text[], answers text[])
RETURNS SETOF intake.reading
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
DECLARE
	item record;
	r intake.reading;
	found reference.postcode;
	use_2021 boolean := coalesce((SELECT c.lsoa_vintage >= 2021 FROM analysis.chosen c), true);
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
				r.problem := intake.area_problem(r.area_level, r.area);
			ELSE
				r.field := 'place.' || r.area_level;
				r.problem := 'not a code';
			END IF;
		ELSIF item.field ~* '^place\.postcode\.' THEN
			r.category := 'place';
			r.field := 'place.postcode';
			r.area_level := 'lsoa';
			rest := substr(item.field, 16);
			IF NOT uk_postcode_is_valid(rest) THEN
				r.problem := 'not a postcode';
			ELSIF postcode_unit_is_pseudo(rest::uk_postcode) THEN
				r.problem := 'no fixed address';
			ELSE
				SELECT p.* INTO found FROM reference.postcode p WHERE p.postcode = rest::uk_postcode;
				IF found.postcode IS NULL THEN
					r.problem := 'unknown postcode';
				ELSIF found.introduced > last_day THEN
					r.problem := 'not yet in use';
				ELSE
					r.area := CASE WHEN use_2021 THEN coalesce(found.lsoa21, found.lsoa11)
						ELSE coalesce(found.lsoa11, found.lsoa21) END;
					r.ward := found.ward;
					r.problem := CASE WHEN r.area IS NULL THEN 'postcode without area'
						WHEN found.terminated < first_day THEN 'no longer in use' END;
				END IF;
			END IF;
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
		SELECT c.people, c.reading INTO r.people, r.reading FROM intake.cell_bounds(item.answer) c;
		RETURN NEXT r;
	END LOOP;
END
$$;
COMMENT ON FUNCTION intake.read_answers(returns.period, int[], text[], text[]) IS 'the rows of a return with their places as codes; a postcode comes out as the LSOA and ward that it lay in';

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

-- What only the hub can find: a field given twice, and places that no loaded file knows.
CREATE OR REPLACE FUNCTION intake.check_rows(rows intake.reading[])
RETURNS TABLE (rule text, severity text, field text, message text, suggestion text, observed text, expected text, line int)
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT 'H101', 'error', r.field, 'this field stands in the file ' || count(*) || ' times',
		'Keep one row of it: one field, one value.', NULL, NULL, max(r.line)
	FROM unnest(rows) r
	WHERE r.category NOT IN ('place', 'place.not_known') OR (r.category = 'place' AND r.field <> 'place.postcode')
		OR r.field = 'place.not_known'
	GROUP BY r.field
	HAVING count(*) > 1
	UNION ALL
	SELECT h.rule, h.severity, r.field, h.message, h.suggestion, NULL, NULL, r.line
	FROM unnest(rows) r
	JOIN (VALUES
		('not a code', 'H102', 'error', 'this is not the code of such an area', 'Write the nine characters of the ONS code, as E01006512 for an LSOA or E05015277 for a ward.'),
		('unknown code', 'H103', 'query', 'no loaded file knows this code; its people are counted as place not known', 'Please check the code.'),
		('not a postcode', 'H104', 'query', 'this is not a UK postcode; its people are counted as place not known', 'Please check the postcode; it is not repeated here, so that it is not kept.'),
		('unknown postcode', 'H105', 'query', 'the loaded postcode files do not have this postcode; its people are counted as place not known', 'Please check the postcode; it is not repeated here, so that it is not kept.'),
		('not yet in use', 'H106', 'query', 'this postcode came into use after the quarter; its people are counted as place not known', 'Please check the postcode; it is not repeated here, so that it is not kept.'),
		('postcode without area', 'H107', 'query', 'the loaded postcode files do not say in which LSOA this postcode lies; its people are counted as place not known', 'Send the LSOA or ward instead.'),
		('no longer in use', 'H108', 'note', 'this postcode was out of use before the quarter began; its people are counted where it lay', 'Please check that it is their address of the time.'),
		('no fixed address', 'H109', 'note', 'this postcode stands for no fixed address; its people are counted as place not known', NULL)
		) h (problem, rule, severity, message, suggestion) USING (problem)
$$;
COMMENT ON FUNCTION intake.check_rows(intake.reading[]) IS 'findings that need the reference data or the file itself';

-- The entry point. $8 to $10 are the rows of the file: line, field and answer. The same bytes for the same programme,
-- quarter and form are one submission, however often they come. What it raises is about the call, not the answers.
CREATE OR REPLACE FUNCTION intake.receive(programme text, period text, form text, file_name text, file_size bigint,
	sha256 bytea, received_from text, lines int[], fields text[], answers text[],
	OUT submission bigint, OUT state text, OUT already boolean)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	quarter returns.period;
	registered returns.programme;
	known intake.submission;
	rows intake.reading[];
	everyone int4range;
	stated text;
	errors int;
	version text;
BEGIN
	IF period !~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN
		RAISE EXCEPTION '"%" is not a quarter', period
			USING ERRCODE = 'invalid_datetime_format', HINT = 'Write it as 2025-Q2, which is 1 July to 30 September 2025.';
	END IF;
	quarter := period;
	IF form IS NULL OR form NOT IN ('old', 'new') THEN
		RAISE EXCEPTION 'form "%" is not known', form
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Forms are old and new.';
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
	IF EXISTS (SELECT FROM unnest(fields) f WHERE f ILIKE 'place.postcode.%')
		AND NOT EXISTS (SELECT FROM reference.postcode) THEN
		RAISE EXCEPTION 'the return has postcodes, and no postcode file is loaded'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Load ONSPD, NSPL or Code-Point Open first: postcodes are turned into areas at once and not kept.';
	END IF;

	PERFORM pg_advisory_xact_lock(hashtextextended('wardstar return ' || period || ' ' || programme, 0));
	SELECT s.* INTO known FROM intake.submission s
	WHERE s.programme = receive.programme AND s.period = quarter AND s.form = receive.form AND s.sha256 = receive.sha256;
	IF known.id IS NOT NULL THEN
		submission := known.id;
		state := known.state;
		already := true;
		RETURN;
	END IF;
	already := false;

	SELECT array_agg(r) INTO rows FROM intake.read_answers(quarter, lines, fields, answers) r;
	SELECT lower(btrim(r.answer)) INTO stated FROM unnest(rows) r WHERE r.category = 'basis' LIMIT 1;
	IF stated NOT IN ('new_referrals', 'caseload_in_period', 'caseload_at_end') THEN
		stated := NULL;
	END IF;
	INSERT INTO intake.submission AS s (organisation, programme, period, form, form_version, file_name, file_size, sha256,
		received_from, state, basis)
	VALUES (registered.organisation, programme, quarter, form, version, file_name, file_size, sha256, received_from,
		'checking', stated)
	RETURNING s.id INTO submission;

	INSERT INTO intake.finding AS f (submission, number, rule, severity, field, message, suggestion, observed, expected, line)
	SELECT submission, row_number() OVER (ORDER BY array_position('{error,query,note}'::text[], c.severity), c.line NULLS LAST, c.rule, c.field),
		c.rule, c.severity, c.field, c.message, c.suggestion, c.observed, c.expected, c.line
	FROM (SELECT * FROM intake.check_rows(rows) UNION ALL SELECT * FROM intake.check_answers(form, rows)) c;

	INSERT INTO intake.answer AS a (submission, category, area_level, area, ward, people)
	SELECT submission, r.category, r.area_level, r.area, r.ward, bounds_sum(r.people)
	FROM unnest(rows) r
	WHERE r.people IS NOT NULL AND r.category = ANY (intake.known_fields(form)) AND r.category !~ '^(basis|narrative\.)'
	GROUP BY r.category, r.area_level, r.area, r.ward;
	everyone := intake.everyone(rows);
	INSERT INTO intake.answer AS a (submission, category, people) VALUES (submission, 'everyone', everyone);

	SELECT count(*) INTO errors FROM intake.finding f WHERE f.submission = receive.submission AND f.severity = 'error';
	state := CASE WHEN errors > 0 THEN 'rejected' ELSE 'accepted' END;
	IF state = 'accepted' THEN
		PERFORM intake.accept(submission, session_user);
		INSERT INTO returns.narrative AS n (submission, question)
		SELECT DISTINCT receive.submission, r.category
		FROM unnest(rows) r
		WHERE r.category LIKE 'narrative.%' AND btrim(r.answer) <> '' AND r.category = ANY (intake.known_fields(form));
	ELSE
		UPDATE intake.submission AS s
		SET state = 'rejected', decision = 'rejected', decided_by = session_user, decided_at = now()
		WHERE s.id = submission;
	END IF;
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
	DELETE FROM returns.count c USING intake.submission s
	WHERE s.programme = accepted.programme AND s.period = accepted.period AND c.submission = s.id;
	DELETE FROM returns.narrative n USING intake.submission s
	WHERE s.programme = accepted.programme AND s.period = accepted.period AND n.submission = s.id;
	UPDATE intake.submission s SET state = 'superseded', superseded_by = submission
	WHERE s.programme = accepted.programme AND s.period = accepted.period AND s.id <> submission
	AND s.state IN ('accepted', 'rejected', 'waiting for answer');
	UPDATE intake.submission s
	SET state = 'accepted', decision = 'accepted', decided_by = accept.decided_by, decided_at = now()
	WHERE s.id = submission;
	INSERT INTO returns.count AS c (submission, programme, period, form, category, area_level, area, ward, people)
	SELECT a.submission, accepted.programme, accepted.period, accepted.form, a.category, a.area_level, a.area, a.ward, a.people
	FROM intake.answer a
	WHERE a.submission = accept.submission;
END
$$;
COMMENT ON FUNCTION intake.accept(bigint, text) IS 'accepts a submission, and supersedes earlier ones of its programme and quarter';
