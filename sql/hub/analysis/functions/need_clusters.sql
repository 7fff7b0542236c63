-- Where high need lies beside high need.

CREATE OR REPLACE FUNCTION analysis.need_clusters_in(level text, period returns.period, measure text, kind text DEFAULT 'queen',
	permutations int DEFAULT 999, seed bigint DEFAULT 1, metres float8 DEFAULT NULL, k int DEFAULT NULL)
RETURNS TABLE (area text, name text, district text, district_name text, measure_value float8, neighbours int,
	moran float8, moran_z float8, moran_p float8, moran_p_adjusted float8, quadrant text, moran_status text,
	getis_ord_z float8, getis_ord_p_adjusted float8, spot text, getis_ord_status text,
	edition text, value_edition text, geom geometry)
LANGUAGE plpgsql STABLE ROWS 500
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	wanted_level text := level;
	wanted returns.period := period;
	wanted_measure text := measure;
	wanted_kind text := kind;
	draws int := permutations;
	from_seed bigint := seed;
	reach float8 := metres;
	nearest int := k;
	scored boolean;
	chosen analysis.chosen;
BEGIN
	IF wanted_measure IS NULL OR wanted_measure NOT IN ('violent crime', 'deprivation', 'unmet need') THEN
		RAISE EXCEPTION 'measure "%" is unknown', wanted_measure USING ERRCODE = 'invalid_parameter_value',
			HINT = 'Use violent crime, deprivation or unmet need.';
	END IF;
	SELECT * INTO chosen FROM analysis.chosen;
	-- An edition of which only ranks and deciles are loaded, for some of the LSOAs at least, is taken by its deciles.
	scored := NOT EXISTS (SELECT FROM analysis.need_places() n
		JOIN reference.deprivation i ON i.lsoa = n.lsoa AND i.edition = chosen.deprivation_edition
		WHERE i.score IS NULL);
	RETURN QUERY
	WITH fact AS MATERIALIZED (
		SELECT n.area::gss_code AS area, n.name, n.district, n.district_name, n.geom,
			CASE wanted_measure WHEN 'violent crime' THEN n.violent_rate_smoothed ELSE 1000 * n.unmet_lower / nullif(n.population, 0) END AS value
		FROM analysis.need_in(wanted_level, wanted) n
		WHERE wanted_measure <> 'deprivation'
		UNION ALL
		SELECT a.area::gss_code, a.name, a.district, a.district_name, a.geom,
			CASE WHEN scored THEN d.score ELSE d.decile END
		FROM analysis.need_areas(wanted_level) a
		LEFT JOIN (
			SELECT analysis.need_place_of(wanted_level, n.lsoa, n.ward, n.district, n.decile) AS area,
				CASE WHEN count(i.score) = count(*) THEN sum(n.population * i.score) / nullif(sum(n.population), 0) END AS score,
				-- A mean of deciles has no meaning: a ward is told by how many live in the most deprived tenth.
				CASE WHEN count(n.decile) < count(*) THEN NULL WHEN wanted_level = 'lsoa' THEN 11 - min(n.decile)
					ELSE coalesce(sum(n.population) FILTER (WHERE n.decile = 1), 0)::float8 / nullif(sum(n.population), 0) END AS decile
			FROM analysis.need_places() n
			LEFT JOIN reference.deprivation i ON i.lsoa = n.lsoa AND i.edition = chosen.deprivation_edition
			GROUP BY 1
		) d ON d.area = a.area
		WHERE wanted_measure = 'deprivation'
	), pair AS MATERIALIZED (
		SELECT n.area, n.neighbour
		FROM analysis.need_neighbours(wanted_level, wanted_kind, reach, nearest) n
	), gathered AS MATERIALIZED (
		SELECT (SELECT array_agg(f.area ORDER BY f.area) FROM fact f) AS areas,
			(SELECT array_agg(f.value ORDER BY f.area) FROM fact f) AS vals,
			(SELECT coalesce(array_agg(p.area), '{}') FROM pair p) AS from_areas,
			(SELECT coalesce(array_agg(p.neighbour), '{}') FROM pair p) AS to_areas
	), beside AS (SELECT p.area, count(*)::int AS neighbours FROM pair p GROUP BY p.area)
	SELECT f.area::text, f.name, f.district, f.district_name, f.value, coalesce(b.neighbours, 0),
		m.moran, m.z, coalesce(m.p_permutation, m.p), m.p_adjusted, m.quadrant, m.status,
		g.z, g.p_adjusted, g.spot, g.status,
		CASE wanted_level WHEN 'ward' THEN chosen.ward_edition ELSE chosen.lsoa_edition END,
		CASE wanted_measure WHEN 'deprivation' THEN chosen.deprivation_edition || CASE WHEN scored THEN ', score'
				WHEN wanted_level = 'lsoa' THEN ', 11 less decile' ELSE ', share of residents in the most deprived tenth' END
			WHEN 'violent crime' THEN concat_ws('; ', analysis.crime_months(wanted), chosen.population_edition)
			ELSE concat_ws('; ', chosen.population_edition, chosen.deprivation_edition) END,
		f.geom
	FROM fact f
	LEFT JOIN beside b ON b.area = f.area
	LEFT JOIN (SELECT m.* FROM gathered a, local_moran(a.areas, a.vals, a.from_areas, a.to_areas, draws, from_seed) m) m ON m.area = f.area
	LEFT JOIN (SELECT g.* FROM gathered a, getis_ord(a.areas, a.vals, a.from_areas, a.to_areas, true, draws, from_seed) g) g ON g.area = f.area;
END
$$;
COMMENT ON FUNCTION analysis.need_clusters_in(text, returns.period, text, text, int, bigint, float8, int) IS 'local Moran''s I and G* of a measure of need (violent crime, deprivation, unmet need) by ward or LSOA in one quarter; view analysis.need_cluster_ward says what the columns are';
