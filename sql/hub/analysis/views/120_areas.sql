-- The areas of the demand tables, with the ward and district that each lies in.

CREATE VIEW analysis.lsoa AS
SELECT a.code AS lsoa,
	coalesce(a.name, b.lsoa_name) AS name,
	b.ward,
	b.ward_name,
	coalesce(a.district, b.district, g.district) AS district,
	coalesce(b.district_name, g.district_name) AS district_name,
	a.geom
FROM analysis.chosen c
JOIN reference.area a ON a.level = 'lsoa' AND a.vintage = c.lsoa_vintage
LEFT JOIN reference.ward_best_fit b
	ON b.lsoa = a.code AND b.lsoa_vintage = c.lsoa_vintage AND b.ward_vintage = c.lookup_vintage
LEFT JOIN LATERAL (
	SELECT g.district, g.district_name FROM reference.lsoa_change g
	WHERE b.lsoa IS NULL AND c.lsoa_vintage = 2021 AND g.lsoa21 = a.code
	UNION ALL
	SELECT g.district, g.district_name FROM reference.lsoa_change g
	WHERE b.lsoa IS NULL AND c.lsoa_vintage = 2011 AND g.lsoa11 = a.code
	LIMIT 1) g ON true;
COMMENT ON VIEW analysis.lsoa IS 'LSOAs of the chosen vintage whose boundaries are loaded, with the ward that they are best fitted to and their district';

CREATE VIEW analysis.ward AS
SELECT a.code AS ward,
	coalesce(a.name, b.ward_name) AS name,
	coalesce(a.district, b.district) AS district,
	coalesce(d.district_name, b.district_name) AS district_name,
	a.geom
FROM analysis.chosen c
JOIN reference.area a ON a.level = 'ward' AND a.vintage = c.ward_vintage
LEFT JOIN LATERAL (SELECT b.ward_name, b.district, b.district_name
	FROM reference.ward_best_fit b
	WHERE b.ward = a.code AND b.lsoa_vintage = c.lsoa_vintage AND b.ward_vintage = c.lookup_vintage
	ORDER BY b.district
	LIMIT 1) b ON true
LEFT JOIN LATERAL (SELECT d.district_name
	FROM reference.ward_best_fit d
	WHERE d.district = coalesce(a.district, b.district) AND d.district_name IS NOT NULL
	ORDER BY d.ward_vintage DESC
	LIMIT 1) d ON true;
COMMENT ON VIEW analysis.ward IS 'wards of the chosen vintage whose boundaries are loaded, with their district';

CREATE VIEW analysis.period AS
SELECT p.period, returns.period_words(p.period) AS dates,
	returns.period_start(p.period) AS first_day, returns.period_end(p.period) AS last_day
FROM (SELECT e.period FROM returns.expected e WHERE e.expected
	UNION SELECT s.period FROM intake.submission s WHERE s.state = 'accepted' AND s.period IS NOT NULL
	UNION SELECT returns.period_of(m.month) FROM reference.crime_month m) p;
COMMENT ON VIEW analysis.period IS 'quarters of which something is known: a return expected or in, or crime loaded';
