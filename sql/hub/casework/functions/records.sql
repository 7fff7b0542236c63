-- What the columns of a record-level return are, and what its cells say. Client references and other identifiers are
-- tokens before they come here, and a value that doesn't fit its column comes as casework.hidden(): it may be a name.

CREATE OR REPLACE FUNCTION casework.hidden() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '(not shown)'::text;
COMMENT ON FUNCTION casework.hidden() IS 'what the program sends in place of a value that does not fit its column';

CREATE OR REPLACE FUNCTION casework.store_record_form(definition jsonb) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
	INSERT INTO casework.record_form AS f (name, version, definition)
	VALUES (store_record_form.definition ->> 'name', store_record_form.definition ->> 'version', store_record_form.definition)
	ON CONFLICT (name) DO UPDATE SET version = excluded.version, definition = excluded.definition
	WHERE (f.version, f.definition) IS DISTINCT FROM (excluded.version, excluded.definition)
$$;
COMMENT ON FUNCTION casework.store_record_form(jsonb) IS 'keeps the definition of a table of a record-level return by name';

-- Which of the tables a sheet or file is: by its own name, else by the column that only this table has.
CREATE OR REPLACE FUNCTION casework.record_table(name text, headings text[]) RETURNS text
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT coalesce(
		(SELECT f.name FROM casework.record_form f WHERE lower(record_table.name) = f.name),
		(SELECT CASE WHEN count(DISTINCT k.name) = 1 THEN min(k.name) END
		FROM (VALUES ('clients', 'consent_to_share'), ('referrals', 'result'), ('engagements', 'outcome'), ('contacts', 'contact_on'),
			('stars', 'taken_on'), ('measures', 'measure'), ('feedback', 'giver')) k (name, heading)
		JOIN unnest(headings) h ON casework.column_name(h) = k.heading))
$$;
COMMENT ON FUNCTION casework.record_table(text, text[]) IS 'the table of a record-level return that has this name or these headings, or NULL';

-- The program asks this before it sends any value, as it does for readings and cases.
CREATE OR REPLACE FUNCTION casework.record_columns(name text, headings text[])
RETURNS TABLE (record_table text, heading text, meaning text, field text, pattern text)
LANGUAGE sql STABLE ROWS 80
SET search_path FROM CURRENT
AS $$
	WITH form AS (
		SELECT f.name, f.definition FROM casework.record_form f WHERE f.name = casework.record_table(record_columns.name, headings)
	), known AS (
		SELECT d.field ->> 'name' AS name, coalesce(d.field ->> 'meaning', 'value') AS meaning, d.field
		FROM form, jsonb_array_elements(form.definition -> 'fields') d (field)
	), written AS (
		-- What may stand in a column with a fixed set of values.
		SELECT k.name, v.value FROM known k, jsonb_array_elements_text(k.field #> '{constraints,enum}') v (value)
		UNION ALL SELECT k.name, s.key FROM known k, jsonb_each_text(k.field -> 'synonyms') s
		UNION ALL SELECT k.name, p.programme FROM known k, returns.programme p WHERE k.meaning = 'service'
	), choice AS (
		SELECT w.name, string_agg(regexp_replace(w.value, '([][(){}.*+?^$|\\])', '\\\1', 'g'), '|') AS pattern FROM written w GROUP BY w.name
	)
	SELECT form.name, h.heading,
		CASE WHEN k.meaning IN ('service', 'instrument') THEN 'value' WHEN k.name IS NOT NULL THEN k.meaning
			WHEN s.meaning = 'value' THEN 'value' ELSE 'unknown' END,
		coalesce(k.name, h.heading),
		CASE WHEN k.meaning = 'instrument' OR k.name IS NULL THEN s.pattern
			WHEN c.pattern IS NOT NULL THEN '^(' || c.pattern || ')?$'
			WHEN k.field ->> 'type' = 'date' THEN '^[-0-9/.: TZ]{0,30}$'
			WHEN k.field ->> 'type' = 'integer' THEN '^-?[0-9]{0,9}([.]0+)?$'
			WHEN k.field ->> 'type' = 'number' THEN '^-?[0-9]{0,9}([.][0-9]{1,6})?$'
			WHEN k.meaning = 'postcode' THEN '^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? *[0-9][A-Za-z]{2}$|^$'
			WHEN k.field #>> '{constraints,pattern}' IS NOT NULL THEN '^(' || (k.field #>> '{constraints,pattern}') || ')?$'
			END
	FROM form
	CROSS JOIN unnest(headings) WITH ORDINALITY h (heading, place)
	LEFT JOIN known k ON k.name = casework.column_name(h.heading)
	LEFT JOIN choice c ON c.name = k.name
	LEFT JOIN LATERAL (SELECT m.meaning, m.pattern FROM casework.column_meanings('stars', ARRAY[h.heading]) m
		WHERE form.name = 'stars' AND (k.name IS NULL OR k.meaning = 'instrument')) s ON true
	ORDER BY h.place
$$;
COMMENT ON FUNCTION casework.record_columns(text, text[]) IS 'the table of a record-level return that a sheet or file is, and what its columns are: how their values are sent, and the pattern that these fit';

-- The definition as record_check takes it: the columns that reach the database as text, and the programmes among the services.
CREATE OR REPLACE FUNCTION casework.record_definition(name text) RETURNS jsonb
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	SELECT f.definition || jsonb_build_object('fields', (
		SELECT jsonb_agg(CASE d.field ->> 'meaning'
			WHEN 'service' THEN jsonb_set(d.field, '{constraints,enum}', (d.field #> '{constraints,enum}')
				|| (SELECT coalesce(jsonb_agg(p.programme), '[]') FROM returns.programme p))
			WHEN 'client' THEN d.field - 'constraints' ELSE d.field END ORDER BY d.place)
		FROM jsonb_array_elements(f.definition -> 'fields') WITH ORDINALITY d (field, place)
		WHERE coalesce(d.field ->> 'meaning', '') IN ('', 'client', 'service', 'instrument', 'postcode') AND d.field ->> 'name' <> 'scores'))
	FROM casework.record_form f
	WHERE f.name = record_definition.name
$$;
COMMENT ON FUNCTION casework.record_definition(text) IS 'the definition of a table of a record-level return as record_check takes it';

-- All columns, for the workbook that is sent out, the tables in the order in which they are filled in. The programmes are those
-- that the caller may see.
CREATE OR REPLACE FUNCTION casework.record_workbook() RETURNS TABLE (place int, definition jsonb)
LANGUAGE sql STABLE ROWS 10
SET search_path FROM CURRENT
AS $$
	SELECT t.place::int, f.definition || jsonb_build_object('fields', (
		SELECT jsonb_agg(CASE d.field ->> 'meaning'
			WHEN 'service' THEN jsonb_set(d.field, '{constraints,enum}', (d.field #> '{constraints,enum}')
				|| (SELECT coalesce(jsonb_agg(p.programme ORDER BY p.programme), '[]') FROM returns.programme p))
			WHEN 'instrument' THEN jsonb_set(d.field, '{constraints,choices}', (SELECT jsonb_agg(i.name ORDER BY i.name) FROM star_instruments() i))
			ELSE d.field END ORDER BY d.place)
		FROM jsonb_array_elements(f.definition -> 'fields') WITH ORDINALITY d (field, place)))
	FROM unnest('{clients,referrals,engagements,contacts,stars,measures,feedback}'::text[]) WITH ORDINALITY t (name, place)
	JOIN casework.record_form f ON f.name = t.name
	ORDER BY t.place
$$;
COMMENT ON FUNCTION casework.record_workbook() IS 'the definitions of the tables of a record-level return, with programmes and instruments to choose from';

-- The words that stand for the values of a column, in lower case: themselves, and others in their place.
CREATE OR REPLACE FUNCTION casework.record_words() RETURNS TABLE (record_table text, field text, word text, value text)
LANGUAGE sql STABLE ROWS 100
SET search_path FROM CURRENT
AS $$
	SELECT DISTINCT ON (f.name, w.field, lower(w.word)) f.name, w.field, lower(w.word), w.value
	FROM casework.record_form f
	CROSS JOIN jsonb_array_elements(f.definition -> 'fields') d (field)
	CROSS JOIN LATERAL (
		SELECT d.field ->> 'name', v.value, v.value, 1 FROM jsonb_array_elements_text(d.field #> '{constraints,enum}') v (value)
		UNION ALL SELECT d.field ->> 'name', s.key, s.value, 2 FROM jsonb_each_text(d.field -> 'synonyms') s
		UNION ALL SELECT d.field ->> 'name', p.programme, p.programme, 3 FROM returns.programme p WHERE d.field ->> 'meaning' = 'service'
		) w (field, word, value, rank)
	ORDER BY f.name, w.field, lower(w.word), w.rank
$$;
COMMENT ON FUNCTION casework.record_words() IS 'what may be written in columns with a fixed set of values, and the value that it stands for';

CREATE OR REPLACE FUNCTION casework.read_age_band(written text) RETURNS int4range
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT CASE WHEN m[1] IS NULL OR m[2]::int < m[1]::int THEN NULL
		ELSE int4range(m[1]::int, m[2]::int, CASE WHEN m[2] IS NULL THEN '[)' ELSE '[]' END) END
	FROM (SELECT coalesce(regexp_match(written, '^ *(\d{1,3}) *(?:-|to) *(\d{1,3}) *$'),
		regexp_match(written, '^ *(\d{1,3}) *(?:\+|and over)() *$')) AS n) r
	CROSS JOIN LATERAL (SELECT ARRAY[n[1], nullif(n[2], '')] AS m) s
$$;
COMMENT ON FUNCTION casework.read_age_band(text) IS 'ages of a band written as 11-15, 11 to 15, 25+ or 25 and over; both ends belong to it';

-- Who was born in a year is of one of two ages on a day.
CREATE OR REPLACE FUNCTION casework.ages_on(day date, year_of_birth int, age_band int4range) RETURNS int4range
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT CASE WHEN b.age IS NULL OR b.age < 0 THEN ages_on.age_band
		WHEN ages_on.age_band IS NULL THEN int4range(greatest(b.age - 1, 0), b.age, '[]')
		ELSE int4range(greatest(b.age - 1, 0), b.age, '[]') * ages_on.age_band END
	FROM (SELECT extract(year FROM day)::int - ages_on.year_of_birth) b (age)
$$;
COMMENT ON FUNCTION casework.ages_on(date, int, int4range) IS 'ages that a client may have on a day, by year of birth and band; NULL: not known; empty: they contradict each other';

-- A code of an area as it was written.
CREATE OR REPLACE FUNCTION casework.read_area(level text, written text, OUT area gss_code, OUT problem text)
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT c.code, CASE WHEN c.code IS NULL THEN 'not a code' ELSE intake.area_problem(level, c.code) END
	FROM (SELECT CASE WHEN gss_code_is_valid(written) THEN CASE WHEN gss_level(written::gss_code) = level THEN written::gss_code END END AS code) c
	WHERE written IS NOT NULL AND written <> casework.hidden()
$$;
COMMENT ON FUNCTION casework.read_area(text, text) IS 'the code of an LSOA or ward, and what is wrong with it';

-- Where a client lives, as codes. The postcode ends here.
CREATE OR REPLACE FUNCTION casework.read_place(period returns.period, cells jsonb,
	OUT lsoa gss_code, OUT ward gss_code, OUT grade text, OUT field text, OUT problem text)
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	postcode text := nullif(cells ->> 'postcode', casework.hidden());
	stated record;
BEGIN
	IF postcode IS NOT NULL THEN
		field := 'postcode';
		SELECT p.lsoa, p.ward, p.grade, p.problem INTO lsoa, ward, grade, problem
		FROM reference.postcode_area(postcode, returns.period_start(period), returns.period_end(period)) p;
		IF lsoa IS NOT NULL THEN
			RETURN;
		END IF;
		-- Without a directory nobody can know it.
		IF problem = 'unknown postcode' AND NOT EXISTS (SELECT FROM reference.postcode) THEN
			problem := 'no directory';
		END IF;
	END IF;
	SELECT * INTO stated FROM casework.read_area('lsoa', cells ->> 'lsoa');
	IF stated.area IS NOT NULL OR stated.problem IS NOT NULL THEN
		lsoa := stated.area;
		field := CASE WHEN problem IS NULL THEN 'lsoa' ELSE field END;
		problem := coalesce(problem, stated.problem);
	END IF;
	SELECT * INTO stated FROM casework.read_area('ward', cells ->> 'ward');
	IF stated.area IS NOT NULL OR stated.problem IS NOT NULL THEN
		ward := stated.area;
		field := CASE WHEN problem IS NULL THEN 'ward' ELSE field END;
		problem := coalesce(problem, stated.problem);
	END IF;
	grade := CASE WHEN coalesce(lsoa, ward) IS NOT NULL THEN 'stated' END;
END
$$;
COMMENT ON FUNCTION casework.read_place(returns.period, jsonb) IS 'LSOA and ward of a client: of the postcode if it is known, else as given';
