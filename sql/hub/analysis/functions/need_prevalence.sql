-- Need expected from a prevalence that someone else has found.

-- The bands of the chosen population that together hold the ages, taken from its finest division.
CREATE OR REPLACE FUNCTION analysis.population_of_ages(ages int4range)
RETURNS TABLE (lsoa gss_code, fewest bigint, most bigint, estimate float8)
LANGUAGE plpgsql STABLE STRICT ROWS 2000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	wanted int4range := ages;
	chosen analysis.chosen;
	bands int4range[];
BEGIN
	SELECT * INTO chosen FROM analysis.chosen;
	-- All areas of an edition have the same bands.
	SELECT array_agg(p.age) INTO bands
	FROM reference.population AS p
	WHERE p.edition = chosen.population_edition AND p.level = 'lsoa' AND p.vintage = chosen.lsoa_vintage
	AND p.characteristic = 'all' AND p.category = 'all'
	AND p.area = (SELECT min(t.area::text)::gss_code FROM reference.population AS t
		WHERE t.edition = chosen.population_edition AND t.level = 'lsoa' AND t.vintage = chosen.lsoa_vintage);
	bands := ARRAY(SELECT b FROM unnest(bands) b WHERE b && wanted
		AND NOT EXISTS (SELECT FROM unnest(bands) f WHERE f <> b AND f <@ b));
	IF (SELECT range_agg(b) FROM unnest(bands) b) @> wanted IS NOT TRUE THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT p.area, coalesce(sum(p.n) FILTER (WHERE p.age <@ wanted), 0)::bigint, sum(p.n)::bigint,
		sum(p.n * CASE WHEN p.age <@ wanted THEN 1
			WHEN upper_inf(p.age) OR upper_inf(wanted) THEN NULL
			ELSE (upper(p.age * wanted) - lower(p.age * wanted))::float8 / (upper(p.age) - lower(p.age)) END)
	FROM reference.population AS p
	WHERE p.edition = chosen.population_edition AND p.level = 'lsoa' AND p.vintage = chosen.lsoa_vintage
	AND p.characteristic = 'all' AND p.category = 'all' AND p.age = ANY (bands)
	GROUP BY p.area
	HAVING count(*) = cardinality(bands);
END
$$;
COMMENT ON FUNCTION analysis.population_of_ages(int4range) IS 'residents of some ages by LSOA: least and most by the bands that are loaded, and an estimate that shares a band evenly over its years; no row where no bands are loaded';

CREATE OR REPLACE FUNCTION analysis.need_prevalence_in(level text, period returns.period)
RETURNS TABLE (area text, name text, district text, district_name text, edition text,
	returns_expected int, returns_received int, made_up boolean,
	prevalence text, statement text, share float8, prevalence_source text, prevalence_year int, cannot_tell text,
	ages int4range, people float8, people_lower bigint, people_upper bigint, population_edition text, population_source text, people_status text,
	expected float8, expected_lower float8, expected_upper float8, expected_status text,
	reached_lower int, reached_upper int, reached_status text,
	reach_ratio float8, reach_ratio_lower float8, reach_ratio_upper float8, reach_ratio_status text,
	unmet float8, unmet_lower float8, unmet_upper float8, unmet_status text,
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
	known reference.prevalence;
BEGIN
	SELECT * INTO chosen FROM analysis.chosen;
	SELECT * INTO returned FROM analysis.returns_in(wanted);
	FOR known IN SELECT * FROM reference.prevalence p ORDER BY p.name LOOP
		RETURN QUERY
		WITH summed AS MATERIALIZED (
			SELECT analysis.need_place_of(wanted_level, n.lsoa, n.ward, n.district, n.decile) AS area,
				count(*) AS lsoas, count(p.lsoa) AS populated, sum(p.fewest)::bigint AS least, sum(p.most)::bigint AS most,
				CASE WHEN count(p.estimate) = count(*) THEN sum(p.estimate) END AS estimate
			FROM analysis.need_places() n
			LEFT JOIN analysis.population_of_ages(known.ages) p ON p.lsoa = n.lsoa
			GROUP BY 1
		),
		fact AS MATERIALIZED (
			SELECT a.*, s.least, s.most, s.estimate, s.lsoas = s.populated AS whole,
				CASE WHEN s.area IS NULL AND wanted_level = 'ward' THEN 'no best-fit area'
					WHEN s.lsoas = s.populated AND s.least = s.most THEN 'known'
					WHEN s.lsoas = s.populated AND s.estimate IS NOT NULL THEN 'estimated'
					ELSE 'ages not loaded' END AS people_status,
				r.people AS reached
			FROM analysis.need_areas(wanted_level) a
			LEFT JOIN summed s ON s.area = a.area
			LEFT JOIN analysis.people_in_places(wanted_level, wanted, known.ages) r ON r.place = a.area
		),
		expected AS MATERIALIZED (
			SELECT f.*, x.expected
			FROM fact f
			CROSS JOIN LATERAL (SELECT expected_from_prevalence(f.estimate, known.share, known.lower, known.upper) AS stated OFFSET 0) e
			CROSS JOIN LATERAL (SELECT CASE WHEN f.people_status IN ('known', 'estimated') THEN
				ROW((e.stated).value, f.least * coalesce(known.lower, known.share), f.most * coalesce(known.upper, known.share),
					NULL, (e.stated).method)::estimate END AS expected OFFSET 0) x
		),
		rated AS MATERIALIZED (
			SELECT e.*, reach_ratio(e.reached, e.expected) AS ratio, unmet_need(e.reached, e.expected) AS unmet,
				CASE WHEN upper_inf(e.reached) THEN 'no upper limit' ELSE returned.status END AS reached_status
			FROM expected e
		)
		SELECT f.area, f.name, f.district, f.district_name,
			CASE wanted_level WHEN 'ward' THEN chosen.ward_edition ELSE chosen.lsoa_edition END,
			returned.expected, returned.received, returned.made_up,
			known.name, known.statement, known.share, known.source, known.year::int, known.cannot_tell, known.ages,
			CASE WHEN f.whole THEN f.estimate END, CASE WHEN f.whole THEN f.least END, CASE WHEN f.whole THEN f.most END,
			chosen.population_edition, chosen.population_source, f.people_status,
			(f.expected).value, (f.expected).lower, (f.expected).upper, f.people_status,
			lower(f.reached), upper(f.reached) - 1, f.reached_status,
			(f.ratio).value, (f.ratio).lower, (f.ratio).upper,
			CASE WHEN f.expected IS NULL THEN f.people_status WHEN f.reached IS NULL THEN returned.status
				WHEN (f.expected).value = 0 THEN 'nobody expected' WHEN (f.ratio).upper IS NULL THEN 'no upper limit' ELSE f.reached_status END,
			(f.unmet).value, (f.unmet).lower, (f.unmet).upper,
			CASE WHEN f.expected IS NULL THEN f.people_status WHEN f.reached IS NULL THEN returned.status ELSE f.reached_status END,
			f.geom
		FROM rated f;
	END LOOP;
END
$$;
COMMENT ON FUNCTION analysis.need_prevalence_in(text, returns.period) IS 'people expected from each prevalence of reference.prevalence, those of the same ages reached, and the difference, by area in one quarter; view analysis.need_prevalence_ward says what the columns are';
