-- Crimes of a quarter by area, on the chosen vintage.

CREATE OR REPLACE FUNCTION analysis.is_violent(crime_type text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN crime_type IN ('Violence and sexual offences', 'Robbery', 'Possession of weapons');
COMMENT ON FUNCTION analysis.is_violent(text) IS 'whether a crime type of police.uk counts as violent crime here';

CREATE OR REPLACE FUNCTION analysis.lsoa_crime(period returns.period)
RETURNS TABLE (lsoa gss_code, months int, crimes float8, violent_crimes float8, estimated boolean)
LANGUAGE plpgsql STABLE STRICT ROWS 40000
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	chosen_vintage smallint := (SELECT lsoa_vintage FROM analysis.chosen);
	first_day date := returns.period_start(period);
	last_day date := returns.period_end(period);
BEGIN
	RETURN QUERY
	WITH crime AS MATERIALIZED (
		SELECT c.area, c.month, sum(c.n) AS n,
			coalesce(sum(c.n) FILTER (WHERE analysis.is_violent(c.crime_type)), 0) AS violent,
			bool_or(c.estimated) AS estimated
		FROM reference.crime_count_on c
		WHERE c.vintage = chosen_vintage AND c.month BETWEEN first_day AND last_day AND c.area IS NOT NULL
		GROUP BY c.area, c.month
	),
	-- Those whose boundary is loaded, and those that a loaded ward is made of.
	area AS MATERIALIZED (
		SELECT l.lsoa, l.district FROM analysis.lsoa l
		UNION
		SELECT b.lsoa, b.district
		FROM reference.ward_best_fit b
		JOIN analysis.ward w ON w.ward = b.ward
		JOIN analysis.chosen h ON b.lsoa_vintage = h.lsoa_vintage AND b.ward_vintage = h.lookup_vintage
		WHERE NOT EXISTS (SELECT FROM analysis.lsoa l WHERE l.lsoa = b.lsoa)
	),
	-- A force's file holds a few crimes of its neighbours' districts too: a month is loaded for a district where at
	-- least half of the LSOAs have a crime in it.
	loaded AS MATERIALIZED (
		SELECT a.district, m.month
		FROM (SELECT DISTINCT c.month FROM crime c) m
		CROSS JOIN area a
		LEFT JOIN crime c ON c.area = a.lsoa AND c.month = m.month
		GROUP BY a.district, m.month
		HAVING 2 * count(c.area) >= count(*)
	)
	SELECT a.lsoa, count(m.month)::int,
		CASE WHEN count(m.month) > 0 THEN coalesce(sum(c.n), 0)::float8 END,
		CASE WHEN count(m.month) > 0 THEN coalesce(sum(c.violent), 0)::float8 END,
		coalesce(bool_or(c.estimated), false)
	FROM area a
	LEFT JOIN loaded m ON m.district IS NOT DISTINCT FROM a.district
	LEFT JOIN crime c ON c.area = a.lsoa AND c.month = m.month
	GROUP BY a.lsoa;
END
$$;
COMMENT ON FUNCTION analysis.lsoa_crime(returns.period) IS 'crimes of a quarter by LSOA of the chosen vintage, in the months that are loaded for its district';
