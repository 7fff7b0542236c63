-- What is derived again when boundaries, lookups or population come after the crimes and postcodes: the order
-- of loads never matters. Each function returns a note, or NULL when nothing changed. The caller holds
-- lock_geography(true).

CREATE FUNCTION reference.refresh_placed_crimes()
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off
AS $$
DECLARE
	pair record;
	changed bigint;
	total bigint := 0;
	file bigint;
BEGIN
	FOR pair IN SELECT DISTINCT c.force, c.month FROM reference.crime AS c
		WHERE (c.lsoa IS NULL OR c.lsoa_derived) AND c.longitude IS NOT NULL ORDER BY 1, 2 LOOP
		changed := reference.place_force_month(pair.force, pair.month);
		IF changed > 0 THEN
			total := total + changed;
			DELETE FROM reference.crime_force_count AS c WHERE c.force = pair.force AND c.month = pair.month;
			DELETE FROM reference.crime_moved AS c WHERE c.force = pair.force AND c.month = pair.month;
			DELETE FROM reference.crime_month AS c WHERE c.force = pair.force AND c.month = pair.month
			RETURNING c.source_file INTO file;
			PERFORM reference.count_force_month(pair.force, pair.month, file);
			PERFORM reference.move_force_month(pair.force, pair.month);
		END IF;
	END LOOP;
	RETURN CASE WHEN total > 0 THEN reference.number_of(total, 'crime') || ' without LSOA code, placed again by point' END;
END
$$;
COMMENT ON FUNCTION reference.refresh_placed_crimes() IS 'places the crimes without published LSOA again, and counts their months anew';

CREATE FUNCTION reference.refresh_moved_crimes(of_vintage smallint, codes gss_code[])
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off
AS $$
DECLARE
	pair record;
	n bigint := 0;
BEGIN
	FOR pair IN
		SELECT DISTINCT c.force, c.month
		FROM reference.crime_force_count AS c
		JOIN (SELECT m.lsoa FROM reference.lsoa_move AS m
			WHERE m.target IS NULL AND (codes IS NULL OR m.vintage = of_vintage AND m.candidates && codes)
			UNION
			-- Codes that an earlier state of the lookup moved.
			SELECT v.lsoa FROM reference.crime_moved AS v WHERE codes IS NULL) AS m ON m.lsoa = c.area
		ORDER BY 1, 2
	LOOP
		DELETE FROM reference.crime_moved AS c WHERE c.force = pair.force AND c.month = pair.month;
		PERFORM reference.move_force_month(pair.force, pair.month);
		n := n + 1;
	END LOOP;
	RETURN CASE WHEN n > 0 THEN 'crimes brought to the other vintage again: ' || reference.number_of(n, 'month') || ' of a force' END;
END
$$;
COMMENT ON FUNCTION reference.refresh_moved_crimes(smallint, gss_code[]) IS 'brings crimes to the other vintage again: those whose candidates are among the codes, or all';

CREATE FUNCTION reference.refresh_estimated_crimes()
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off
AS $$
DECLARE
	pair record;
	n bigint := 0;
BEGIN
	FOR pair IN SELECT DISTINCT c.force, c.month FROM reference.crime_moved AS c WHERE c.estimated ORDER BY 1, 2 LOOP
		DELETE FROM reference.crime_moved AS c WHERE c.force = pair.force AND c.month = pair.month;
		PERFORM reference.move_force_month(pair.force, pair.month);
		n := n + 1;
	END LOOP;
	RETURN CASE WHEN n > 0 THEN 'estimated crimes shared again: ' || reference.number_of(n, 'month') || ' of a force' END;
END
$$;
COMMENT ON FUNCTION reference.refresh_estimated_crimes() IS 'shares again what was shared by population';

CREATE FUNCTION reference.refresh_wards_by_point()
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off
AS $$
DECLARE
	pair record;
	wards text[];
BEGIN
	CREATE TEMPORARY TABLE ward_wanted ON COMMIT DROP AS
	SELECT w.vintage, w.ward, w.geom, ST_XMin(b.box) - 0.001 AS west, ST_YMin(b.box) - 0.001 AS south,
		ST_XMax(b.box) + 0.001 AS east, ST_YMax(b.box) + 0.001 AS north
	FROM reference.ward AS w
	CROSS JOIN LATERAL (SELECT Box2D(ST_Transform(ST_Segmentize(w.geom, 1000), 4326)) AS box) AS b
	WHERE w.status = 'no best-fit area';
	IF NOT EXISTS (
		SELECT FROM pg_temp.ward_wanted AS n
		FULL JOIN reference.ward_by_point AS o ON o.vintage = n.vintage AND o.ward = n.ward AND ST_OrderingEquals(o.geom, n.geom)
		WHERE n.ward IS NULL OR o.ward IS NULL)
	THEN
		DROP TABLE pg_temp.ward_wanted;
		RETURN NULL;
	END IF;
	DELETE FROM reference.ward_by_point;
	INSERT INTO reference.ward_by_point (vintage, ward, geom, west, south, east, north)
	SELECT n.vintage, n.ward, n.geom, n.west, n.south, n.east, n.north FROM pg_temp.ward_wanted AS n;
	DROP TABLE pg_temp.ward_wanted;
	DELETE FROM reference.ward_crime_by_point;
	FOR pair IN SELECT c.force, c.month FROM reference.crime_month AS c ORDER BY 1, 2 LOOP
		PERFORM reference.ward_force_month(pair.force, pair.month);
	END LOOP;
	SELECT array_agg(format('%s (%s)', w.ward, w.vintage) ORDER BY w.vintage, w.ward) INTO wards FROM reference.ward_by_point AS w;
	RETURN 'wards to which no LSOA is best fitted, their crimes counted by point: ' || coalesce(reference.some_of(wards), 'none');
END
$$;
COMMENT ON FUNCTION reference.refresh_wards_by_point() IS 'finds again which loaded wards have no best-fit LSOA, and counts their crimes by point';

CREATE FUNCTION reference.refresh_after_areas(level text, vintage smallint, codes gss_code[])
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	PERFORM reference.refresh_neighbours(refresh_after_areas.level, refresh_after_areas.vintage, codes);
	IF refresh_after_areas.level = 'ward' THEN
		RETURN NEXT reference.refresh_wards_by_point();
	ELSIF refresh_after_areas.level = 'lsoa' AND refresh_after_areas.vintage IN (2011, 2021) THEN
		PERFORM reference.place_postcodes(refresh_after_areas.vintage, NULL,
			(SELECT ST_Extent(a.geom)::geometry FROM reference.area AS a
			WHERE a.level = 'lsoa' AND a.vintage = refresh_after_areas.vintage AND a.code = ANY (codes)));
		RETURN NEXT reference.refresh_placed_crimes();
		RETURN NEXT reference.refresh_moved_crimes(refresh_after_areas.vintage, codes);
	END IF;
END
$$;
COMMENT ON FUNCTION reference.refresh_after_areas(text, smallint, gss_code[]) IS 'derives again what depends on boundaries that were just stored';
