-- Residents by area and age, sex or ethnic group.

CREATE FUNCTION reference.store_population(source_file bigint)
RETURNS TABLE (stored bigint, rejected bigint, notes text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	file reference.source_file := (SELECT f FROM reference.source_file AS f WHERE f.id = $1);
	cell jsonb := reference.cell_numbers(file.id);
	year smallint := substring(file.edition FROM '(?:19|20)\d\d')::smallint;
	of_vintage smallint;
	-- What the column of categories divides by.
	divides text;
	earlier bigint[];
	levels text[];
BEGIN
	PERFORM reference.lock_geography(true);
	SELECT l.vintage INTO of_vintage FROM reference.layout('population', file.heading) AS l WHERE l.field = 'area';
	SELECT CASE WHEN reference.plain_heading(h.name) ~ '^age' THEN 'all' WHEN reference.plain_heading(h.name) ~ '^sex' THEN 'sex'
		ELSE 'ethnic group' END INTO divides
	FROM reference.layout('population', file.heading) AS l
	JOIN unnest(file.heading) WITH ORDINALITY AS h(name, place) USING (place) WHERE l.field = 'category';

	-- One row a cell: the total of the area, the column of counts, and each column that is a band.
	CREATE TEMPORARY TABLE population_read ON COMMIT DROP AS
	WITH layout AS MATERIALIZED (
		SELECT l.field, l.age, l.category, row_number() OVER ()::integer AS cell_number
		FROM reference.layout('population', file.heading) AS l
	)
	SELECT s.line, w.area AS written, reference.to_code(w.area) AS area, v.age, v.characteristic, v.category, reference.to_whole_number(v.n) AS n,
		CASE WHEN w.area IS NULL THEN 'there is no area code'
			WHEN reference.to_code(w.area) IS NULL THEN format('"%s" is no area code', w.area)
			WHEN v.age IS NULL THEN format('the age "%s" can''t be read', v.label)
			WHEN v.category IS NULL THEN 'there is no category'
			WHEN reference.to_whole_number(v.n) IS NULL OR reference.to_whole_number(v.n) < 0
				THEN format('"%s" is no number of people', coalesce(v.n, ''))
		END AS problem
	FROM pg_temp.staged AS s
	CROSS JOIN LATERAL (
		SELECT upper(reference.cell(s.cells[(cell ->> 'area')::integer])) AS area,
			reference.cell(s.cells[(cell ->> 'total')::integer]) AS total,
			reference.cell(s.cells[(cell ->> 'category')::integer]) AS category,
			reference.cell(s.cells[(cell ->> 'n')::integer]) AS n
		OFFSET 0
	) AS w
	CROSS JOIN LATERAL (
		SELECT NULL::text AS label, '[0,)'::int4range AS age, coalesce(divides, 'all') AS characteristic, 'all' AS category, w.total AS n
		WHERE cell ? 'total'
		UNION ALL
		SELECT w.category, CASE divides WHEN 'all' THEN reference.age_band(w.category) ELSE '[0,)' END, divides,
			CASE WHEN divides = 'all' OR lower(w.category) IN ('all', 'total', 'all usual residents') THEN 'all' ELSE w.category END, w.n
		WHERE cell ?& '{category,n}'
		UNION ALL
		SELECT NULL, c.age, coalesce(substring(c.category FROM '^(ethnic group|sex): '), 'all'),
			regexp_replace(c.category, '^(ethnic group|sex): ', ''), reference.cell(s.cells[c.cell_number])
		FROM layout AS c
		WHERE c.field = 'count'
	) AS v;
	CREATE INDEX ON pg_temp.population_read (line);
	-- A line is stored whole or not at all.
	UPDATE pg_temp.population_read AS r SET problem = CASE WHEN b.n = r.n THEN format('%s stands in line %s too', r.area, b.line)
		ELSE format('%s stands in line %s too, with another number', r.area, b.line) END
	FROM (
		SELECT DISTINCT ON (area, characteristic, category, age) area, characteristic, category, age, line, n
		FROM pg_temp.population_read WHERE problem IS NULL
		ORDER BY area, characteristic, category, age, line
	) AS b
	WHERE r.problem IS NULL AND r.line > b.line AND (r.area, r.characteristic, r.category, r.age) = (b.area, b.characteristic, b.category, b.age)
		-- In a long table the total of an area stands in each of its lines.
		AND NOT (cell ? 'total' AND cell ? 'category' AND r.category = 'all' AND r.age = '[0,)' AND r.n = b.n);

	INSERT INTO reference.rejected_row (source_file, line, reason)
	SELECT DISTINCT ON (r.line) file.id, r.line, r.problem FROM pg_temp.population_read AS r WHERE r.problem IS NOT NULL
	ORDER BY r.line, r.problem DESC;
	GET DIAGNOSTICS rejected = ROW_COUNT;
	DELETE FROM pg_temp.population_read AS r
	WHERE EXISTS (SELECT FROM pg_temp.population_read AS b WHERE b.line = r.line AND b.problem IS NOT NULL);
	SELECT count(DISTINCT r.line), array_agg(DISTINCT reference.area_level(r.area)) INTO stored, levels FROM pg_temp.population_read AS r;

	SELECT array_agg(DISTINCT p.source_file) INTO earlier
	FROM pg_temp.population_read AS r
	JOIN reference.population AS p USING (area, characteristic, category, age)
	WHERE p.edition = file.edition AND NOT p.summed AND p.n <> r.n;
	INSERT INTO reference.population AS p (edition, year, level, vintage, area, age, characteristic, category, n, source_file)
	SELECT DISTINCT ON (r.area, r.characteristic, r.category, r.age) file.edition, year, reference.area_level(r.area),
		coalesce(of_vintage, CASE WHEN year >= 2021 THEN 2021 ELSE 2011 END), r.area, r.age, r.characteristic, r.category, r.n, file.id
	FROM pg_temp.population_read AS r
	ORDER BY r.area, r.characteristic, r.category, r.age, r.line
	ON CONFLICT (edition, level, vintage, area, characteristic, category, age) DO UPDATE
	SET n = EXCLUDED.n, summed = false, source_file = EXCLUDED.source_file;

	-- Totals that no file gives: the sum of bands that cover all ages once, or of all categories.
	INSERT INTO reference.population AS p (edition, year, level, vintage, area, age, characteristic, category, n, summed, source_file)
	SELECT b.edition, b.year, b.level, b.vintage, b.area, '[0,)', b.characteristic, 'all', sum(b.n), true, file.id
	FROM (
		SELECT q.edition, q.year, q.level, q.vintage, q.area, q.characteristic, q.category, sum(q.n) AS n
		FROM reference.population AS q
		WHERE q.edition = file.edition AND (q.characteristic <> 'all' AND q.category <> 'all' OR q.age <> '[0,)')
			AND q.area IN (SELECT r.area FROM pg_temp.population_read AS r)
		GROUP BY q.edition, q.year, q.level, q.vintage, q.area, q.characteristic, q.category
		HAVING range_agg(q.age) = '{[0,)}' AND sum(coalesce(upper(q.age), 1000) - lower(q.age)) = 1000
	) AS b
	GROUP BY b.edition, b.year, b.level, b.vintage, b.area, b.characteristic
	HAVING b.characteristic = 'all' OR count(*) > 1
	ON CONFLICT (edition, level, vintage, area, characteristic, category, age) DO UPDATE
	SET n = EXCLUDED.n, source_file = EXCLUDED.source_file WHERE p.summed;
	DROP TABLE pg_temp.population_read;
	notes := array_remove(ARRAY[reference.replace_files(earlier, file.id)], NULL);
	IF 'lsoa' = ANY (levels) THEN
		notes := array_remove(notes || reference.refresh_estimated_crimes(), NULL);
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION reference.store_population(bigint) IS 'stores a table of residents, with a column a band or a row a band, and the totals that follow';

CREATE FUNCTION reference.area_level(code gss_code)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN gss_level(code) IN ('unitary', 'metropolitan_district', 'london_borough') THEN 'district'
	WHEN gss_level(code) = 'metropolitan_county' THEN 'county' ELSE gss_level(code) END;
COMMENT ON FUNCTION reference.area_level(gss_code) IS 'level of a code as reference.area names it: every kind of local authority district is a district';
