-- People reached in each area and quarter, as bounds, by the rule for areas: at least those placed surely inside it;
-- at most those and everyone placed only in a larger or overlapping area, or nowhere. Programmes may share people,
-- so theirs are united.

CREATE OR REPLACE FUNCTION analysis.people_reached(level text, period returns.period)
RETURNS TABLE (area gss_code, people int4range)
LANGUAGE plpgsql STABLE STRICT ROWS 40000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	wanted_level text := level;
	wanted_period text := period;
	chosen analysis.chosen;
BEGIN
	SELECT * INTO chosen FROM analysis.chosen;
	RETURN QUERY
	WITH best AS MATERIALIZED (
		SELECT b.lsoa, b.ward
		FROM reference.ward_best_fit b
		WHERE b.lsoa_vintage = chosen.lsoa_vintage AND b.ward_vintage = chosen.lookup_vintage
	),
	wanted AS MATERIALIZED (
		SELECT a.code
		FROM reference.area a
		WHERE a.level = wanted_level
		AND a.vintage = CASE wanted_level WHEN 'lsoa' THEN chosen.lsoa_vintage WHEN 'ward' THEN chosen.ward_vintage END
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
			AND wanted_level = 'lsoa' AND ST_Intersects(l.geom, o.geom) AND NOT ST_Touches(l.geom, o.geom)
		LEFT JOIN reference.area w ON w.level = 'ward' AND w.vintage = chosen.ward_vintage
			AND wanted_level = 'ward' AND own.code IS NULL
			AND ST_Intersects(w.geom, o.geom) AND NOT ST_Touches(w.geom, o.geom)
		WHERE c.area_level = 'ward' AND NOT EXISTS (SELECT FROM best b WHERE b.ward = c.area)
	),
	-- One area is where they surely are, but for a ward of another vintage, which may reach beyond those loaded.
	place AS MATERIALIZED (
		SELECT k.cell, count(DISTINCT k.lsoa) AS lsoas, count(DISTINCT k.ward) AS wards
		FROM candidate k
		GROUP BY k.cell
	),
	counted AS MATERIALIZED (
		SELECT c.cell, c.programme, c.area_level, c.area, p.lsoas, p.wards, c.least, c.most
		FROM cell c
		JOIN place p USING (cell)
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
		SELECT c.programme, k.area, bool_or(c.most IS NULL) AS endless, sum(c.most) AS most,
			coalesce(sum(c.least) FILTER (WHERE k.sure), 0) AS least
		FROM counted c
		JOIN (SELECT DISTINCT k.cell, k.lsoa AS area, c.area_level = 'lsoa' AND c.lsoas = 1 AS sure
				FROM candidate k JOIN counted c USING (cell) WHERE wanted_level = 'lsoa' AND k.lsoa IS NOT NULL
			UNION ALL
			SELECT DISTINCT k.cell, k.ward,
				c.wards = 1 AND (c.area_level = 'lsoa' OR c.area = k.ward)
				AND NOT EXISTS (SELECT FROM candidate o WHERE o.cell = k.cell AND o.ward IS NULL)
				FROM candidate k JOIN counted c USING (cell) WHERE wanted_level = 'ward' AND k.ward IS NOT NULL) k USING (cell)
		GROUP BY c.programme, k.area
	),
	allowed AS (
		SELECT w.code, coalesce(p.least, 0)::int AS least,
			CASE WHEN NOT coalesce(p.endless, false)
				THEN greatest(least(coalesce(p.most, 0) + u.most, u.everyone), p.least)::int END AS most
		FROM wanted w
		CROSS JOIN unplaced u
		LEFT JOIN placed p ON p.programme = u.programme AND p.area = w.code
	)
	SELECT a.code, bounds_union(int4range(a.least, a.most, CASE WHEN a.most IS NULL THEN '[)' ELSE '[]' END))
	FROM allowed a
	GROUP BY a.code;
END
$$;
COMMENT ON FUNCTION analysis.people_reached(text, returns.period) IS 'different people reached in each area (lsoa or ward) in a quarter by the programmes whose return is in: bounds; no row where no return is in';
