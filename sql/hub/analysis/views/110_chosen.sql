-- On what the demand tables stand: one vintage of areas, and the editions that speak of it.

-- Every view and function of the demand and need tables asks this one, some a dozen times. So it only looks things up in
-- indexes, by scalar subqueries, which stay so whatever the planner knows or may use.
CREATE VIEW analysis.chosen AS
WITH vintage AS (
	SELECT (SELECT max(a.vintage) FROM reference.area a WHERE a.level = 'lsoa') AS lsoa,
		(SELECT max(a.vintage) FROM reference.area a WHERE a.level = 'ward') AS ward
),
ward_area AS (
	SELECT a.code FROM reference.area a WHERE a.level = 'ward' AND a.vintage = (SELECT v.ward FROM vintage v)
),
-- The lookup whose codes cover the loaded wards best; the newest, if none covers any.
lookup AS (
	SELECT x.ward_vintage, count(x.ward) AS covered
	FROM (SELECT w.code AS ward, unnest(ARRAY(SELECT DISTINCT b.ward_vintage FROM reference.ward_best_fit b
			WHERE b.ward = w.code AND b.lsoa_vintage = (SELECT v.lsoa FROM vintage v))) AS ward_vintage
		FROM ward_area w
		UNION ALL
		SELECT NULL, (SELECT max(b.ward_vintage) FROM reference.ward_best_fit b WHERE b.lsoa_vintage = v.lsoa)
		FROM vintage v) x
	WHERE x.ward_vintage IS NOT NULL
	GROUP BY x.ward_vintage
	ORDER BY covered DESC, x.ward_vintage DESC
	LIMIT 1
),
population AS (
	SELECT f.edition
	FROM (SELECT DISTINCT f.edition, (SELECT p.year FROM reference.population p
			WHERE p.edition = f.edition AND p.level = 'lsoa' AND p.vintage = (SELECT v.lsoa FROM vintage v)
			AND p.category = 'all' AND p.age = '[0,)' ORDER BY p.area LIMIT 1) AS year
		FROM reference.source_file f WHERE f.kind = 'population') f
	WHERE f.year IS NOT NULL
	ORDER BY f.year DESC, f.edition
	LIMIT 1
),
deprivation AS (
	SELECT (SELECT max(d.edition) FROM reference.deprivation d WHERE d.lsoa_vintage = v.lsoa) AS edition FROM vintage v
)
SELECT v.lsoa AS lsoa_vintage,
	v.ward AS ward_vintage,
	l.ward_vintage AS lookup_vintage,
	(SELECT count(*) FROM ward_area) AS wards,
	coalesce(l.covered, 0) AS wards_covered,
	p.edition AS population_edition,
	d.edition AS deprivation_edition,
	'LSOA ' || v.lsoa AS lsoa_edition,
	'Ward ' || v.ward || coalesce(', best fit of LSOA ' || v.lsoa || ' to Ward ' || l.ward_vintage || ' (' || l.covered
		|| ' of ' || (SELECT count(*) FROM ward_area) || ' wards)', ', no lookup loaded') AS ward_edition,
	-- Where they come from: the files, the first few by name.
	analysis.source_names('population', p.edition) AS population_source,
	analysis.source_names('deprivation', d.edition::text) AS deprivation_source
FROM vintage v
CROSS JOIN deprivation d
LEFT JOIN lookup l ON true
LEFT JOIN population p ON true;
COMMENT ON VIEW analysis.chosen IS 'the vintages and editions that the demand tables use: newest areas loaded, the lookup that covers the wards best, newest population and deprivation for those areas';
