-- Postcodes: ONSPD, NSPL, Code-Point Open.

CREATE FUNCTION reference.postcode_edition_gives_way(old text, new text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- Code-Point Open has neither LSOA nor terminated postcodes, so a directory goes before it, however old.
RETURN CASE WHEN (old LIKE 'Code-Point Open%') <> (new LIKE 'Code-Point Open%') THEN old LIKE 'Code-Point Open%'
	ELSE coalesce(substring(new FROM '(?:19|20)\d\d(?:-\d\d)?') >= substring(old FROM '(?:19|20)\d\d(?:-\d\d)?'), true) END;
COMMENT ON FUNCTION reference.postcode_edition_gives_way(text, text) IS 'whether a row of the old edition is replaced by one of the new';

CREATE FUNCTION reference.place_postcodes(of_vintage smallint, of_file bigint, box geometry)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off SET enable_nestloop = off
AS $$
DECLARE
	lsoa_column text := CASE of_vintage WHEN 2011 THEN 'lsoa11' WHEN 2021 THEN 'lsoa21' END;
BEGIN
	IF lsoa_column IS NULL OR box IS NULL THEN
		RETURN;
	END IF;
	-- Area by area: PostGIS keeps a polygon prepared from one point to the next. Just loaded, the table has no
	-- statistics, and a nested loop over postcodes would take minutes: hence enable_nestloop above.
	EXECUTE format(
		'WITH found AS MATERIALIZED (
			SELECT k.postcode, min(a.code) AS code
			FROM reference.area AS a
			CROSS JOIN LATERAL (
				SELECT p.postcode FROM reference.postcode AS p
				WHERE p.lsoa_by_point AND p.easting BETWEEN floor(ST_XMin(a.geom))::integer AND ceil(ST_XMax(a.geom))::integer
					AND p.northing BETWEEN floor(ST_YMin(a.geom))::integer AND ceil(ST_YMax(a.geom))::integer
					AND ST_Covers(a.geom, ST_SetSRID(ST_MakePoint(p.easting, p.northing), 27700))
				OFFSET 0) AS k
			WHERE a.level = ''lsoa'' AND a.vintage = $1 AND a.geom && $7
			GROUP BY k.postcode
		)
		UPDATE reference.postcode AS p SET %1$I = f.code
		FROM (
			SELECT p.postcode, f.code
			FROM reference.postcode AS p LEFT JOIN found AS f USING (postcode)
			WHERE p.lsoa_by_point AND p.easting BETWEEN $3 AND $4 AND p.northing BETWEEN $5 AND $6
				AND ($2 IS NULL OR p.source_file = $2)
		) AS f
		WHERE p.postcode = f.postcode AND p.%1$I IS DISTINCT FROM f.code', lsoa_column)
	USING of_vintage, of_file, floor(ST_XMin(box))::integer, ceil(ST_XMax(box))::integer, floor(ST_YMin(box))::integer,
		ceil(ST_YMax(box))::integer, ST_SetSRID(box, 27700);
END
$$;
COMMENT ON FUNCTION reference.place_postcodes(smallint, bigint, geometry) IS 'finds the LSOA of postcodes whose file has none, within a box, for one file or all';

CREATE FUNCTION reference.store_postcodes(source_file bigint)
RETURNS TABLE (stored bigint, rejected bigint, notes text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	file reference.source_file := (SELECT f FROM reference.source_file AS f WHERE f.id = $1);
	cell jsonb := reference.cell_numbers(file.id);
	by_point boolean := NOT cell ?| '{lsoa11,lsoa21}';
	accepted bigint;
	earlier bigint[];
	lsoas smallint;
	box geometry;
	n bigint;
BEGIN
	-- Two directories at once would meet in the same postcodes.
	PERFORM pg_advisory_xact_lock(hashtextextended('reference postcodes', 0));
	PERFORM reference.lock_geography(false);
	CREATE TEMPORARY TABLE postcode_read ON COMMIT DROP AS
	SELECT s.line, v.postcode, v.introduced, v.terminated,
		CASE WHEN v.placed THEN v.easting END AS easting, CASE WHEN v.placed THEN v.northing END AS northing,
		v.quality, v.lsoa11, v.lsoa21, v.ward, v.district,
		CASE WHEN w.postcode IS NULL THEN 'there is no postcode'
			WHEN v.postcode IS NULL THEN format('"%s" is no postcode', w.postcode)
			WHEN w.introduced IS NOT NULL AND v.introduced IS NULL THEN format('the month of introduction "%s" can''t be read', w.introduced)
			WHEN w.terminated IS NOT NULL AND v.terminated IS NULL THEN format('the month of termination "%s" can''t be read', w.terminated)
			WHEN w.easting IS NOT NULL AND v.easting IS NULL THEN format('the easting "%s" is no whole number', w.easting)
			WHEN w.northing IS NOT NULL AND v.northing IS NULL THEN format('the northing "%s" is no whole number', w.northing)
			WHEN w.quality IS NOT NULL AND v.quality IS NULL THEN format('the positional quality "%s" is no whole number', w.quality)
			WHEN w.lsoa11 IS NOT NULL AND v.lsoa11 IS NULL THEN format('"%s" is no area code', w.lsoa11)
			WHEN w.lsoa21 IS NOT NULL AND v.lsoa21 IS NULL THEN format('"%s" is no area code', w.lsoa21)
			WHEN w.ward IS NOT NULL AND v.ward IS NULL THEN format('"%s" is no area code', w.ward)
			WHEN w.district IS NOT NULL AND v.district IS NULL THEN format('"%s" is no area code', w.district)
		END AS problem
	FROM pg_temp.staged AS s
	CROSS JOIN LATERAL (
		SELECT reference.cell(s.cells[(cell ->> 'postcode')::integer]) AS postcode,
			reference.cell(s.cells[(cell ->> 'introduced')::integer]) AS introduced,
			reference.cell(s.cells[(cell ->> 'terminated')::integer]) AS terminated,
			reference.cell(s.cells[(cell ->> 'easting')::integer]) AS easting,
			reference.cell(s.cells[(cell ->> 'northing')::integer]) AS northing,
			reference.cell(s.cells[(cell ->> 'positional_quality')::integer]) AS quality,
			reference.ons_code(s.cells[(cell ->> 'lsoa11')::integer]) AS lsoa11,
			reference.ons_code(s.cells[(cell ->> 'lsoa21')::integer]) AS lsoa21,
			reference.ons_code(s.cells[(cell ->> 'ward')::integer]) AS ward,
			reference.ons_code(s.cells[(cell ->> 'district')::integer]) AS district
		OFFSET 0
	) AS w
	CROSS JOIN LATERAL (
		SELECT CASE WHEN uk_postcode_is_valid(w.postcode) THEN w.postcode::uk_postcode END AS postcode,
			reference.to_month(w.introduced) AS introduced, reference.to_month(w.terminated) AS terminated,
			CASE WHEN w.easting ~ '^\d{1,7}$' THEN w.easting::integer END AS easting,
			CASE WHEN w.northing ~ '^\d{1,7}$' THEN w.northing::integer END AS northing,
			-- Code-Point Open prints 0, 0 for a postcode that it can't place.
			w.easting ~ '[1-9]' AND w.northing ~ '[1-9]' AS placed,
			CASE WHEN w.quality ~ '^\d{1,2}$' THEN w.quality::smallint END AS quality,
			reference.to_code(w.lsoa11) AS lsoa11, reference.to_code(w.lsoa21) AS lsoa21,
			reference.to_code(w.ward) AS ward, reference.to_code(w.district) AS district
		OFFSET 0
	) AS v;
	UPDATE pg_temp.postcode_read AS r SET problem = format('%s stands in line %s too', r.postcode, b.line)
	FROM (SELECT postcode, min(line) AS line FROM pg_temp.postcode_read WHERE problem IS NULL GROUP BY postcode HAVING count(*) > 1) AS b
	WHERE r.problem IS NULL AND r.postcode = b.postcode AND r.line > b.line;

	INSERT INTO reference.rejected_row (source_file, line, reason)
	SELECT file.id, r.line, r.problem FROM pg_temp.postcode_read AS r WHERE r.problem IS NOT NULL;
	GET DIAGNOSTICS rejected = ROW_COUNT;
	SELECT count(*) INTO accepted FROM pg_temp.postcode_read AS r WHERE r.problem IS NULL;
	SELECT array_agg(DISTINCT p.source_file) INTO earlier
	FROM reference.postcode AS p JOIN pg_temp.postcode_read AS r USING (postcode)
	WHERE r.problem IS NULL AND reference.postcode_edition_gives_way(p.edition, file.edition);
	INSERT INTO reference.postcode AS p (postcode, introduced, terminated, easting, northing, positional_quality, lsoa11, lsoa21,
		lsoa_by_point, ward, district, edition, source_file)
	SELECT r.postcode, r.introduced, r.terminated, r.easting, r.northing, r.quality, r.lsoa11, r.lsoa21,
		by_point, r.ward, r.district, file.edition, file.id
	FROM pg_temp.postcode_read AS r WHERE r.problem IS NULL
	ON CONFLICT (postcode) DO UPDATE
	SET introduced = EXCLUDED.introduced, terminated = EXCLUDED.terminated, easting = EXCLUDED.easting, northing = EXCLUDED.northing,
		positional_quality = EXCLUDED.positional_quality, lsoa11 = EXCLUDED.lsoa11, lsoa21 = EXCLUDED.lsoa21,
		lsoa_by_point = EXCLUDED.lsoa_by_point, ward = EXCLUDED.ward, district = EXCLUDED.district,
		edition = EXCLUDED.edition, source_file = EXCLUDED.source_file
	WHERE reference.postcode_edition_gives_way(p.edition, EXCLUDED.edition);
	GET DIAGNOSTICS stored = ROW_COUNT;
	notes := '{}';
	IF stored < accepted THEN
		notes := notes || (reference.number_of(accepted - stored, 'postcode') || ' left as an edition gives them that goes before this one');
	END IF;
	notes := notes || reference.replace_files(earlier, file.id);

	IF by_point THEN
		FOREACH lsoas IN ARRAY '{2011,2021}'::smallint[] LOOP
			box := (SELECT ST_Extent(a.geom)::geometry FROM reference.area AS a WHERE a.level = 'lsoa' AND a.vintage = lsoas);
			PERFORM reference.place_postcodes(lsoas, file.id, box);
			SELECT count(*) INTO n FROM reference.postcode AS p
			WHERE p.source_file = file.id AND CASE lsoas WHEN 2011 THEN p.lsoa11 ELSE p.lsoa21 END IS NULL;
			IF box IS NULL THEN
				notes := notes || format('no boundaries of LSOA %s are loaded: these postcodes get theirs when they come', lsoas);
			ELSIF n > 0 THEN
				notes := notes || format('%s outside the loaded boundaries of LSOA %s', reference.number_of(n, 'postcode'), lsoas);
			END IF;
		END LOOP;
	END IF;
	DROP TABLE pg_temp.postcode_read;
	notes := array_remove(notes, NULL);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION reference.store_postcodes(bigint) IS 'stores a postcode directory or Code-Point Open, terminated postcodes with their dates';
