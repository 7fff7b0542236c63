-- Demand by area in one quarter: people reached beside population, deprivation and crime.

-- What the returns of a quarter can tell: how many are expected and in, and whether any is made up.
CREATE OR REPLACE FUNCTION analysis.returns_in(period returns.period,
	OUT expected int, OUT received int, OUT made_up boolean, OUT status text)
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	SELECT count(*) FILTER (WHERE s.submission IS NOT NULL OR s.expected)::int, count(s.submission)::int,
		coalesce(bool_or(s.made_up) FILTER (WHERE s.submission IS NOT NULL), false),
		CASE WHEN count(s.submission) = 0 THEN 'not returned'
			WHEN count(*) FILTER (WHERE s.submission IS NULL AND s.expected) > 0 THEN 'part returned'
			ELSE 'known' END
	FROM analysis.return_status s
	WHERE s.period = returns_in.period
$$;
COMMENT ON FUNCTION analysis.returns_in(returns.period) IS 'returns expected and accepted for a quarter; status not returned, part returned (an expected return is not in: its people are in no figure) or known';

CREATE OR REPLACE FUNCTION analysis.demand_lsoa_in(period returns.period)
RETURNS TABLE (area gss_code, name text, ward gss_code, ward_name text, district gss_code, district_name text,
	edition text,
	returns_expected int, returns_received int, made_up boolean,
	reached_lower int, reached_upper int, reached_status text,
	reached_rate_lower float8, reached_rate_upper float8,
	reached_rate_lower_limit float8, reached_rate_upper_limit float8, reached_rate_status text,
	population bigint, population_edition text, population_source text, population_status text,
	deprivation_score float8, deprivation_rank int, deprivation_decile int,
	deprivation_edition text, deprivation_source text, deprivation_status text,
	crimes float8, violent_crimes float8, crime_months int, crime_edition text, crime_status text,
	crime_rate float8, crime_rate_lower float8, crime_rate_upper float8,
	violent_rate float8, violent_rate_lower float8, violent_rate_upper float8, crime_rate_status text,
	geom geometry)
LANGUAGE plpgsql STABLE STRICT ROWS 2000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	wanted returns.period := period;
	chosen analysis.chosen;
	returned record;
	months_loaded text := analysis.crime_months(period);
BEGIN
	SELECT * INTO chosen FROM analysis.chosen;
	SELECT * INTO returned FROM analysis.returns_in(wanted);
	RETURN QUERY
	WITH fact AS MATERIALIZED (
		SELECT l.lsoa, l.name, l.ward, l.ward_name, l.district, l.district_name, l.geom,
			lower(r.people) AS least, upper(r.people) - 1 AS most,
			p.n AS population,
			d.lsoa IS NOT NULL AS has_deprivation, d.score, d.rank, d.decile,
			c.months, c.crimes, c.violent_crimes, c.estimated
		FROM analysis.lsoa l
		LEFT JOIN analysis.people_reached('lsoa', wanted) r ON r.area = l.lsoa
		LEFT JOIN reference.population_total p ON p.area = l.lsoa AND p.level = 'lsoa'
			AND p.edition = chosen.population_edition AND p.vintage = chosen.lsoa_vintage
		LEFT JOIN reference.deprivation d ON d.lsoa = l.lsoa AND d.edition = chosen.deprivation_edition
		LEFT JOIN analysis.lsoa_crime(wanted) c ON c.lsoa = l.lsoa
	),
	rated AS MATERIALIZED (
		SELECT f.*,
			rate_limits(f.least, f.population, 1000) AS least_rate, rate_limits(f.most, f.population, 1000) AS most_rate,
			rate_limits(f.crimes, f.population, 1000) AS crime_rate, rate_limits(f.violent_crimes, f.population, 1000) AS violent_rate
		FROM fact f
	)
	SELECT f.lsoa, f.name, f.ward, f.ward_name, f.district, f.district_name,
		chosen.lsoa_edition,
		returned.expected, returned.received, returned.made_up,
		f.least, f.most, CASE WHEN f.least IS NOT NULL AND f.most IS NULL THEN 'no upper limit' ELSE returned.status END,
		(f.least_rate).value, (f.most_rate).value, (f.least_rate).lower, (f.most_rate).upper,
		analysis.rate_status(returned.status, f.population),
		f.population, chosen.population_edition, chosen.population_source,
		CASE WHEN f.population IS NULL THEN 'not loaded' ELSE 'known' END,
		f.score, f.rank, f.decile::int,
		chosen.deprivation_edition::text, chosen.deprivation_source,
		CASE WHEN f.score IS NULL AND f.rank IS NULL AND f.decile IS NULL THEN 'not loaded'
			WHEN f.score IS NULL OR f.rank IS NULL OR f.decile IS NULL THEN 'part loaded' ELSE 'known' END,
		f.crimes, f.violent_crimes, f.months, months_loaded,
		analysis.crime_status(f.months, f.estimated),
		(f.crime_rate).value, (f.crime_rate).lower, (f.crime_rate).upper,
		(f.violent_rate).value, (f.violent_rate).lower, (f.violent_rate).upper,
		analysis.rate_status(analysis.crime_status(f.months, f.estimated), f.population),
		f.geom
	FROM rated f;
END
$$;
COMMENT ON FUNCTION analysis.demand_lsoa_in(returns.period) IS 'demand by LSOA in one quarter; view analysis.demand_lsoa says what the columns are';

CREATE OR REPLACE FUNCTION analysis.demand_ward_in(period returns.period)
RETURNS TABLE (area gss_code, name text, district gss_code, district_name text,
	edition text,
	returns_expected int, returns_received int, made_up boolean,
	reached_lower int, reached_upper int, reached_status text,
	reached_rate_lower float8, reached_rate_upper float8,
	reached_rate_lower_limit float8, reached_rate_upper_limit float8, reached_rate_status text,
	lsoas int, population bigint, population_edition text, population_source text, population_status text,
	deprivation_score float8, deprivation_population_share float8,
	lsoas_with_decile int, deprivation_most_deprived_share float8,
	deprivation_edition text, deprivation_source text, deprivation_status text,
	crimes float8, violent_crimes float8, crime_months int, crime_edition text, crime_status text,
	crime_rate float8, crime_rate_lower float8, crime_rate_upper float8,
	violent_rate float8, violent_rate_lower float8, violent_rate_upper float8, crime_rate_status text,
	geom geometry)
LANGUAGE plpgsql STABLE STRICT ROWS 1000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	wanted returns.period := period;
	chosen analysis.chosen;
	returned record;
	months_loaded text := analysis.crime_months(period);
BEGIN
	SELECT * INTO chosen FROM analysis.chosen;
	SELECT * INTO returned FROM analysis.returns_in(wanted);
	RETURN QUERY
	WITH crime AS MATERIALIZED (
		SELECT c.* FROM analysis.lsoa_crime(wanted) c
	),
	-- A ward is the LSOAs best fitted to it, those outside the loaded LSOA boundaries included.
	part AS MATERIALIZED (
		SELECT b.ward, count(*)::int AS lsoas,
			sum(p.n) AS population, count(p.n) AS populated,
			sum(p.n) FILTER (WHERE d.score IS NOT NULL) AS covered,
			sum(p.n * d.score) / nullif(sum(p.n) FILTER (WHERE d.score IS NOT NULL), 0) AS score,
			count(d.score) AS scored, count(d.decile) AS ranked,
			count(*) FILTER (WHERE d.decile = 1) / nullif(count(d.decile), 0)::float8 AS most_deprived,
			min(c.months) AS months, sum(c.crimes) AS crimes, sum(c.violent_crimes) AS violent_crimes,
			count(c.lsoa) AS bounded, bool_or(c.estimated) AS estimated
		FROM reference.ward_best_fit b
		LEFT JOIN reference.population_total p ON p.area = b.lsoa AND p.level = 'lsoa'
			AND p.edition = chosen.population_edition AND p.vintage = chosen.lsoa_vintage
		LEFT JOIN reference.deprivation d ON d.lsoa = b.lsoa AND d.edition = chosen.deprivation_edition
		LEFT JOIN crime c ON c.lsoa = b.lsoa
		WHERE b.lsoa_vintage = chosen.lsoa_vintage AND b.ward_vintage = chosen.lookup_vintage
		GROUP BY b.ward
	),
	-- Wards to which no LSOA is best fitted have crimes by point, in the months loaded round them.
	district AS MATERIALIZED (
		SELECT l.district, max(c.months) AS months
		FROM crime c
		JOIN analysis.lsoa l USING (lsoa)
		GROUP BY l.district
	),
	by_point AS MATERIALIZED (
		SELECT w.ward, sum(w.n) AS crimes, coalesce(sum(w.n) FILTER (WHERE analysis.is_violent(t.name)), 0) AS violent_crimes
		FROM reference.ward_crime_by_point w
		JOIN reference.crime_type t ON t.id = w.crime_type
		WHERE w.vintage = chosen.ward_vintage
		AND w.month BETWEEN returns.period_start(wanted) AND returns.period_end(wanted)
		GROUP BY w.ward
	),
	fact AS MATERIALIZED (
		SELECT w.ward, w.name, w.district, w.district_name, w.geom,
			lower(r.people) AS least, upper(r.people) - 1 AS most,
			coalesce(p.lsoas, 0) AS lsoas, p.ward IS NOT NULL AS fitted,
			CASE WHEN p.populated = p.lsoas THEN p.population::bigint END AS population,
			p.score, p.covered / nullif(p.population, 0)::float8 AS covered, p.scored, p.ranked, p.most_deprived,
			CASE WHEN p.ward IS NOT NULL THEN coalesce(p.months, 0) ELSE coalesce(d.months, 0) END AS months,
			CASE WHEN p.ward IS NULL AND d.months > 0 THEN coalesce(b.crimes, 0)
				WHEN p.months > 0 THEN p.crimes END::float8 AS crimes,
			CASE WHEN p.ward IS NULL AND d.months > 0 THEN coalesce(b.violent_crimes, 0)
				WHEN p.months > 0 THEN p.violent_crimes END::float8 AS violent_crimes,
			coalesce(p.estimated, false) AS estimated
		FROM analysis.ward w
		LEFT JOIN analysis.people_reached('ward', wanted) r ON r.area = w.ward
		LEFT JOIN part p ON p.ward = w.ward
		LEFT JOIN district d ON d.district = w.district
		LEFT JOIN by_point b ON b.ward = w.ward
	),
	stated AS (
		SELECT f.*,
			CASE WHEN NOT f.fitted THEN 'no best-fit area' WHEN f.population IS NULL THEN 'not loaded'
				ELSE 'known' END AS population_status,
			CASE WHEN NOT f.fitted AND f.months > 0 THEN 'by point'
				ELSE analysis.crime_status(f.months, f.estimated) END AS crime_status
		FROM fact f
	),
	rated AS MATERIALIZED (
		SELECT f.*,
			rate_limits(f.least, f.population, 1000) AS least_rate, rate_limits(f.most, f.population, 1000) AS most_rate,
			rate_limits(f.crimes, f.population, 1000) AS crime_rate, rate_limits(f.violent_crimes, f.population, 1000) AS violent_rate
		FROM stated f
	)
	SELECT f.ward, f.name, f.district, f.district_name,
		chosen.ward_edition,
		returned.expected, returned.received, returned.made_up,
		f.least, f.most, CASE WHEN f.least IS NOT NULL AND f.most IS NULL THEN 'no upper limit' ELSE returned.status END,
		(f.least_rate).value, (f.most_rate).value, (f.least_rate).lower, (f.most_rate).upper,
		CASE WHEN f.fitted THEN analysis.rate_status(returned.status, f.population) ELSE 'no best-fit area' END,
		f.lsoas, f.population, chosen.population_edition, chosen.population_source, f.population_status,
		f.score, f.covered, coalesce(f.ranked, 0)::int, f.most_deprived,
		chosen.deprivation_edition::text, chosen.deprivation_source,
		CASE WHEN NOT f.fitted THEN 'no best-fit area' WHEN f.score IS NULL THEN 'not loaded'
			WHEN f.scored < f.lsoas THEN 'part loaded' ELSE 'known' END,
		f.crimes, f.violent_crimes, f.months, months_loaded,
		f.crime_status,
		(f.crime_rate).value, (f.crime_rate).lower, (f.crime_rate).upper,
		(f.violent_rate).value, (f.violent_rate).lower, (f.violent_rate).upper,
		CASE WHEN f.fitted THEN analysis.rate_status(f.crime_status, f.population) ELSE 'no best-fit area' END,
		f.geom
	FROM rated f;
END
$$;
COMMENT ON FUNCTION analysis.demand_ward_in(returns.period) IS 'demand by ward in one quarter; view analysis.demand_ward says what the columns are';

CREATE OR REPLACE FUNCTION analysis.crime_status(months int, estimated boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN coalesce(months, 0) = 0 THEN 'not loaded' WHEN months < 3 THEN 'part loaded'
	WHEN estimated THEN 'estimated' ELSE 'known' END;
COMMENT ON FUNCTION analysis.crime_status(int, boolean) IS 'status of crimes of a quarter: not loaded, part loaded (fewer than three months), estimated (some were shared between areas), known';

CREATE OR REPLACE FUNCTION analysis.rate_status(status text, population bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN status IN ('not loaded', 'not returned') THEN status WHEN population IS NULL THEN 'not loaded'
	WHEN population = 0 THEN 'no population' ELSE status END;
COMMENT ON FUNCTION analysis.rate_status(text, bigint) IS 'status of a rate, from that of its events and its population';

CREATE OR REPLACE FUNCTION analysis.crime_months(period returns.period) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	SELECT 'data.police.uk, ' || string_agg(to_char(m.month, 'YYYY-MM'), ', ' ORDER BY m.month)
	FROM (SELECT DISTINCT m.month FROM reference.crime_month m
		WHERE m.month BETWEEN returns.period_start(crime_months.period) AND returns.period_end(crime_months.period)) m
$$;
COMMENT ON FUNCTION analysis.crime_months(returns.period) IS 'the months of crime loaded within a quarter, for any force';
