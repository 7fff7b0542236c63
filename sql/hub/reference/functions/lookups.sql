-- LSOA to ward best fit, and LSOA 2011 to LSOA 2021.

CREATE FUNCTION reference.store_lookup(source_file bigint)
RETURNS TABLE (stored bigint, rejected bigint, notes text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	file reference.source_file := (SELECT f FROM reference.source_file AS f WHERE f.id = $1);
	cell jsonb := reference.cell_numbers(file.id);
	lsoas smallint;
	wards smallint;
	earlier bigint[];
BEGIN
	PERFORM reference.lock_geography(true);
	SELECT max(l.vintage) FILTER (WHERE l.field = 'lsoa'), max(l.vintage) FILTER (WHERE l.field = 'ward')
	INTO STRICT lsoas, wards FROM reference.layout(file.kind, file.heading) AS l;

	CREATE TEMPORARY TABLE lookup_read ON COMMIT DROP AS
	SELECT s.line, reference.to_code(w.lsoa) AS lsoa, w.lsoa_name, reference.to_code(w.ward) AS ward, w.ward_name,
		reference.to_code(w.district) AS district, w.district_name,
		CASE WHEN w.lsoa IS NULL THEN 'there is no LSOA code'
			WHEN reference.to_code(w.lsoa) IS NULL THEN format('"%s" is no area code', w.lsoa)
			WHEN gss_level(reference.to_code(w.lsoa)) NOT IN ('lsoa', 'other') THEN format('%s is no LSOA', w.lsoa)
			WHEN w.ward IS NULL THEN format('%s has no ward', w.lsoa)
			WHEN reference.to_code(w.ward) IS NULL THEN format('"%s" is no area code', w.ward)
			WHEN gss_level(reference.to_code(w.ward)) NOT IN ('ward', 'other') THEN format('%s is no ward', w.ward)
			WHEN w.district IS NOT NULL AND reference.to_code(w.district) IS NULL THEN format('"%s" is no area code', w.district)
		END AS problem
	FROM pg_temp.staged AS s
	CROSS JOIN LATERAL (
		SELECT reference.cell(s.cells[(cell ->> 'lsoa')::integer]) AS lsoa,
			reference.cell(s.cells[(cell ->> 'lsoa_name')::integer]) AS lsoa_name,
			reference.cell(s.cells[(cell ->> 'ward')::integer]) AS ward,
			reference.cell(s.cells[(cell ->> 'ward_name')::integer]) AS ward_name,
			reference.cell(s.cells[(cell ->> 'district')::integer]) AS district,
			reference.cell(s.cells[(cell ->> 'district_name')::integer]) AS district_name
		OFFSET 0
	) AS w;
	UPDATE pg_temp.lookup_read AS r SET problem = format('%s stands in line %s too', r.lsoa, b.line)
	FROM (SELECT lsoa, min(line) AS line FROM pg_temp.lookup_read WHERE problem IS NULL GROUP BY lsoa HAVING count(*) > 1) AS b
	WHERE r.problem IS NULL AND r.lsoa = b.lsoa AND r.line > b.line;

	INSERT INTO reference.rejected_row (source_file, line, reason)
	SELECT file.id, r.line, r.problem FROM pg_temp.lookup_read AS r WHERE r.problem IS NOT NULL;
	GET DIAGNOSTICS rejected = ROW_COUNT;
	SELECT array_agg(DISTINCT f.source_file) INTO earlier
	FROM reference.ward_best_fit AS f JOIN pg_temp.lookup_read AS r USING (lsoa)
	WHERE f.lsoa_vintage = lsoas AND f.ward_vintage = wards AND r.problem IS NULL;
	INSERT INTO reference.ward_best_fit (lsoa_vintage, ward_vintage, lsoa, lsoa_name, ward, ward_name, district, district_name, source_file)
	SELECT lsoas, wards, r.lsoa, r.lsoa_name, r.ward, r.ward_name, r.district, r.district_name, file.id
	FROM pg_temp.lookup_read AS r WHERE r.problem IS NULL
	ON CONFLICT (lsoa_vintage, ward_vintage, lsoa) DO UPDATE
	SET lsoa_name = EXCLUDED.lsoa_name, ward = EXCLUDED.ward, ward_name = EXCLUDED.ward_name, district = EXCLUDED.district,
		district_name = EXCLUDED.district_name, source_file = EXCLUDED.source_file;
	GET DIAGNOSTICS stored = ROW_COUNT;
	DROP TABLE pg_temp.lookup_read;
	notes := array_remove(ARRAY[reference.replace_files(earlier, file.id), reference.refresh_wards_by_point()], NULL);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION reference.store_lookup(bigint) IS 'stores an LSOA to ward best fit';

CREATE FUNCTION reference.store_lookup_change(source_file bigint)
RETURNS TABLE (stored bigint, rejected bigint, notes text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	file reference.source_file := (SELECT f FROM reference.source_file AS f WHERE f.id = $1);
	cell jsonb := reference.cell_numbers(file.id);
	earlier bigint[];
BEGIN
	PERFORM reference.lock_geography(true);
	CREATE TEMPORARY TABLE lookup_read ON COMMIT DROP AS
	SELECT s.line, reference.to_code(w.lsoa11) AS lsoa11, reference.to_code(w.lsoa21) AS lsoa21, w.change, w.lsoa11_name, w.lsoa21_name,
		reference.to_code(w.district) AS district, w.district_name,
		CASE WHEN w.lsoa11 IS NULL OR w.lsoa21 IS NULL THEN 'there is no code on one of the two sides'
			WHEN reference.to_code(w.lsoa11) IS NULL THEN format('"%s" is no area code', w.lsoa11)
			WHEN reference.to_code(w.lsoa21) IS NULL THEN format('"%s" is no area code', w.lsoa21)
			WHEN gss_level(reference.to_code(w.lsoa11)) NOT IN ('lsoa', 'other') THEN format('%s is no LSOA', w.lsoa11)
			WHEN gss_level(reference.to_code(w.lsoa21)) NOT IN ('lsoa', 'other') THEN format('%s is no LSOA', w.lsoa21)
			WHEN w.change IS NULL OR w.change NOT IN ('U', 'S', 'M', 'X') THEN format('"%s" is no change code: U, S, M or X is', w.change)
			WHEN w.change = 'U' AND w.lsoa11 <> w.lsoa21 THEN format('%s is called unchanged but becomes %s', w.lsoa11, w.lsoa21)
			WHEN w.district IS NOT NULL AND reference.to_code(w.district) IS NULL THEN format('"%s" is no area code', w.district)
		END AS problem
	FROM pg_temp.staged AS s
	CROSS JOIN LATERAL (
		SELECT upper(reference.cell(s.cells[(cell ->> 'lsoa11')::integer])) AS lsoa11,
			upper(reference.cell(s.cells[(cell ->> 'lsoa21')::integer])) AS lsoa21,
			upper(reference.cell(s.cells[(cell ->> 'change')::integer])) AS change,
			reference.cell(s.cells[(cell ->> 'lsoa11_name')::integer]) AS lsoa11_name,
			reference.cell(s.cells[(cell ->> 'lsoa21_name')::integer]) AS lsoa21_name,
			reference.cell(s.cells[(cell ->> 'district')::integer]) AS district,
			reference.cell(s.cells[(cell ->> 'district_name')::integer]) AS district_name
		OFFSET 0
	) AS w;
	UPDATE pg_temp.lookup_read AS r SET problem = format('%s to %s stands in line %s too', r.lsoa11, r.lsoa21, b.line)
	FROM (SELECT lsoa11, lsoa21, min(line) AS line FROM pg_temp.lookup_read WHERE problem IS NULL
		GROUP BY lsoa11, lsoa21 HAVING count(*) > 1) AS b
	WHERE r.problem IS NULL AND r.lsoa11 = b.lsoa11 AND r.lsoa21 = b.lsoa21 AND r.line > b.line;

	INSERT INTO reference.rejected_row (source_file, line, reason)
	SELECT file.id, r.line, r.problem FROM pg_temp.lookup_read AS r WHERE r.problem IS NOT NULL;
	GET DIAGNOSTICS rejected = ROW_COUNT;
	SELECT array_agg(DISTINCT c.source_file) INTO earlier
	FROM reference.lsoa_change AS c JOIN pg_temp.lookup_read AS r USING (lsoa11, lsoa21) WHERE r.problem IS NULL;
	INSERT INTO reference.lsoa_change (lsoa11, lsoa21, change, lsoa11_name, lsoa21_name, district, district_name, source_file)
	SELECT r.lsoa11, r.lsoa21, r.change, r.lsoa11_name, r.lsoa21_name, r.district, r.district_name, file.id
	FROM pg_temp.lookup_read AS r WHERE r.problem IS NULL
	ON CONFLICT (lsoa11, lsoa21) DO UPDATE
	SET change = EXCLUDED.change, lsoa11_name = EXCLUDED.lsoa11_name, lsoa21_name = EXCLUDED.lsoa21_name,
		district = EXCLUDED.district, district_name = EXCLUDED.district_name, source_file = EXCLUDED.source_file;
	GET DIAGNOSTICS stored = ROW_COUNT;
	DROP TABLE pg_temp.lookup_read;

	DELETE FROM reference.lsoa_move;
	INSERT INTO reference.lsoa_move (vintage, lsoa, target, candidates)
	SELECT m.vintage, m.lsoa, CASE count(*) WHEN 1 THEN min(m.target) END, array_agg(m.target ORDER BY m.target)
	FROM (SELECT 2021 AS vintage, c.lsoa11 AS lsoa, c.lsoa21 AS target FROM reference.lsoa_change AS c
		UNION ALL
		SELECT 2011, c.lsoa21, c.lsoa11 FROM reference.lsoa_change AS c) AS m
	GROUP BY m.vintage, m.lsoa
	HAVING NOT bool_or(m.lsoa = m.target);
	notes := array_remove(ARRAY[reference.replace_files(earlier, file.id), reference.refresh_placed_crimes(),
		reference.refresh_moved_crimes(NULL, NULL)], NULL);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION reference.store_lookup_change(bigint) IS 'stores LSOA 2011 to LSOA 2021 and brings the crimes of either vintage to the other again';
