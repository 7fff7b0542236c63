-- Functions that read many tables plan without nested loops: right after a load there are no statistics yet, and a
-- nested loop chosen in their absence takes minutes where hashing takes a second.

-- Crimes of a quarter by area, on the chosen vintage.

CREATE OR REPLACE FUNCTION analysis.is_violent(crime_type text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN crime_type IN ('Violence and sexual offences', 'Robbery', 'Possession of weapons');
COMMENT ON FUNCTION analysis.is_violent(text) IS 'whether a crime type of police.uk counts as violent crime here';

CREATE OR REPLACE FUNCTION analysis.lsoa_crime(period returns.period)
RETURNS TABLE (lsoa gss_code, months int, crimes float8, violent_crimes float8, estimated boolean)
LANGUAGE plpgsql STABLE STRICT ROWS 2000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	chosen analysis.chosen;
	first_day date := returns.period_start(period);
	last_day date := returns.period_end(period);
	violent_types smallint[] := ARRAY(SELECT t.id FROM reference.crime_type t WHERE analysis.is_violent(t.name));
BEGIN
	SELECT * INTO chosen FROM analysis.chosen;
	RETURN QUERY
	WITH crime AS MATERIALIZED (
		SELECT c.area, c.month, coalesce(sum(c.whole), 0) + coalesce(sum(c.share), 0) AS n,
			coalesce(sum(c.whole) FILTER (WHERE c.crime_type = ANY (violent_types)), 0)
				+ coalesce(sum(c.share) FILTER (WHERE c.crime_type = ANY (violent_types)), 0) AS violent,
			bool_or(c.estimated) AS estimated
		FROM reference.crime_part_on c
		WHERE c.vintage = chosen.lsoa_vintage AND c.month BETWEEN first_day AND last_day AND c.area IS NOT NULL
		GROUP BY c.area, c.month
	),
	-- Those whose boundary is loaded, and those that a loaded ward is made of. One whose district is not known
	-- stands with the others of its kind.
	area AS MATERIALIZED (
		SELECT l.lsoa, coalesce(l.district::text, '') AS district FROM analysis.lsoa l
		UNION
		SELECT b.lsoa, coalesce(b.district::text, '')
		FROM reference.ward_best_fit b
		JOIN reference.area w ON w.level = 'ward' AND w.vintage = chosen.ward_vintage AND w.code = b.ward
		WHERE b.lsoa_vintage = chosen.lsoa_vintage AND b.ward_vintage = chosen.lookup_vintage
		AND NOT EXISTS (SELECT FROM reference.area a
			WHERE a.level = 'lsoa' AND a.vintage = chosen.lsoa_vintage AND a.code = b.lsoa)
	),
	-- A force's file holds a few crimes of its neighbours' districts too: a month is loaded for a district where at
	-- least half of the LSOAs have a crime in it.
	loaded AS MATERIALIZED (
		SELECT h.district, h.month
		FROM (SELECT a.district, c.month, count(*) AS lsoas FROM crime c JOIN area a ON a.lsoa = c.area GROUP BY a.district, c.month) h
		JOIN (SELECT a.district, count(*) AS lsoas FROM area a GROUP BY a.district) d ON d.district = h.district
		WHERE 2 * h.lsoas >= d.lsoas
	),
	counted AS MATERIALIZED (
		SELECT c.area, sum(c.n) AS n, sum(c.violent) AS violent, bool_or(c.estimated) AS estimated
		FROM crime c
		JOIN area a ON a.lsoa = c.area
		JOIN loaded m ON m.district = a.district AND m.month = c.month
		GROUP BY c.area
	)
	SELECT a.lsoa, coalesce(m.months, 0),
		CASE WHEN m.months > 0 THEN coalesce(c.n, 0)::float8 END,
		CASE WHEN m.months > 0 THEN coalesce(c.violent, 0)::float8 END,
		coalesce(c.estimated, false)
	FROM area a
	LEFT JOIN (SELECT m.district, count(*)::int AS months FROM loaded m GROUP BY m.district) m ON m.district = a.district
	LEFT JOIN counted c ON c.area = a.lsoa;
END
$$;
COMMENT ON FUNCTION analysis.lsoa_crime(returns.period) IS 'crimes of a quarter by LSOA of the chosen vintage, in the months that are loaded for its district';
