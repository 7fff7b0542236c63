-- Violent crime by area as a rate: as it is, drawn towards the rate of all areas, and drawn towards that of the area's neighbours.

-- What lies beside what, on the chosen vintage, for the rates and the clusters.
CREATE OR REPLACE FUNCTION analysis.need_neighbours(level text, kind text, metres float8, k int)
RETURNS TABLE (area gss_code, neighbour gss_code)
LANGUAGE plpgsql STABLE ROWS 100000
SET search_path FROM CURRENT
AS $$
BEGIN
	IF level IS NULL OR level NOT IN ('lsoa', 'ward') THEN
		RAISE EXCEPTION 'level "%" has no neighbours here', level USING ERRCODE = 'invalid_parameter_value', HINT = 'Use lsoa or ward.';
	END IF;
	RETURN QUERY
	SELECT n.area, n.neighbour
	FROM reference.area_neighbours(kind, level,
		(SELECT CASE level WHEN 'lsoa' THEN c.lsoa_vintage ELSE c.ward_vintage END::int FROM analysis.chosen c), metres, k) n;
END
$$;
COMMENT ON FUNCTION analysis.need_neighbours(text, text, float8, int) IS 'neighbours of the LSOAs or wards that the need views speak of';

CREATE OR REPLACE FUNCTION analysis.need_rates_in(level text, period returns.period, kind text DEFAULT 'queen',
	metres float8 DEFAULT NULL, k int DEFAULT NULL)
RETURNS TABLE (area text, name text, district text, district_name text, violent_crimes float8, population bigint,
	violent_rate float8, violent_rate_lower float8, violent_rate_upper float8, violent_rate_smoothed float8,
	violent_rate_smoothed_local float8, neighbours int, violent_status text,
	edition text, crime_months int, crime_edition text, population_edition text, population_source text, geom geometry)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	wanted_level text := level;
	wanted returns.period := period;
	wanted_kind text := kind;
	reach float8 := metres;
	nearest int := k;
BEGIN
	RETURN QUERY
	WITH fact AS MATERIALIZED (
		SELECT n.*, n.area::gss_code AS code, n.violent_rate_smoothed IS NOT NULL AS compared
		FROM analysis.need_in(wanted_level, wanted) n
	), beside AS (
		SELECT n.area, n.neighbour
		FROM analysis.need_neighbours(wanted_level, wanted_kind, reach, nearest) n
		UNION ALL
		SELECT f.code, f.code FROM fact f
	), round_about AS MATERIALIZED (
		SELECT b.area, rate_spread(f.violent_crimes, f.population::float8) AS spread
		FROM beside b
		JOIN fact f ON f.code = b.neighbour
		WHERE f.compared
		GROUP BY b.area
	)
	SELECT f.area, f.name, f.district, f.district_name, f.violent_crimes, f.population,
		(r.rate).value, (r.rate).lower, (r.rate).upper, f.violent_rate_smoothed,
		CASE WHEN f.compared THEN 1000 * empirical_bayes(f.violent_crimes, f.population::float8, a.spread) END,
		CASE WHEN f.compared THEN (a.spread).areas::int - 1 END, f.violent_status,
		f.edition, f.crime_months, f.crime_edition, f.population_edition, f.population_source, f.geom
	FROM fact f
	LEFT JOIN round_about a ON a.area = f.code
	CROSS JOIN LATERAL (SELECT CASE WHEN f.compared THEN rate_limits(f.violent_crimes, f.population, 1000) END AS rate OFFSET 0) r;
END
$$;
COMMENT ON FUNCTION analysis.need_rates_in(text, returns.period, text, float8, int) IS 'violent crimes per 1,000 residents by LSOA or ward in one quarter: with limits, drawn to the rate of all areas, and drawn to that of the area and its neighbours; view analysis.need_rate_ward says what the columns are';
