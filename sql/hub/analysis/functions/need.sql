-- Need by area in one quarter: what would be expected at the rates of each deprivation decile, and how far it is reached.

-- The areas of a level with their names, for every need view.
CREATE OR REPLACE FUNCTION analysis.need_areas(level text)
RETURNS TABLE (area text, name text, district text, district_name text, geom geometry)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
	CASE level
		WHEN 'lsoa' THEN
			RETURN QUERY SELECT l.lsoa::text, l.name, l.district::text, l.district_name, l.geom FROM analysis.lsoa l;
		WHEN 'ward' THEN
			RETURN QUERY SELECT w.ward::text, w.name, w.district::text, w.district_name, w.geom FROM analysis.ward w;
		WHEN 'district' THEN
			RETURN QUERY
			SELECT x.district::text, max(x.district_name), x.district::text, max(x.district_name), NULL::geometry
			FROM (SELECT l.district, l.district_name FROM analysis.lsoa l
				UNION ALL
				SELECT w.district, w.district_name FROM analysis.ward w) x
			WHERE x.district IS NOT NULL
			GROUP BY x.district;
		ELSE
			RAISE EXCEPTION 'level "%" is unknown', level USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Use lsoa, ward or district.';
	END CASE;
END
$$;
COMMENT ON FUNCTION analysis.need_areas(text) IS 'the areas of a level (lsoa, ward or district) that the need views speak of';

CREATE OR REPLACE FUNCTION analysis.need_place_of(level text, lsoa gss_code, ward gss_code, district gss_code, decile int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE level WHEN 'lsoa' THEN lsoa::text WHEN 'ward' THEN ward::text WHEN 'district' THEN district::text ELSE decile::text END;
COMMENT ON FUNCTION analysis.need_place_of(text, gss_code, gss_code, gss_code, int) IS 'the place of a level among those given';

-- Rates by deprivation decile over all LSOAs of the hub: the reference of the indirect standardisation.
CREATE OR REPLACE FUNCTION analysis.need_deciles(period returns.period)
RETURNS TABLE (decile int, lsoas int, population bigint, reached_lower int, reached_upper int, reached_status text,
	crime_population bigint, violent_crimes float8, crime_months int)
LANGUAGE plpgsql STABLE STRICT ROWS 10
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	wanted returns.period := period;
	returned record;
BEGIN
	SELECT * INTO returned FROM analysis.returns_in(wanted);
	RETURN QUERY
	WITH fact AS MATERIALIZED (
		SELECT n.decile, n.population, c.months, c.violent_crimes
		FROM analysis.need_places() n
		LEFT JOIN analysis.lsoa_crime(wanted) c ON c.lsoa = n.lsoa
		WHERE n.decile IS NOT NULL
	),
	-- Districts may have different months loaded: only those with the most can be compared.
	loaded AS (SELECT nullif(max(f.months), 0) AS months FROM fact f)
	SELECT g.decile, g.lsoas, g.population, lower(r.people), upper(r.people) - 1,
		CASE WHEN upper_inf(r.people) THEN 'no upper limit' ELSE returned.status END,
		g.crime_population, g.violent_crimes, m.months
	FROM (
		SELECT f.decile, count(*)::int AS lsoas, CASE WHEN count(f.population) = count(*) THEN sum(f.population)::bigint END AS population,
			sum(f.population) FILTER (WHERE f.months = m.months)::bigint AS crime_population,
			sum(f.violent_crimes) FILTER (WHERE f.months = m.months AND f.population IS NOT NULL) AS violent_crimes
		FROM fact f
		CROSS JOIN loaded m
		GROUP BY f.decile
	) g
	CROSS JOIN loaded m
	LEFT JOIN analysis.people_in_places('decile', wanted) r ON r.place = g.decile::text;
END
$$;
COMMENT ON FUNCTION analysis.need_deciles(returns.period) IS 'people reached (bounds), residents and violent crimes by deprivation decile over all LSOAs of the hub in one quarter';

CREATE OR REPLACE FUNCTION analysis.need_in(level text, period returns.period)
RETURNS TABLE (area text, name text, district text, district_name text, edition text,
	returns_expected int, returns_received int, made_up boolean,
	reached_lower int, reached_upper int, reached_status text,
	lsoas int, population bigint, population_edition text, population_source text, population_status text,
	deprivation_edition text, deprivation_source text, deprivation_status text,
	expected_lower float8, expected_upper float8, expected_method text, expected_status text,
	reach_ratio_lower float8, reach_ratio_upper float8, reach_ratio_lower_limit float8, reach_ratio_upper_limit float8,
	reach_ratio_status text,
	unmet_lower float8, unmet_upper float8, unmet_status text,
	violent_crimes float8, crime_months int, crime_edition text, crime_status text,
	violent_expected float8, violent_ratio float8, violent_ratio_lower float8, violent_ratio_upper float8,
	violent_ratio_method text, violent_rate_smoothed float8, violent_status text,
	geom geometry)
LANGUAGE plpgsql STABLE STRICT ROWS 1000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	wanted_level text := level;
	wanted returns.period := period;
	chosen analysis.chosen;
	returned record;
	months_loaded text := analysis.crime_months(period);
BEGIN
	SELECT * INTO chosen FROM analysis.chosen;
	SELECT * INTO returned FROM analysis.returns_in(wanted);
	RETURN QUERY
	WITH part AS MATERIALIZED (
		SELECT analysis.need_place_of(wanted_level, n.lsoa, n.ward, n.district, n.decile) AS area,
			n.population, n.decile, c.months, c.violent_crimes, c.estimated
		FROM analysis.need_places() n
		LEFT JOIN analysis.lsoa_crime(wanted) c ON c.lsoa = n.lsoa
	),
	-- As need_deciles has it.
	loaded AS MATERIALIZED (SELECT nullif(max(p.months), 0) AS months FROM part p WHERE p.decile IS NOT NULL),
	decile AS MATERIALIZED (
		SELECT g.*, lower(r.people) / nullif(g.population, 0)::float8 AS lower_rate,
			(upper(r.people) - 1) / nullif(g.population, 0)::float8 AS upper_rate
		FROM (
			SELECT p.decile, CASE WHEN count(p.population) = count(*) THEN sum(p.population) END AS population,
				sum(p.population) FILTER (WHERE p.months = m.months) AS crime_population,
				sum(p.violent_crimes) FILTER (WHERE p.months = m.months AND p.population IS NOT NULL) AS violent_crimes
			FROM part p
			CROSS JOIN loaded m
			WHERE p.decile IS NOT NULL
			GROUP BY p.decile
		) g
		LEFT JOIN analysis.people_in_places('decile', wanted) r ON r.place = g.decile::text
	),
	summed AS MATERIALIZED (
		SELECT p.area, count(*)::int AS lsoas, sum(p.population)::bigint AS population, count(p.population) AS populated,
			count(p.decile) AS ranked, min(p.months) AS months, max(p.months) AS most_months,
			sum(p.violent_crimes) AS violent_crimes, bool_or(p.estimated) AS estimated,
			sum(p.population * d.lower_rate) AS expected_lower,
			CASE WHEN count(d.upper_rate) = count(*) THEN sum(p.population * d.upper_rate) END AS expected_upper,
			sum(p.population * d.violent_crimes / nullif(d.crime_population, 0)) AS violent_expected,
			isr_ratio(p.violent_crimes, p.population::float8, d.violent_crimes, d.crime_population::float8) AS violent_ratio
		FROM part p
		LEFT JOIN decile d ON d.decile = p.decile
		GROUP BY p.area
	),
	fact AS MATERIALIZED (
		SELECT a.*, lower(r.people) AS least, upper(r.people) - 1 AS most,
			CASE WHEN s.area IS NULL AND wanted_level = 'ward' THEN 'no best-fit area' WHEN s.populated = s.lsoas THEN 'known' ELSE 'not loaded' END
				AS population_status,
			CASE WHEN s.area IS NULL AND wanted_level = 'ward' THEN 'no best-fit area' WHEN s.ranked = s.lsoas THEN 'known'
				WHEN s.ranked > 0 THEN 'part loaded' ELSE 'not loaded' END AS deprivation_status,
			CASE WHEN s.area IS NULL AND wanted_level = 'ward' THEN 'no best-fit area'
				ELSE analysis.crime_status(s.months, coalesce(s.estimated, false)) END AS crime_status,
			coalesce(s.lsoas, 0) AS lsoas, CASE WHEN s.populated = s.lsoas THEN s.population END AS population, s.months,
			s.months = m.months AND s.most_months = m.months AS comparable,
			CASE WHEN s.months > 0 THEN s.violent_crimes END AS violent_crimes,
			s.expected_lower, s.expected_upper, s.violent_expected, s.violent_ratio
		FROM analysis.need_areas(wanted_level) a
		CROSS JOIN loaded m
		LEFT JOIN summed s ON s.area = a.area
		LEFT JOIN analysis.people_in_places(wanted_level, wanted) r ON r.place = a.area
	),
	stated AS MATERIALIZED (
		SELECT f.*,
			CASE WHEN f.least IS NOT NULL AND f.most IS NULL THEN 'no upper limit' ELSE returned.status END AS reached_status,
			CASE WHEN f.population_status <> 'known' THEN f.population_status WHEN f.deprivation_status <> 'known' THEN f.deprivation_status
				WHEN f.population = 0 THEN 'no population'
				WHEN f.least IS NULL THEN returned.status WHEN f.expected_upper IS NULL THEN 'no upper limit'
				ELSE returned.status END AS expected_status,
			CASE WHEN f.population_status <> 'known' THEN f.population_status WHEN f.deprivation_status <> 'known' THEN f.deprivation_status
				WHEN f.crime_status = 'not loaded' THEN 'not loaded'
				WHEN f.population = 0 THEN 'no population' WHEN f.comparable IS NOT TRUE THEN 'months differ' ELSE f.crime_status END AS violent_status
		FROM fact f
	),
	expected AS MATERIALIZED (
		SELECT s.*,
			CASE WHEN s.expected_status IN ('known', 'part returned', 'no upper limit') THEN s.expected_lower END AS low,
			CASE WHEN s.expected_status IN ('known', 'part returned', 'no upper limit') THEN s.expected_upper END AS high,
			-- Deciles that are part loaded make no sum, months that are part loaded do.
			s.violent_status IN ('known', 'estimated', 'part loaded') AND s.comparable IS TRUE AND s.deprivation_status = 'known' AS crime_compared
		FROM stated s
	),
	smooth AS (SELECT rate_spread(e.violent_crimes, e.population::float8) AS overall FROM expected e WHERE e.crime_compared)
	SELECT f.area, f.name, f.district, f.district_name,
		CASE wanted_level WHEN 'ward' THEN chosen.ward_edition ELSE chosen.lsoa_edition END,
		returned.expected, returned.received, returned.made_up,
		f.least, f.most, f.reached_status,
		f.lsoas, f.population, chosen.population_edition, chosen.population_source, f.population_status,
		chosen.deprivation_edition::text, chosen.deprivation_source, f.deprivation_status,
		f.low, f.high, 'people reached in all the hub''s LSOAs of the same deprivation decile, by residents', f.expected_status,
		f.least / nullif(f.high, 0), f.most / nullif(f.low, 0),
		(rate_limits(f.least, nullif(f.high, 0), 1)).lower, (rate_limits(f.most, nullif(f.low, 0), 1)).upper,
		CASE WHEN f.low IS NULL THEN f.expected_status WHEN f.high = 0 THEN 'nobody expected'
			WHEN f.most IS NULL OR f.low = 0 OR f.high IS NULL THEN 'no upper limit' ELSE f.reached_status END,
		CASE WHEN f.low IS NOT NULL AND f.least IS NOT NULL THEN coalesce(greatest(0, f.low - f.most), 0) END,
		CASE WHEN f.high IS NOT NULL AND f.least IS NOT NULL THEN greatest(0, f.high - f.least) END,
		CASE WHEN f.low IS NULL THEN f.expected_status WHEN f.high IS NULL THEN 'no upper limit' ELSE f.reached_status END,
		f.violent_crimes, coalesce(f.months, 0), months_loaded, f.crime_status,
		CASE WHEN f.crime_compared THEN f.violent_expected END,
		CASE WHEN f.crime_compared THEN (f.violent_ratio).value END,
		CASE WHEN f.crime_compared THEN (f.violent_ratio).lower END,
		CASE WHEN f.crime_compared THEN (f.violent_ratio).upper END,
		CASE WHEN f.crime_compared THEN (f.violent_ratio).method END,
		CASE WHEN f.crime_compared THEN 1000 * empirical_bayes(f.violent_crimes, f.population::float8, s.overall) END,
		f.violent_status, f.geom
	FROM expected f
	CROSS JOIN smooth s;
END
$$;
COMMENT ON FUNCTION analysis.need_in(text, returns.period) IS 'expected demand by deprivation decile, reach and unmet need, and violent crime by the same standard, by area in one quarter; view analysis.need_ward says what the columns are';
