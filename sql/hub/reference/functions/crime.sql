-- Street crime: where each crime belongs, and the counts that every load keeps.
--
-- One month of one force is the unit: a load replaces it whole, and what is derived from it is derived again
-- from its rows alone. The statements are sent by EXECUTE, so that they are planned for the table as it is: a
-- plan kept from the first of four hundred files would read the whole table for the last. Nested loops are off
-- where a month is joined: statistics don't know the month that was copied a moment ago, the planner takes it for
-- one row, and a loop over its thousands takes a minute.

CREATE FUNCTION reference.place_force_month(force smallint, month date)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off SET enable_nestloop = off
AS $$
DECLARE
	speaks smallint;
	changed bigint;
BEGIN
	-- The codes that were published for the month say of which vintage it is.
	EXECUTE
		'SELECT CASE sign(count(*) FILTER (WHERE m.vintage = 2011) - count(*) FILTER (WHERE m.vintage = 2021))
			WHEN 1 THEN 2021 WHEN -1 THEN 2011 END
		FROM reference.crime AS c JOIN reference.lsoa_move AS m ON m.lsoa = c.lsoa
		WHERE c.force = $1 AND c.month = $2 AND NOT c.lsoa_derived'
	INTO speaks USING force, month;
	EXECUTE
		'WITH found AS MATERIALIZED (
			SELECT p.longitude, p.latitude, (
				SELECT coalesce(min(a.code) FILTER (WHERE a.vintage = $3), min(a.code) FILTER (WHERE a.vintage = 2021), min(a.code))
				FROM reference.area AS a
				WHERE a.level = ''lsoa'' AND a.vintage IN (2011, 2021) AND ST_Covers(a.geom, p.point)) AS code
			FROM (
				SELECT DISTINCT c.longitude, c.latitude, reference.grid_point(c.longitude, c.latitude) AS point
				FROM reference.crime AS c
				WHERE c.force = $1 AND c.month = $2 AND (c.lsoa IS NULL OR c.lsoa_derived) AND c.longitude IS NOT NULL) AS p
		)
		UPDATE reference.crime AS c SET lsoa = f.code, lsoa_derived = f.code IS NOT NULL
		FROM found AS f
		WHERE c.force = $1 AND c.month = $2 AND (c.lsoa IS NULL OR c.lsoa_derived) AND c.longitude IS NOT NULL
			AND f.longitude = c.longitude AND f.latitude = c.latitude AND c.lsoa IS DISTINCT FROM f.code'
	USING force, month, speaks;
	GET DIAGNOSTICS changed = ROW_COUNT;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION reference.place_force_month(smallint, date) IS 'gives the crimes whose LSOA is blank the one whose boundary holds their point, of the vintage that the month speaks; how many changed';

CREATE FUNCTION reference.count_force_month(force smallint, month date, source_file bigint)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off
AS $$
DECLARE
	crimes bigint;
	derived bigint;
	unplaced bigint;
BEGIN
	EXECUTE
		'WITH counted AS (
			INSERT INTO reference.crime_force_count (force, month, area, crime_type, n)
			SELECT $1, $2, c.lsoa, c.crime_type, count(*)
			FROM reference.crime AS c WHERE c.force = $1 AND c.month = $2
			GROUP BY c.lsoa, c.crime_type
			RETURNING area, n
		)
		SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (WHERE area IS NULL), 0) FROM counted'
	INTO crimes, unplaced USING force, month;
	EXECUTE
		'SELECT count(*) FROM reference.crime AS c
		WHERE c.force = $1 AND c.month = $2 AND (c.lsoa IS NULL OR c.lsoa_derived) AND c.longitude IS NOT NULL AND c.lsoa_derived'
	INTO derived USING force, month;
	INSERT INTO reference.crime_month (force, month, source_file, crimes, derived, unplaced)
	VALUES ($1, $2, $3, crimes, derived, unplaced);
	RETURN crimes;
END
$$;
COMMENT ON FUNCTION reference.count_force_month(smallint, date, bigint) IS 'counts the crimes of a month of a force, of which no counts are there; how many crimes';

CREATE FUNCTION reference.move_force_month(force smallint, month date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off SET enable_nestloop = off
AS $$
DECLARE
	parted gss_code[];
BEGIN
	-- Few codes have several candidates: knowing them first spares a look at every crime.
	EXECUTE
		'SELECT array_agg(DISTINCT c.area)
		FROM reference.crime_force_count AS c
		WHERE c.force = $1 AND c.month = $2 AND c.area IN (SELECT m.lsoa FROM reference.lsoa_move AS m WHERE m.target IS NULL)'
	INTO parted USING force, month;
	IF parted IS NULL THEN
		RETURN;
	END IF;
	EXECUTE
		'INSERT INTO reference.crime_moved (force, month, vintage, lsoa, target, crime_type, n, estimated)
		WITH several AS MATERIALIZED (
			-- With the boundary of every candidate at hand a point decides; else the share of the population does.
			SELECT m.vintage, m.lsoa, m.candidates, (
				SELECT count(*) FROM reference.area AS a
				WHERE a.level = ''lsoa'' AND a.vintage = m.vintage AND a.code = ANY (m.candidates)) = cardinality(m.candidates) AS mapped
			FROM reference.lsoa_move AS m
			WHERE m.target IS NULL AND m.lsoa = ANY ($3)
		), crimes AS MATERIALIZED (
			SELECT c.lsoa, c.crime_type, c.longitude, c.latitude, count(*) AS n
			FROM reference.crime AS c
			WHERE c.force = $1 AND c.month = $2 AND c.lsoa = ANY ($3)
			GROUP BY c.lsoa, c.crime_type, c.longitude, c.latitude
		), points AS MATERIALIZED (
			SELECT p.vintage, p.lsoa, p.longitude, p.latitude, (
				SELECT a.code FROM reference.area AS a
				WHERE a.level = ''lsoa'' AND a.vintage = p.vintage AND a.code = ANY (p.candidates)
				ORDER BY ST_Distance(a.geom, p.point), a.code LIMIT 1) AS target
			FROM (SELECT DISTINCT s.vintage, s.lsoa, s.candidates, c.longitude, c.latitude,
					reference.grid_point(c.longitude, c.latitude) AS point
				FROM several AS s JOIN crimes AS c ON c.lsoa = s.lsoa
				WHERE s.mapped AND c.longitude IS NOT NULL AND c.latitude IS NOT NULL) AS p
			WHERE p.point IS NOT NULL
		), known AS (
			SELECT s.vintage, s.lsoa, s.candidates, c.crime_type, c.n, p.target
			FROM several AS s
			JOIN crimes AS c ON c.lsoa = s.lsoa
			LEFT JOIN points AS p ON p.vintage = s.vintage AND p.lsoa = c.lsoa AND p.longitude = c.longitude AND p.latitude = c.latitude
		), unknown AS (
			SELECT k.vintage, k.lsoa, k.candidates, k.crime_type, sum(k.n) AS n
			FROM known AS k WHERE k.target IS NULL
			GROUP BY k.vintage, k.lsoa, k.candidates, k.crime_type
		), shared AS (
			SELECT u.vintage, u.lsoa, u.crime_type, h.target, h.last, u.n AS whole, round(u.n * h.share, 6) AS part
			FROM unknown AS u
			CROSS JOIN LATERAL reference.population_shares(u.vintage, u.candidates) AS h
		)
		SELECT $1, $2, k.vintage, k.lsoa, k.target, k.crime_type, sum(k.n), false
		FROM known AS k WHERE k.target IS NOT NULL
		GROUP BY k.vintage, k.lsoa, k.target, k.crime_type
		UNION ALL
		-- The last candidate gets what rounding leaves, so that no crime is lost.
		SELECT $1, $2, s.vintage, s.lsoa, s.target, s.crime_type,
			CASE WHEN s.last THEN s.whole - sum(s.part) OVER w + s.part ELSE s.part END, true
		FROM shared AS s
		WINDOW w AS (PARTITION BY s.vintage, s.lsoa, s.crime_type)'
	USING force, month, parted;
END
$$;
COMMENT ON FUNCTION reference.move_force_month(smallint, date) IS 'brings the crimes of a month of a force, whose LSOA has several candidates in the other vintage, to one of these; none of that month are there';

CREATE FUNCTION reference.population_shares(of_vintage smallint, candidates gss_code[])
RETURNS TABLE (target gss_code, share numeric, last boolean)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	chosen text;
BEGIN
	-- The newest edition that knows all of them.
	SELECT p.edition INTO chosen
	FROM reference.population_total AS p
	WHERE p.level = 'lsoa' AND p.vintage = of_vintage AND p.area = ANY (candidates)
	GROUP BY p.edition, p.year
	HAVING count(*) = cardinality(candidates) AND sum(p.n) > 0
	ORDER BY p.year DESC, p.edition
	LIMIT 1;
	IF chosen IS NULL THEN
		RETURN QUERY SELECT c, 1::numeric / cardinality(candidates), c = max(c) OVER () FROM unnest(candidates) AS c;
	ELSE
		RETURN QUERY SELECT p.area, p.n / sum(p.n) OVER (), p.area = max(p.area) OVER ()
		FROM reference.population_total AS p
		WHERE p.level = 'lsoa' AND p.vintage = of_vintage AND p.edition = chosen AND p.area = ANY (candidates);
	END IF;
END
$$;
COMMENT ON FUNCTION reference.population_shares(smallint, gss_code[]) IS 'share of each area in the population of them all, by the newest edition that knows them; equal shares where none does';

CREATE FUNCTION reference.ward_force_month(force smallint, month date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off SET enable_nestloop = off
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM reference.ward_by_point) THEN
		RETURN;
	END IF;
	EXECUTE
		'INSERT INTO reference.ward_crime_by_point (force, month, vintage, ward, crime_type, n)
		WITH crimes AS MATERIALIZED (
			SELECT c.crime_type, c.longitude, c.latitude, floor(100 * c.longitude)::integer AS x, floor(100 * c.latitude)::integer AS y
			FROM reference.crime AS c
			WHERE c.force = $1 AND c.month = $2
				AND c.longitude BETWEEN (SELECT min(w.west) FROM reference.ward_by_point AS w) AND (SELECT max(w.east) FROM reference.ward_by_point AS w)
				AND c.latitude BETWEEN (SELECT min(w.south) FROM reference.ward_by_point AS w) AND (SELECT max(w.north) FROM reference.ward_by_point AS w)
		), near AS MATERIALIZED (
			SELECT w.*, row_number() OVER () AS number
			FROM reference.ward_by_point AS w
			JOIN (SELECT min(c.longitude) AS west, max(c.longitude) AS east, min(c.latitude) AS south, max(c.latitude) AS north
				FROM crimes AS c) AS e
			ON w.west <= e.east AND w.east >= e.west AND w.south <= e.north AND w.north >= e.south
		), squares AS MATERIALIZED (
			-- Of a hundredth of a degree: a hash join on them leaves few points to look at closely.
			SELECT w.number, w.west, w.south, w.east, w.north, x, y
			FROM near AS w
			CROSS JOIN LATERAL generate_series(floor(100 * w.west)::integer, floor(100 * w.east)::integer) AS x
			CROSS JOIN LATERAL generate_series(floor(100 * w.south)::integer, floor(100 * w.north)::integer) AS y
		), candidate AS MATERIALIZED (
			SELECT s.number, c.crime_type, c.longitude, c.latitude
			FROM crimes AS c
			JOIN squares AS s ON s.x = c.x AND s.y = c.y
			WHERE c.longitude BETWEEN s.west AND s.east AND c.latitude BETWEEN s.south AND s.north
		)
		-- Ward by ward: PostGIS keeps a polygon prepared from one point to the next.
		SELECT $1, $2, w.vintage, w.ward, k.crime_type, k.n
		FROM near AS w
		CROSS JOIN LATERAL (
			SELECT c.crime_type, count(*) AS n FROM candidate AS c
			WHERE c.number = w.number AND ST_Covers(w.geom, reference.grid_point(c.longitude, c.latitude))
			GROUP BY c.crime_type) AS k'
	USING force, month;
END
$$;
COMMENT ON FUNCTION reference.ward_force_month(smallint, date) IS 'counts by point the crimes of a month of a force in wards without best-fit LSOA, of which no counts are there';

CREATE FUNCTION reference.store_crime(source_file bigint, forces smallint[] DEFAULT NULL, months date[] DEFAULT NULL)
RETURNS TABLE (stored bigint, rejected bigint, notes text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off
	-- The planner expects few rows of a month that came just now and would sort thousands to count them.
	SET enable_sort = off
AS $$
#variable_conflict use_column
DECLARE
	pair record;
	old bigint;
	earlier bigint[] := '{}';
	first_month date;
	last_month date;
	outside text[];
	outside_crimes bigint;
	placed bigint := 0;
	nowhere bigint := 0;
BEGIN
	PERFORM reference.lock_geography(false);
	IF forces IS NULL THEN
		SELECT array_agg(p.force), array_agg(p.month) INTO forces, months
		FROM (SELECT DISTINCT c.force, c.month FROM reference.crime AS c WHERE c.source_file = $1) AS p;
	END IF;
	stored := 0;
	rejected := 0;
	notes := '{}';
	FOR pair IN SELECT DISTINCT f, m FROM unnest(forces, months) AS u(f, m) ORDER BY f, m LOOP
		PERFORM pg_advisory_xact_lock(hashtextextended(format('reference crime %s %s', pair.f, pair.m), 0));
		SELECT c.source_file INTO old FROM reference.crime_month AS c WHERE c.force = pair.f AND c.month = pair.m;
		IF FOUND THEN
			EXECUTE 'DELETE FROM reference.crime AS c WHERE c.force = $1 AND c.month = $2 AND c.source_file <> $3'
			USING pair.f, pair.m, $1;
			DELETE FROM reference.crime_force_count AS c WHERE c.force = pair.f AND c.month = pair.m;
			DELETE FROM reference.crime_moved AS c WHERE c.force = pair.f AND c.month = pair.m;
			DELETE FROM reference.ward_crime_by_point AS c WHERE c.force = pair.f AND c.month = pair.m;
			DELETE FROM reference.crime_month AS c WHERE c.force = pair.f AND c.month = pair.m;
			earlier := earlier || old;
		END IF;
		IF EXISTS (SELECT FROM reference.crime AS c WHERE c.force = pair.f AND c.month = pair.m
			AND (c.lsoa IS NULL OR c.lsoa_derived) AND c.longitude IS NOT NULL) THEN
			PERFORM reference.place_force_month(pair.f, pair.m);
		END IF;
		stored := stored + reference.count_force_month(pair.f, pair.m, $1);
		PERFORM reference.move_force_month(pair.f, pair.m);
		PERFORM reference.ward_force_month(pair.f, pair.m);
		SELECT placed + c.derived, nowhere + c.unplaced INTO placed, nowhere
		FROM reference.crime_month AS c WHERE c.force = pair.f AND c.month = pair.m;
		first_month := least(first_month, pair.m);
		last_month := greatest(last_month, pair.m);
	END LOOP;

	UPDATE reference.source_file AS f
	SET edition = to_char(first_month, 'YYYY-MM') || CASE WHEN last_month > first_month THEN to_char(last_month, '" to "YYYY-MM') ELSE '' END
	WHERE f.id = $1 AND f.edition IS NULL AND first_month IS NOT NULL;
	IF placed > 0 THEN
		notes := notes || (reference.number_of(placed, 'crime') || ' without LSOA code, placed by point');
	END IF;
	IF nowhere > 0 THEN
		notes := notes || (reference.number_of(nowhere, 'crime') || ' without LSOA, counted as unplaced');
	END IF;
	IF EXISTS (SELECT FROM reference.area AS a WHERE a.level = 'lsoa') THEN
		SELECT array_agg(o.area::text ORDER BY o.area), sum(o.n) INTO outside, outside_crimes
		FROM (
			SELECT c.area, sum(c.n) AS n
			FROM unnest(forces, months) AS p(f, m)
			JOIN reference.crime_force_count AS c ON c.force = p.f AND c.month = p.m
			WHERE c.area IS NOT NULL
			GROUP BY c.area
		) AS o
		WHERE NOT EXISTS (SELECT FROM reference.area AS a WHERE a.level = 'lsoa' AND a.vintage IN (2011, 2021) AND a.code = o.area);
		IF outside IS NOT NULL THEN
			notes := notes || format('%s with codes outside the loaded boundaries, kept: %s', reference.number_of(outside_crimes, 'crime'),
				reference.some_of(outside));
		END IF;
	END IF;
	IF earlier <> '{}' THEN
		notes := array_remove(notes || reference.replace_files(earlier, $1), NULL);
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION reference.store_crime(bigint, smallint[], date[]) IS 'after the rows of a street file were copied: replaces the months of the forces in it, and keeps the counts; the two arrays name these months, pair by pair';
