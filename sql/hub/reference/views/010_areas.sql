-- Views of the reference data. Those of crime group by the number of the type: the server knows that its name
-- follows, and a condition on the name still reaches the tables.

CREATE VIEW reference.population_total AS
SELECT DISTINCT ON (p.edition, p.level, p.vintage, p.area) p.edition, p.year, p.level, p.vintage, p.area, p.n, p.summed
FROM reference.population AS p
WHERE p.category = 'all' AND p.age = '[0,)'
ORDER BY p.edition, p.level, p.vintage, p.area, p.characteristic <> 'all', p.summed, p.characteristic;
COMMENT ON VIEW reference.population_total IS 'residents of each area by edition: the published total if there is one, else the sum of the bands or categories';

CREATE VIEW reference.crime_count AS
SELECT c.area, c.month, t.name AS crime_type, sum(c.n) AS n
FROM reference.crime_force_count AS c
JOIN reference.crime_type AS t ON t.id = c.crime_type
GROUP BY c.area, c.month, t.id;
COMMENT ON VIEW reference.crime_count IS 'crimes by LSOA as published, month and type; area is NULL for unplaced crimes';

CREATE VIEW reference.crime_part_on AS
SELECT 2011::smallint AS vintage, coalesce(m.target, c.area) AS area, c.month, c.crime_type, c.n AS whole, NULL::numeric AS share, false AS estimated
FROM reference.crime_force_count AS c
LEFT JOIN reference.lsoa_move AS m ON m.vintage = 2011 AND m.lsoa = c.area
WHERE m.lsoa IS NULL OR m.target IS NOT NULL
UNION ALL
SELECT 2011::smallint, v.target, v.month, v.crime_type, NULL, v.n, v.estimated FROM reference.crime_moved AS v WHERE v.vintage = 2011
UNION ALL
SELECT 2021::smallint, coalesce(m.target, c.area), c.month, c.crime_type, c.n, NULL, false
FROM reference.crime_force_count AS c
LEFT JOIN reference.lsoa_move AS m ON m.vintage = 2021 AND m.lsoa = c.area
WHERE m.lsoa IS NULL OR m.target IS NOT NULL
UNION ALL
SELECT 2021::smallint, v.target, v.month, v.crime_type, NULL, v.n, v.estimated FROM reference.crime_moved AS v WHERE v.vintage = 2021;
COMMENT ON VIEW reference.crime_part_on IS 'crimes by LSOA of one chosen vintage (2011 or 2021), month and type, in parts that are to be added: whole counts, and shares of crimes whose published LSOA has several candidates';

CREATE VIEW reference.crime_count_on AS
SELECT p.vintage, p.area, p.month, t.name AS crime_type, (coalesce(sum(p.whole), 0) + coalesce(sum(p.share), 0))::numeric AS n, bool_or(p.estimated) AS estimated
FROM reference.crime_part_on AS p
JOIN reference.crime_type AS t ON t.id = p.crime_type
GROUP BY p.vintage, p.area, p.month, t.id;
COMMENT ON VIEW reference.crime_count_on IS 'crimes by LSOA of one chosen vintage (2011 or 2021), month and type; estimated where a share by population is in it';

CREATE VIEW reference.ward_lookup AS
WITH boundary AS (
	SELECT a.vintage, a.code FROM reference.area AS a WHERE a.level = 'ward'
), lookup AS (
	SELECT DISTINCT f.lsoa_vintage, f.ward_vintage, f.ward FROM reference.ward_best_fit AS f
), cover AS (
	SELECT b.vintage, l.lsoa_vintage, l.ward_vintage, count(*) AS covered
	FROM boundary AS b JOIN lookup AS l ON l.ward = b.code
	GROUP BY b.vintage, l.lsoa_vintage, l.ward_vintage
)
SELECT c.vintage, c.lsoa_vintage, c.ward_vintage, n.wards, c.covered,
	row_number() OVER (PARTITION BY c.vintage
		ORDER BY c.covered DESC, abs(c.ward_vintage - c.vintage), c.lsoa_vintage DESC, c.ward_vintage DESC) = 1 AS chosen,
	format('Ward %s boundaries, LSOA %s to Ward %s best fit (%s of %s wards)',
		c.vintage, c.lsoa_vintage, c.ward_vintage, c.covered, n.wards) AS edition
FROM cover AS c
JOIN (SELECT b.vintage, count(*) AS wards FROM boundary AS b GROUP BY b.vintage) AS n ON n.vintage = c.vintage;
COMMENT ON VIEW reference.ward_lookup IS 'for the ward boundaries of each vintage, how many of their codes each best-fit lookup covers; chosen is the best of them';

CREATE VIEW reference.ward AS
SELECT a.vintage, a.code AS ward, a.name, coalesce(a.district, f.district) AS district, f.district_name,
	l.lsoa_vintage, l.ward_vintage, coalesce(f.lsoas, 0) AS lsoas,
	CASE WHEN l.vintage IS NULL THEN 'no lookup' WHEN f.ward IS NULL THEN 'no best-fit area' ELSE 'best fit' END AS status,
	coalesce(l.edition, format('Ward %s boundaries, no lookup', a.vintage)) AS edition, a.geom
FROM reference.area AS a
LEFT JOIN reference.ward_lookup AS l ON l.vintage = a.vintage AND l.chosen
LEFT JOIN (
	SELECT f.lsoa_vintage, f.ward_vintage, f.ward, min(f.district) AS district, min(f.district_name) AS district_name, count(*) AS lsoas
	FROM reference.ward_best_fit AS f
	GROUP BY f.lsoa_vintage, f.ward_vintage, f.ward
) AS f ON f.lsoa_vintage = l.lsoa_vintage AND f.ward_vintage = l.ward_vintage AND f.ward = a.code
WHERE a.level = 'ward';
COMMENT ON VIEW reference.ward IS 'loaded wards with the lookup chosen for them; status is best fit, no best-fit area (crimes by point: ward_crime_count) or no lookup';

CREATE VIEW reference.ward_crime_count AS
SELECT c.vintage, c.ward, c.month, t.name AS crime_type, sum(c.n) AS n
FROM reference.ward_crime_by_point AS c
JOIN reference.crime_type AS t ON t.id = c.crime_type
GROUP BY c.vintage, c.ward, c.month, t.id;
COMMENT ON VIEW reference.ward_crime_count IS 'crimes by point in wards with the status no best-fit area; not to be added to those of other wards';
