-- People reached in each area and quarter, as bounds, by the rule for areas: at least those placed surely inside it;
-- at most those and everyone placed only in a larger or overlapping area, or nowhere. Programmes may share people,
-- so theirs are united.

CREATE OR REPLACE FUNCTION analysis.age_band(category text) RETURNS int4range
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN category ~ '^age\.[0-9]{1,3}-[0-9]{1,3}$'
		AND substring(category FROM '^age\.([0-9]+)')::int <= substring(category FROM '-([0-9]+)$')::int
	THEN pg_catalog.int4range(substring(category FROM '^age\.([0-9]+)')::int, substring(category FROM '-([0-9]+)$')::int, '[]')
	WHEN category ~ '^age\.[0-9]{1,3}[+]$' THEN pg_catalog.int4range(substring(category FROM '^age\.([0-9]+)')::int, NULL) END;
COMMENT ON FUNCTION analysis.age_band(text) IS 'the ages of a field such as age.11-16 or age.25+, as printed; NULL for others';

-- The LSOAs that the hub looks after: those whose boundary is loaded, and those that a loaded ward is made of.
CREATE OR REPLACE FUNCTION analysis.need_places()
RETURNS TABLE (lsoa gss_code, ward gss_code, district gss_code, population bigint, decile int)
LANGUAGE plpgsql STABLE ROWS 2000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	chosen analysis.chosen;
BEGIN
	SELECT * INTO chosen FROM analysis.chosen;
	RETURN QUERY
	SELECT x.lsoa, x.ward, x.district, p.n, d.decile::int
	FROM (SELECT l.lsoa, l.ward, l.district FROM analysis.lsoa l
		UNION ALL
		SELECT b.lsoa, b.ward, b.district
		FROM reference.ward_best_fit b
		JOIN reference.area w ON w.level = 'ward' AND w.vintage = chosen.ward_vintage AND w.code = b.ward
		WHERE b.lsoa_vintage = chosen.lsoa_vintage AND b.ward_vintage = chosen.lookup_vintage
		AND NOT EXISTS (SELECT FROM reference.area a
			WHERE a.level = 'lsoa' AND a.vintage = chosen.lsoa_vintage AND a.code = b.lsoa)) x
	LEFT JOIN reference.population_total p ON p.area = x.lsoa AND p.level = 'lsoa'
		AND p.edition = chosen.population_edition AND p.vintage = chosen.lsoa_vintage
	LEFT JOIN reference.deprivation d ON d.lsoa = x.lsoa AND d.edition = chosen.deprivation_edition;
END
$$;
COMMENT ON FUNCTION analysis.need_places() IS 'LSOAs of the chosen vintage that are loaded or lie in a loaded ward, with their ward, district, residents and decile';

CREATE OR REPLACE FUNCTION analysis.people_in_places(level text, period returns.period, ages int4range DEFAULT NULL)
RETURNS TABLE (place text, people int4range)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	wanted_level text := level;
	wanted_period text := period;
	wanted_ages int4range := ages;
	chosen analysis.chosen;
BEGIN
	SELECT * INTO chosen FROM analysis.chosen;
	RETURN QUERY
	WITH best AS MATERIALIZED (
		SELECT b.lsoa, b.ward
		FROM reference.ward_best_fit b
		WHERE b.lsoa_vintage = chosen.lsoa_vintage AND b.ward_vintage = chosen.lookup_vintage
	),
	-- What each LSOA of the hub belongs to; to be in a place of unknown decile is to be in any.
	member AS MATERIALIZED (
		SELECT n.lsoa, CASE wanted_level WHEN 'district' THEN n.district::text ELSE n.decile::text END AS place
		FROM analysis.need_places() n
		WHERE wanted_level IN ('district', 'decile')
	),
	wanted AS MATERIALIZED (
		SELECT a.code::text AS place
		FROM reference.area a
		WHERE a.level = wanted_level AND wanted_level IN ('lsoa', 'ward')
		AND a.vintage = CASE wanted_level WHEN 'lsoa' THEN chosen.lsoa_vintage ELSE chosen.ward_vintage END
		UNION
		SELECT m.place FROM member m WHERE m.place IS NOT NULL
		UNION
		SELECT w.district::text FROM analysis.ward w WHERE wanted_level = 'district' AND w.district IS NOT NULL
	),
	everyone AS MATERIALIZED (
		SELECT c.programme, upper(c.people) - 1 AS most
		FROM returns.count c
		WHERE c.period = wanted_period AND c.category = 'everyone'
	),
	cell AS MATERIALIZED (
		SELECT row_number() OVER () AS cell, c.programme, c.area_level, c.area, c.ward,
			lower(c.people) AS least, upper(c.people) - 1 AS most
		FROM returns.count c
		WHERE c.period = wanted_period AND c.category = 'place'
	),
	-- The areas of the chosen vintage in which each cell's people may live; outside: in none of them for certain.
	candidate AS MATERIALIZED (
		SELECT c.cell, c.area AS lsoa, coalesce(own.code, b.ward) AS ward
		FROM cell c
		LEFT JOIN best b ON b.lsoa = c.area
		LEFT JOIN reference.area own
			ON own.level = 'ward' AND own.vintage = chosen.ward_vintage AND own.code = c.ward
		WHERE c.area_level = 'lsoa'
		AND (b.lsoa IS NOT NULL
			OR EXISTS (SELECT FROM reference.area a
				WHERE a.level = 'lsoa' AND a.vintage = chosen.lsoa_vintage AND a.code = c.area)
			OR EXISTS (SELECT FROM reference.lsoa_change g
				WHERE c.area = CASE chosen.lsoa_vintage WHEN 2021 THEN g.lsoa21 ELSE g.lsoa11 END))
		UNION ALL
		SELECT c.cell, g.lsoa, b.ward
		FROM cell c
		JOIN reference.lsoa_move m ON m.vintage = chosen.lsoa_vintage AND m.lsoa = c.area
		CROSS JOIN unnest(m.candidates) AS g (lsoa)
		LEFT JOIN best b ON b.lsoa = g.lsoa
		WHERE c.area_level = 'lsoa'
		UNION ALL
		SELECT c.cell, b.lsoa, b.ward
		FROM cell c
		JOIN best b ON b.ward = c.area
		WHERE c.area_level = 'ward'
		UNION ALL
		-- A ward that the lookup lacks: whatever its boundary overlaps.
		SELECT c.cell, l.code, coalesce(own.code, w.code)
		FROM cell c
		JOIN LATERAL (SELECT a.vintage, a.geom FROM reference.area a
			WHERE a.level = 'ward' AND a.code = c.area ORDER BY a.vintage DESC LIMIT 1) o ON true
		LEFT JOIN reference.area own
			ON own.level = 'ward' AND own.vintage = chosen.ward_vintage AND own.code = c.area
		LEFT JOIN reference.area l ON l.level = 'lsoa' AND l.vintage = chosen.lsoa_vintage
			AND wanted_level <> 'ward' AND ST_Intersects(l.geom, o.geom) AND NOT ST_Touches(l.geom, o.geom)
		LEFT JOIN reference.area w ON w.level = 'ward' AND w.vintage = chosen.ward_vintage
			AND wanted_level = 'ward' AND own.code IS NULL
			AND ST_Intersects(w.geom, o.geom) AND NOT ST_Touches(w.geom, o.geom)
		WHERE c.area_level = 'ward' AND NOT EXISTS (SELECT FROM best b WHERE b.ward = c.area)
	),
	-- One place is where they surely are, but for a ward of another vintage, which may reach beyond those loaded, and for
	-- a ward whose LSOAs are only those that fit it best.
	candidate_place AS MATERIALIZED (
		SELECT DISTINCT k.cell, CASE wanted_level WHEN 'lsoa' THEN k.lsoa::text WHEN 'ward' THEN k.ward::text
			WHEN 'district' THEN coalesce(m.place, b.district::text, w.district::text)
			ELSE CASE WHEN k.lsoa IS NOT NULL AND m.lsoa IS NULL THEN 'elsewhere' ELSE m.place END END AS place
		FROM candidate k
		LEFT JOIN member m ON m.lsoa = k.lsoa
		LEFT JOIN reference.ward_best_fit b ON wanted_level = 'district' AND m.lsoa IS NULL AND b.lsoa = k.lsoa
			AND b.lsoa_vintage = chosen.lsoa_vintage AND b.ward_vintage = chosen.lookup_vintage
		LEFT JOIN analysis.ward w ON wanted_level = 'district' AND w.ward = k.ward
	),
	place AS MATERIALIZED (
		SELECT k.cell, count(k.place) AS places, count(*) FILTER (WHERE k.place IS NULL) AS unknown
		FROM candidate_place k
		GROUP BY k.cell
	),
	counted AS MATERIALIZED (
		SELECT c.cell, c.programme, c.area_level, c.area, p.places, p.unknown, c.least, c.most
		FROM cell c
		JOIN place p USING (cell)
		WHERE p.unknown = 0 OR wanted_level IN ('lsoa', 'ward')
	),
	unplaced AS MATERIALIZED (
		SELECT e.programme, e.most AS everyone,
			CASE WHEN e.most IS NOT NULL THEN greatest(e.most - coalesce(k.least, 0), n.most, 0) END AS most
		FROM everyone e
		LEFT JOIN (SELECT programme, sum(least) AS least FROM counted GROUP BY programme) k USING (programme)
		LEFT JOIN (SELECT c.programme, upper(c.people) - 1 AS most FROM returns.count c
			WHERE c.period = wanted_period AND c.category = 'place.not_known') n USING (programme)
	),
	placed AS MATERIALIZED (
		SELECT c.programme, k.place, bool_or(c.most IS NULL) AS endless, sum(c.most) AS most,
			coalesce(sum(c.least) FILTER (WHERE c.places = 1
				AND CASE wanted_level WHEN 'ward' THEN c.unknown = 0 AND (c.area_level = 'lsoa' OR c.area::text = k.place)
					WHEN 'district' THEN c.unknown = 0 ELSE c.area_level = 'lsoa' END), 0) AS least
		FROM counted c
		JOIN candidate_place k USING (cell)
		WHERE k.place IS NOT NULL
		GROUP BY c.programme, k.place
	),
	-- How many of a programme's people can be of the ages: bands share nobody. The old form adds to its bands only parents
	-- and carers, who are adults.
	aged AS MATERIALIZED (
		SELECT e.programme, coalesce(g.inside, 0) AS least,
			greatest(least(e.most - coalesce(g.outside, 0),
				CASE WHEN upper(wanted_ages) <= 18 AND g.bands > 0 AND NOT g.totalled AND NOT g.endless THEN g.touching END),
				CASE WHEN e.most IS NOT NULL THEN coalesce(g.inside, 0) END) AS most,
			e.most - coalesce(g.inside, 0) AS others
		FROM everyone e
		LEFT JOIN (
			SELECT c.programme, count(b.band) AS bands, bool_or(c.category = 'total') AS totalled,
				sum(lower(c.people)) FILTER (WHERE b.band <@ wanted_ages) AS inside,
				sum(lower(c.people)) FILTER (WHERE NOT b.band && wanted_ages) AS outside,
				coalesce(sum(upper(c.people) - 1) FILTER (WHERE b.band && wanted_ages OR c.category = 'age.not_known'), 0) AS touching,
				coalesce(bool_or(upper_inf(c.people)) FILTER (WHERE b.band && wanted_ages OR c.category = 'age.not_known'), false) AS endless
			FROM returns.count c
			CROSS JOIN LATERAL (SELECT analysis.age_band(c.category) AS band) b
			WHERE c.period = wanted_period AND (c.category LIKE 'age.%' OR c.category = 'total')
			GROUP BY c.programme
		) g USING (programme)
		WHERE wanted_ages IS NOT NULL
	),
	-- What each programme allows where it places nobody, and what it allows where it does. Only the latter are joined to
	-- places: the union over programmes is the largest lower end and the sum of the upper ones, of which NULL is endless.
	nobody AS MATERIALIZED (
		SELECT u.programme, u.everyone, u.most AS unplaced, a.most AS aged, coalesce(a.others, u.everyone) AS others,
			least(u.most, u.everyone, a.most) AS most
		FROM unplaced u
		LEFT JOIN aged a USING (programme)
	),
	everywhere AS MATERIALIZED (
		SELECT coalesce(sum(n.most), 0) AS most, count(*) FILTER (WHERE n.most IS NULL) AS endless, count(*) AS programmes
		FROM nobody n
	),
	somewhere AS MATERIALIZED (
		SELECT x.place, max(CASE WHEN wanted_ages IS NULL THEN x.least ELSE greatest(0, x.least - x.others) END) AS least,
			sum(coalesce(x.most, 0) - coalesce(x.nobody, 0)) AS more,
			sum((x.most IS NULL)::int - (x.nobody IS NULL)::int) AS endless
		FROM (
			SELECT p.place, p.least, n.others, n.most AS nobody,
				least(CASE WHEN NOT p.endless AND n.everyone IS NOT NULL THEN greatest(least(p.most + n.unplaced, n.everyone), p.least) END, n.aged) AS most
			FROM placed p
			JOIN nobody n USING (programme)
		) x
		GROUP BY x.place
	),
	allowed AS (
		SELECT w.place, coalesce(s.least, 0)::int AS least,
			CASE WHEN e.endless + coalesce(s.endless, 0) = 0 THEN least(e.most + coalesce(s.more, 0), 2147483646)::int END AS most
		FROM wanted w
		CROSS JOIN everywhere e
		LEFT JOIN somewhere s ON s.place = w.place
		WHERE e.programmes > 0
	)
	SELECT a.place, int4range(a.least, a.most, CASE WHEN a.most IS NULL THEN '[)' ELSE '[]' END)
	FROM allowed a;
END
$$;
COMMENT ON FUNCTION analysis.people_in_places(text, returns.period, int4range) IS 'different people reached in each place (lsoa, ward, district, or deprivation decile of the LSOAs) in a quarter by the programmes whose return is in, or those of them of some ages: bounds; no row where no return is in';

CREATE OR REPLACE FUNCTION analysis.people_reached(level text, period returns.period)
RETURNS TABLE (area gss_code, people int4range)
LANGUAGE sql STABLE STRICT ROWS 1000
SET search_path FROM CURRENT
AS $$
	SELECT p.place::gss_code, p.people FROM analysis.people_in_places(people_reached.level, people_reached.period) p
$$;
COMMENT ON FUNCTION analysis.people_reached(text, returns.period) IS 'different people reached in each area (lsoa, ward or district) in a quarter by the programmes whose return is in: bounds; no row where no return is in';
