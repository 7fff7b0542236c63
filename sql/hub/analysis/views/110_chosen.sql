-- On what the demand tables stand: one vintage of areas, and the editions that speak of it.

CREATE VIEW analysis.chosen AS
WITH vintage AS (
	SELECT max(vintage) FILTER (WHERE level = 'lsoa') AS lsoa, max(vintage) FILTER (WHERE level = 'ward') AS ward
	FROM reference.area
),
ward_area AS (
	SELECT a.code FROM reference.area a JOIN vintage v ON a.level = 'ward' AND a.vintage = v.ward
),
-- The lookup whose codes cover the loaded wards best.
lookup AS (
	SELECT b.ward_vintage, count(w.code) AS covered
	FROM (SELECT DISTINCT b.ward_vintage, b.ward
		FROM reference.ward_best_fit b JOIN vintage v ON b.lsoa_vintage = v.lsoa) b
	LEFT JOIN ward_area w ON w.code = b.ward
	GROUP BY b.ward_vintage
	ORDER BY covered DESC, b.ward_vintage DESC
	LIMIT 1
),
population AS (
	SELECT f.edition
	FROM reference.source_file f, vintage v
	WHERE f.kind = 'population'
	AND EXISTS (SELECT FROM reference.population p
		WHERE p.edition = f.edition AND p.level = 'lsoa' AND p.vintage = v.lsoa)
	ORDER BY (SELECT p.year FROM reference.population p
		WHERE p.edition = f.edition AND p.level = 'lsoa' AND p.vintage = v.lsoa LIMIT 1) DESC, f.edition
	LIMIT 1
),
deprivation AS (
	SELECT max(d.edition) AS edition FROM reference.deprivation d JOIN vintage v ON d.lsoa_vintage = v.lsoa
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
