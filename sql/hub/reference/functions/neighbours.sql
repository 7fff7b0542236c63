-- Neighbours of areas. Which boundaries touch is found once, when boundaries are stored; distances are measured between
-- centroids, by their index, when they are asked for.

-- Boundaries that were simplified or brought to another projection no longer meet to the last digit: what comes within a
-- metre touches, and a common line is longer than the 4 metres that two corners may have within a metre of each other.
CREATE FUNCTION reference.refresh_neighbours(level text, vintage smallint, codes gss_code[] DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path FROM CURRENT
SET jit = off
SET enable_seqscan = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	of_level text := level;
	of_vintage smallint := vintage;
	pairs bigint;
BEGIN
	IF of_level NOT IN ('lsoa', 'msoa', 'ward', 'district') THEN
		RETURN 0;
	END IF;
	CREATE TEMPORARY TABLE area_new ON COMMIT DROP AS
	SELECT a.code, a.geom
	FROM reference.area AS a
	WHERE a.level = of_level AND a.vintage = of_vintage AND (codes IS NULL OR a.code = ANY (codes));
	CREATE UNIQUE INDEX ON pg_temp.area_new (code);
	ANALYZE pg_temp.area_new (code);

	DELETE FROM reference.area_neighbour AS n
	WHERE n.level = of_level AND n.vintage = of_vintage
	AND (codes IS NULL OR n.area IN (SELECT code FROM pg_temp.area_new) OR n.neighbour IN (SELECT code FROM pg_temp.area_new));
	DELETE FROM reference.area_centre AS c
	WHERE c.level = of_level AND c.vintage = of_vintage AND (codes IS NULL OR c.area IN (SELECT code FROM pg_temp.area_new));
	INSERT INTO reference.area_centre (level, vintage, area, point)
	-- To the millimetre, so that equal distances are equal.
	SELECT of_level, of_vintage, n.code, ST_SnapToGrid(ST_Centroid(n.geom), 0.001) FROM pg_temp.area_new AS n;

	-- The lines of a pair are kept no longer than they are looked at: those of detailed boundaries are long.
	WITH measured AS MATERIALIZED (
		SELECT a.code AS area, b.code AS neighbour, m.metres
		FROM pg_temp.area_new AS a
		JOIN reference.area AS b ON b.level = of_level AND b.vintage = of_vintage AND b.geom && ST_Expand(a.geom, 1)
		LEFT JOIN pg_temp.area_new AS again ON again.code = b.code
		-- What lies near the other area is all that can touch it.
		CROSS JOIN LATERAL (SELECT ST_ClipByBox2D(ST_Boundary(a.geom), ST_Expand(Box2D(b.geom), 2)) AS line_a,
			ST_ClipByBox2D(ST_Boundary(b.geom), ST_Expand(Box2D(a.geom), 2)) AS line_b OFFSET 0) AS o
		CROSS JOIN LATERAL (SELECT CASE WHEN ST_DWithin(o.line_a, o.line_b, 1)
			THEN ST_Length(ST_Intersection(o.line_a, ST_Buffer(o.line_b, 1, 'quad_segs=2'))) END AS metres OFFSET 0) AS m
		WHERE a.code <> b.code AND (again.code IS NULL OR a.code < b.code) AND m.metres IS NOT NULL
	)
	INSERT INTO reference.area_neighbour (level, vintage, area, neighbour, shared_metres)
	SELECT of_level, of_vintage, m.area, m.neighbour, m.metres FROM measured AS m
	UNION ALL
	SELECT of_level, of_vintage, m.neighbour, m.area, m.metres FROM measured AS m;
	GET DIAGNOSTICS pairs = ROW_COUNT;
	DROP TABLE pg_temp.area_new;
	RETURN pairs;
END
$$;
COMMENT ON FUNCTION reference.refresh_neighbours(text, smallint, gss_code[]) IS 'finds the neighbours of these areas anew, or of all of the level and vintage; gives the number of pairs, each counted both ways';

CREATE FUNCTION reference.area_neighbours(kind text, level text, vintage int DEFAULT NULL, metres float8 DEFAULT NULL, k int DEFAULT NULL)
RETURNS TABLE (area gss_code, neighbour gss_code, metres_apart float8, metres_shared float8)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20000
SET search_path FROM CURRENT
SET jit = off
-- Right after a load there are no statistics: distances are to be looked up in their index all the same.
SET enable_sort = off
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
	of_level text := level;
	of_vintage smallint := coalesce(vintage, (SELECT max(c.vintage) FROM reference.area_centre AS c WHERE c.level = area_neighbours.level));
	reach float8 := metres;
	nearest int := k;
BEGIN
	IF kind IS NULL OR kind NOT IN ('queen', 'rook', 'distance', 'nearest') THEN
		RAISE EXCEPTION 'kind of neighbours "%" is unknown', kind USING ERRCODE = 'invalid_parameter_value',
			HINT = 'Use queen (the boundaries touch), rook (they share a line), distance (centroids within metres) or nearest (the k nearest centroids).';
	END IF;
	IF (kind = 'distance') <> (reach IS NOT NULL) OR NOT (coalesce(reach, 1) > 0 AND coalesce(reach, 1) < 'Infinity') OR (kind = 'nearest') <> (nearest IS NOT NULL)
		OR NOT coalesce(nearest, 1) BETWEEN 1 AND 1000
	THEN
		RAISE EXCEPTION 'neighbours by % do not go with these arguments', kind USING ERRCODE = 'invalid_parameter_value',
			DETAIL = 'distance needs metres above 0 and no k, nearest needs k from 1 to 1000 and no metres, queen and rook need neither.';
	END IF;
	IF kind IN ('queen', 'rook') THEN
		RETURN QUERY
		SELECT n.area, n.neighbour, 0::float8, CASE WHEN n.shared_metres > 4 THEN n.shared_metres ELSE 0 END
		FROM reference.area_neighbour AS n
		WHERE n.level = of_level AND n.vintage = of_vintage AND (kind = 'queen' OR n.shared_metres > 4);
	ELSIF kind = 'distance' THEN
		RETURN QUERY
		SELECT a.area, b.area, ST_Distance(a.point, b.point), NULL::float8
		FROM reference.area_centre AS a
		CROSS JOIN LATERAL (SELECT c.* FROM reference.area_centre AS c WHERE c.point && ST_Expand(a.point, reach) OFFSET 0) AS b
		WHERE a.level = of_level AND a.vintage = of_vintage AND b.level = of_level AND b.vintage = of_vintage AND a.area <> b.area
		AND ST_DWithin(a.point, b.point, reach);
	ELSE
		-- Areas as far away as the last of the nearest are told apart by code.
		RETURN QUERY
		SELECT a.area, n.area, n.apart, NULL::float8
		FROM reference.area_centre AS a
		CROSS JOIN LATERAL (
			SELECT t.area, t.apart
			FROM (SELECT b.area, b.point <-> a.point AS apart
				FROM reference.area_centre AS b
				WHERE b.level = of_level AND b.vintage = of_vintage AND b.area <> a.area
				ORDER BY b.point <-> a.point
				FETCH FIRST nearest ROWS WITH TIES) AS t
			ORDER BY t.apart, t.area
			LIMIT nearest
		) AS n
		WHERE a.level = of_level AND a.vintage = of_vintage;
	END IF;
END
$$;
COMMENT ON FUNCTION reference.area_neighbours(text, text, int, float8, int) IS 'pairs of neighbours among the areas of a level and vintage (the newest unless given): kind queen, rook, distance (metres) or nearest (k)';

CREATE FUNCTION reference.area_islands(kind text, level text, vintage int DEFAULT NULL, metres float8 DEFAULT NULL, k int DEFAULT NULL)
RETURNS SETOF gss_code
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
SET search_path FROM CURRENT
AS $$
	SELECT c.area
	FROM reference.area_centre AS c
	WHERE c.level = area_islands.level
	AND c.vintage = coalesce(area_islands.vintage, (SELECT max(o.vintage) FROM reference.area_centre AS o WHERE o.level = area_islands.level))
	AND c.area NOT IN (SELECT n.area
		FROM reference.area_neighbours(area_islands.kind, area_islands.level, area_islands.vintage, area_islands.metres, area_islands.k) AS n)
	ORDER BY c.area
$$;
COMMENT ON FUNCTION reference.area_islands(text, text, int, float8, int) IS 'areas of a level and vintage that have no neighbour of a kind';
