-- English Indices of Deprivation.

CREATE FUNCTION reference.store_deprivation(source_file bigint)
RETURNS TABLE (stored bigint, rejected bigint, notes text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	file reference.source_file := (SELECT f FROM reference.source_file AS f WHERE f.id = $1);
	edition smallint := file.edition::smallint;
	lsoas smallint := CASE WHEN file.edition::integer >= 2020 THEN 2021 WHEN file.edition::integer >= 2015 THEN 2011 ELSE 2001 END;
	cell jsonb := reference.cell_numbers(file.id);
	-- For each measure of the file: its column, type, official name and what its cell must be.
	columns text;
	readings text;
	problems text;
	conflicts text;
	settings text;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('reference deprivation', 0));
	SELECT string_agg(format('%I', m.measure), ', ' ORDER BY m.ord),
		string_agg(format('%s AS %I', CASE
			-- A rate that was written as a percentage: the published rate has three decimals.
			WHEN m.percentage THEN format('round(reference.to_number(s.cells[%s]) / 100, 3)::float8', m.n)
			WHEN m.type = 'double precision' THEN format('reference.to_number(s.cells[%s])::float8', m.n)
			ELSE format('reference.to_whole_number(s.cells[%s])', m.n) END, m.measure), ', ' ORDER BY m.ord),
		string_agg(format(
			'WHEN s.cells[%1$s] IS NOT NULL AND (v.%2$I IS NULL OR NOT v.%2$I %3$s) THEN format(''%%s "%%s" is not %4$s'', %5$L, s.cells[%1$s])',
			m.n, m.measure,
			CASE WHEN m.measure LIKE '%decile' THEN 'BETWEEN 1 AND 10' WHEN m.measure LIKE '%rank' THEN 'BETWEEN 1 AND 100000'
				WHEN m.rate THEN 'BETWEEN 0 AND 1' WHEN m.measure LIKE 'population%' THEN 'BETWEEN 0 AND 1000000'
				ELSE 'BETWEEN -1000 AND 1000' END,
			CASE WHEN m.measure LIKE '%decile' THEN 'a decile, 1 to 10' WHEN m.measure LIKE '%rank' THEN 'a rank'
				WHEN m.percentage THEN 'a percentage' WHEN m.rate THEN 'a rate, 0 to 1'
				WHEN m.measure LIKE 'population%' THEN 'a number of people' ELSE 'a score' END, m.official), ' ' ORDER BY m.ord),
		string_agg(format('WHEN d.%1$I <> r.%1$I THEN format(''%%s %%s differs from %%s, which is loaded already'', %2$L, r.%1$I, d.%1$I)',
			m.measure, m.official), ' ' ORDER BY m.ord),
		string_agg(format('%1$I = coalesce(EXCLUDED.%1$I, d.%1$I)', m.measure), ', ' ORDER BY m.ord)
	INTO columns, readings, problems, conflicts, settings
	FROM (
		SELECT p.ord, p.official, cell ->> p.field AS n, p.field LIKE '%percent' AS percentage,
			replace(p.field, '_percent', '_score') AS measure,
			p.field ~ '^(income|employment|idaci|idaopi)_(score|percent)$' AS rate,
			format_type(a.atttypid, NULL) AS type
		FROM reference.heading_pattern() AS p
		JOIN pg_attribute AS a ON a.attrelid = 'reference.deprivation'::regclass AND a.attname = replace(p.field, '_percent', '_score')
		WHERE p.kind = 'deprivation' AND p.tells AND cell ? p.field
	) AS m;

	EXECUTE format(
		'CREATE TEMPORARY TABLE deprivation_read ON COMMIT DROP AS
		SELECT s.line, reference.to_code(s.cells[%1$s]) AS lsoa, s.cells[%2$s] AS lsoa_name, reference.to_code(s.cells[%3$s]) AS district, v.*,
			CASE WHEN s.cells[%1$s] IS NULL THEN ''there is no LSOA code''
				WHEN reference.to_code(s.cells[%1$s]) IS NULL THEN format(''"%%s" is no area code'', s.cells[%1$s])
				WHEN gss_level(reference.to_code(s.cells[%1$s])) <> ''lsoa'' THEN format(''%%s is no LSOA'', s.cells[%1$s])
				%5$s END AS problem
		FROM (SELECT t.line, ARRAY(SELECT reference.cell(c) FROM unnest(t.cells) WITH ORDINALITY AS u(c, n) ORDER BY n) AS cells
			FROM pg_temp.staged AS t OFFSET 0) AS s
		CROSS JOIN LATERAL (SELECT %4$s OFFSET 0) AS v',
		cell ->> 'lsoa', coalesce(cell ->> 'lsoa_name', 'NULL'), coalesce(cell ->> 'district', 'NULL'), readings, problems);
	UPDATE pg_temp.deprivation_read AS r SET problem = format('%s stands in line %s too', r.lsoa, b.line)
	FROM (SELECT lsoa, min(line) AS line FROM pg_temp.deprivation_read WHERE problem IS NULL GROUP BY lsoa HAVING count(*) > 1) AS b
	WHERE r.problem IS NULL AND r.lsoa = b.lsoa AND r.line > b.line;
	EXECUTE format(
		'UPDATE pg_temp.deprivation_read AS r SET problem = CASE %s END
		FROM reference.deprivation AS d WHERE r.problem IS NULL AND d.edition = $1 AND d.lsoa = r.lsoa', conflicts)
	USING edition;

	INSERT INTO reference.rejected_row (source_file, line, reason)
	SELECT file.id, r.line, r.problem FROM pg_temp.deprivation_read AS r WHERE r.problem IS NOT NULL;
	GET DIAGNOSTICS rejected = ROW_COUNT;
	EXECUTE format(
		'INSERT INTO reference.deprivation AS d (edition, lsoa, lsoa_vintage, lsoa_name, district, source_files, %1$s)
		SELECT $1, r.lsoa, $2, r.lsoa_name, r.district, ARRAY[$3], %1$s
		FROM pg_temp.deprivation_read AS r WHERE r.problem IS NULL
		ON CONFLICT (edition, lsoa) DO UPDATE
		SET lsoa_name = coalesce(d.lsoa_name, EXCLUDED.lsoa_name), district = coalesce(d.district, EXCLUDED.district),
			source_files = d.source_files || $3, %2$s', columns, settings)
	USING edition, lsoas, file.id;
	GET DIAGNOSTICS stored = ROW_COUNT;
	DROP TABLE pg_temp.deprivation_read;
	notes := '{}';
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION reference.store_deprivation(bigint) IS 'fills the columns that a file of the Indices of Deprivation has, whatever was loaded before it';
