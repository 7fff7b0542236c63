-- Checks of a return's answers against its form: the rules are the extension's (proforma_check), the form is data.

-- What the form counts: its fields for whole numbers, and the names that are understood on every form.
CREATE OR REPLACE FUNCTION intake.form_counts(definition jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT array_agg(DISTINCT n.name)
	FROM (SELECT f.field ->> 'name' FROM jsonb_array_elements(definition -> 'fields') f (field) WHERE f.field ->> 'type' = 'integer'
		UNION SELECT 'total'
		UNION SELECT (g.part ->> 'name') || '.not_known' FROM jsonb_array_elements(definition -> 'groups') g (part)) n (name)
	WHERE n.name NOT LIKE '%.*'
$$;
COMMENT ON FUNCTION intake.form_counts(jsonb) IS 'names of the counts that a form takes, places by code apart';

CREATE OR REPLACE FUNCTION intake.form_names(definition jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT intake.form_counts(definition) || ARRAY['basis', 'place', 'place.not_known']
		|| ARRAY(SELECT f.field ->> 'name' FROM jsonb_array_elements(definition -> 'fields') f (field) WHERE f.field ->> 'type' <> 'integer')
		|| ARRAY(SELECT q.question ->> 'name' FROM jsonb_array_elements(definition -> 'narrative') q (question))
$$;
COMMENT ON FUNCTION intake.form_names(jsonb) IS 'every name that an answer on a form may have, places by code apart';

-- What one answer stands for, as the extension reads it. NULL: blank.
CREATE OR REPLACE FUNCTION intake.cell_bounds(answer text) RETURNS int4range
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT CASE WHEN btrim(answer, E' \t\r\n\u00a0') <> ''
		THEN proforma_bounds('{"fields": [{"name": "total", "type": "integer"}]}', jsonb_build_object('total', answer)) END
$$;
COMMENT ON FUNCTION intake.cell_bounds(text) IS 'bounds of the number of people that one answer allows';

-- The answers as the rules take them: one text for each name. Rows of one place (its code, and postcodes in it) are
-- added up; of another field that is given twice, which H101 refuses, one is taken. Names that the form doesn't have stay
-- out: they may be anything.
CREATE OR REPLACE FUNCTION intake.answers_of(definition jsonb, period returns.period, rows intake.reading[]) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT coalesce(jsonb_object_agg(a.name, a.answer), '{}'::jsonb) || jsonb_build_object('period', period)
	FROM (
		SELECT n.name,
			CASE WHEN count(*) > 1 AND bool_and(r.category LIKE 'place%') AND count(*) = count(*) FILTER (WHERE upper(r.people) - lower(r.people) = 1)
				THEN sum(lower(r.people))::text ELSE max(r.answer) END AS answer
		FROM unnest(rows) r
		CROSS JOIN LATERAL (SELECT r.category || coalesce('.' || r.area_level || '.' || r.area, '')) n (name)
		WHERE r.category = ANY (intake.form_names(definition))
		-- A place that was lost is no answer "not known": the sender did not say so.
		AND (r.category <> 'place.not_known' OR EXISTS (SELECT FROM unnest(rows) o WHERE o.field = 'place.not_known'))
		GROUP BY n.name
	) a
$$;
COMMENT ON FUNCTION intake.answers_of(jsonb, returns.period, intake.reading[]) IS 'answers of a return as proforma_check takes them; no postcode is among them';

-- The earlier returns of a programme, as far as they are kept: counts and basis.
CREATE OR REPLACE FUNCTION intake.previous_returns(programme text, period returns.period) RETURNS jsonb
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	SELECT jsonb_agg(jsonb_build_object('period', q.period,
			'status', CASE WHEN s.id IS NOT NULL THEN 'returned' WHEN e.expected THEN 'no_return' ELSE 'not_due' END)
		|| CASE WHEN s.id IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('form', coalesce(f.definition, '{}'::jsonb), 'answers', (
			SELECT jsonb_strip_nulls(jsonb_build_object('basis', s.basis)) || coalesce(jsonb_object_agg(
				c.category || coalesce('.' || c.area_level || '.' || c.area, ''), c.answer), '{}'::jsonb)
			FROM (SELECT c.category, c.area_level, c.area,
					CASE WHEN b.most = b.least + 1 THEN b.least::text WHEN b.least = 1 AND b.most IS NULL THEN 'yes'
						WHEN b.least = 1 THEN '<' || b.most END AS answer
				FROM (SELECT c.category, c.area_level, c.area, bounds_sum(c.people) AS people FROM intake.answer c
					WHERE c.submission = s.id AND c.category <> 'everyone'
					GROUP BY c.category, c.area_level, c.area) c
				CROSS JOIN LATERAL (SELECT lower(c.people) AS least, upper(c.people) AS most) b) c
			WHERE c.answer IS NOT NULL)) END
		ORDER BY q.period)
	FROM (SELECT e.period FROM returns.expected e WHERE e.programme = previous_returns.programme
		UNION SELECT s.period FROM intake.submission s WHERE s.programme = previous_returns.programme AND s.state = 'accepted' AND s.kind = 'return'
		ORDER BY period DESC) q
	LEFT JOIN returns.expected e ON e.programme = previous_returns.programme AND e.period = q.period
	LEFT JOIN intake.submission s ON s.programme = previous_returns.programme AND s.period = q.period AND s.state = 'accepted' AND s.kind = 'return'
	LEFT JOIN intake.form f ON f.form = s.form AND f.version = s.form_version
	WHERE q.period < previous_returns.period
$$;
COMMENT ON FUNCTION intake.previous_returns(text, returns.period) IS 'earlier quarters of a programme as proforma_check takes them';

-- A name may stand where a number was asked for: of such an answer only its plain words are repeated, wherever a
-- finding quotes it.
CREATE OR REPLACE FUNCTION intake.check_answers(definition jsonb, answers jsonb, previous jsonb, rows intake.reading[])
RETURNS TABLE (rule text, severity text, field text, message text, suggestion text, observed text, expected text, line int)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	worded text[] := ARRAY(SELECT a.value FROM jsonb_each_text(answers) a
		WHERE a.key NOT LIKE 'narrative%' AND a.value <> intake.plain_answer(a.value));
	quoted text;
BEGIN
	FOR rule, severity, field, message, suggestion, observed, expected, line IN
		SELECT c.rule, c.severity, c.field, c.message, c.suggestion,
			CASE WHEN c.field NOT LIKE 'narrative%' THEN c.observed END, c.expected,
			(SELECT min(r.line) FROM unnest(rows) r WHERE r.field = c.field OR r.category = c.field)
		FROM proforma_check(definition, answers, previous) c
	LOOP
		-- The long ones are quoted in part.
		FOREACH quoted IN ARRAY worded || CASE WHEN observed <> '' AND answers ->> field = ANY (worded) THEN ARRAY[observed] ELSE '{}' END LOOP
			message := replace(message, quoted, intake.plain_answer(quoted));
			suggestion := replace(suggestion, quoted, intake.plain_answer(quoted));
			expected := replace(expected, quoted, intake.plain_answer(quoted));
			observed := replace(observed, quoted, intake.plain_answer(quoted));
		END LOOP;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION intake.check_answers(jsonb, jsonb, jsonb, intake.reading[]) IS 'findings of the form''s rules, with the line of the file; nothing of a narrative is repeated, nor a word that may be a name';

-- What only the hub can find: a field given twice, a name that is not on the form (and may be anything, so it is not
-- repeated), and places that no loaded file knows.
CREATE OR REPLACE FUNCTION intake.check_rows(definition jsonb, rows intake.reading[])
RETURNS TABLE (rule text, severity text, field text, message text, suggestion text, observed text, expected text, line int)
LANGUAGE sql STABLE ROWS 20
SET search_path FROM CURRENT
AS $$
	SELECT 'H101', 'error', r.field, 'this field stands in the file ' || count(*) || ' times',
		'Keep one row of it: one field, one value.', NULL, NULL, max(r.line)
	FROM unnest(rows) r
	WHERE r.category = ANY (intake.form_names(definition)) AND r.field NOT IN ('place.postcode', 'place.lsoa', 'place.ward')
	GROUP BY r.field
	HAVING count(*) > 1
	UNION ALL
	SELECT 'P204', 'query', CASE WHEN k.names IS NOT NULL THEN split_part(r.category, '.', 1)
			|| CASE WHEN r.category ~ '^[a-z_]+\.[0-9]+(-[0-9]+|\+)?$' THEN '.' || split_part(r.category, '.', 2) ELSE '' END END,
		'the form has no field of this name, so it is not used', 'Check the spelling of the name, and that the right form was chosen.',
		NULL, k.names, r.line
	FROM unnest(rows) r
	LEFT JOIN LATERAL (SELECT string_agg(n.name, ', ') AS names FROM unnest(intake.form_names(definition)) n (name)
		WHERE split_part(n.name, '.', 1) = split_part(r.category, '.', 1)) k ON true
	WHERE NOT r.category = ANY (intake.form_names(definition))
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
		('placed roughly', 'H113', 'note', 'the postcode files place this postcode only roughly; its people are counted in the LSOA in which it most likely lies', NULL),
		('no fixed address', 'H109', 'note', 'this postcode stands for no fixed address; its people are counted as place not known', NULL)
		) h (problem, rule, severity, message, suggestion) USING (problem)
$$;
COMMENT ON FUNCTION intake.check_rows(jsonb, intake.reading[]) IS 'findings that need the reference data or the file itself';
