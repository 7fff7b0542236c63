-- Boundaries.

CREATE FUNCTION reference.area_geometry(shape text, OUT geom geometry, OUT repaired boolean, OUT problem text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $$
BEGIN
	repaired := false;
	BEGIN
		geom := ST_GeomFromGeoJSON(shape);
	EXCEPTION WHEN OTHERS THEN
		problem := 'the geometry can''t be read';
		RETURN;
	END;
	IF geom IS NULL OR ST_IsEmpty(geom) THEN
		problem := 'the feature has no geometry';
	ELSIF GeometryType(geom) NOT IN ('POLYGON', 'MULTIPOLYGON', 'GEOMETRYCOLLECTION') THEN
		problem := format('a %s is no area', lower(GeometryType(geom)));
	ELSIF ST_XMin(geom) < -15 OR ST_XMax(geom) > 4 OR ST_YMin(geom) < 48 OR ST_YMax(geom) > 63 THEN
		problem := 'the geometry lies outside Great Britain';
	ELSE
		geom := ST_Transform(ST_Force2D(ST_SetSRID(geom, 4326)), 27700);
		IF NOT ST_IsValid(geom) THEN
			repaired := true;
			geom := ST_MakeValid(geom);
		END IF;
		geom := ST_Multi(ST_CollectionExtract(geom, 3));
		IF ST_IsEmpty(geom) THEN
			problem := 'the geometry holds no area';
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION reference.area_geometry(text) IS 'a GeoJSON geometry as a valid MultiPolygon on the British National Grid: rings that cross are mended, points and lines left out';

CREATE FUNCTION reference.store_areas(source_file bigint)
RETURNS TABLE (stored bigint, rejected bigint, notes text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	file reference.source_file := (SELECT f FROM reference.source_file AS f WHERE f.id = $1);
	of_level text;
	of_vintage smallint;
	code_heading text;
	name_heading text;
	district_heading text;
	earlier bigint[];
	mended text[];
	note text;
BEGIN
	PERFORM reference.lock_geography(true);
	SELECT l.field, coalesce(l.vintage, substring(file.edition FROM '(?:19|20)\d\d')::smallint), file.heading[l.place]
	INTO STRICT of_level, of_vintage, code_heading
	FROM reference.layout('areas', file.heading) AS l LIMIT 1;
	-- WD25NM beside WD25CD; not WD25NMW, the name in Welsh.
	SELECT h INTO name_heading FROM unnest(file.heading) AS h
	WHERE lower(h) = regexp_replace(lower(code_heading), '(cd|code)$', CASE WHEN lower(code_heading) ~ 'code$' THEN 'name' ELSE 'nm' END);
	SELECT file.heading[l.place] INTO district_heading
	FROM reference.layout('areas', file.heading) AS l WHERE l.field = 'district' AND of_level IN ('oa', 'lsoa', 'msoa', 'ward', 'parish');

	CREATE TEMPORARY TABLE area_read ON COMMIT DROP AS
	SELECT s.line, f.code, f.name, f.district, g.geom, g.repaired,
		CASE WHEN f.written IS NULL THEN format('the feature has no %s', code_heading)
			WHEN f.code IS NULL THEN format('"%s" is no area code', f.written)
			WHEN of_level IN ('oa', 'lsoa', 'msoa', 'ward', 'parish') AND gss_level(f.code) NOT IN (of_level, 'other')
				THEN format('%s is a code of level %s, not %s', f.code, gss_level(f.code), of_level)
			ELSE g.problem END AS problem
	FROM pg_temp.staged AS s
	CROSS JOIN LATERAL (SELECT s.cells[1]::json AS feature OFFSET 0) AS j
	CROSS JOIN LATERAL (
		SELECT p.written, reference.to_code(p.written) AS code, p.name, reference.to_code(p.district) AS district
		FROM (SELECT reference.cell(j.feature -> 'properties' ->> code_heading) AS written,
				reference.cell(j.feature -> 'properties' ->> name_heading) AS name,
				reference.cell(j.feature -> 'properties' ->> district_heading) AS district) AS p
		OFFSET 0
	) AS f
	CROSS JOIN LATERAL reference.area_geometry(j.feature ->> 'geometry') AS g;
	UPDATE pg_temp.area_read AS a SET problem = format('%s stands in feature %s too', a.code, b.line)
	FROM (SELECT code, min(line) AS line FROM pg_temp.area_read WHERE problem IS NULL GROUP BY code HAVING count(*) > 1) AS b
	WHERE a.problem IS NULL AND a.code = b.code AND a.line > b.line;

	INSERT INTO reference.rejected_row (source_file, line, reason)
	SELECT file.id, a.line, a.problem FROM pg_temp.area_read AS a WHERE a.problem IS NOT NULL;
	GET DIAGNOSTICS rejected = ROW_COUNT;

	SELECT array_agg(DISTINCT a.source_file) INTO earlier
	FROM reference.area AS a JOIN pg_temp.area_read AS r USING (code)
	WHERE a.level = of_level AND a.vintage = of_vintage AND r.problem IS NULL;
	INSERT INTO reference.area (level, vintage, code, name, district, geom, repaired, source_file)
	SELECT of_level, of_vintage, a.code, a.name, a.district, a.geom, a.repaired, file.id
	FROM pg_temp.area_read AS a WHERE a.problem IS NULL
	ON CONFLICT (level, vintage, code) DO UPDATE
	SET name = EXCLUDED.name, district = EXCLUDED.district, geom = EXCLUDED.geom, repaired = EXCLUDED.repaired,
		source_file = EXCLUDED.source_file;
	GET DIAGNOSTICS stored = ROW_COUNT;

	SELECT array_agg(a.code::text ORDER BY a.code) INTO mended FROM pg_temp.area_read AS a WHERE a.problem IS NULL AND a.repaired;
	notes := '{}';
	IF mended IS NOT NULL THEN
		notes := notes || format('%s with invalid rings, mended: %s', reference.number_of(cardinality(mended), 'boundary'),
			reference.some_of(mended));
	END IF;
	notes := notes || reference.replace_files(earlier, file.id);
	FOR note IN SELECT reference.refresh_after_areas(of_level, of_vintage, ARRAY(SELECT a.code FROM pg_temp.area_read AS a WHERE a.problem IS NULL)) LOOP
		notes := notes || note;
	END LOOP;
	notes := array_remove(notes, NULL);
	DROP TABLE pg_temp.area_read;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION reference.store_areas(bigint) IS 'stores the features of a boundary file and places again what depends on them';
