-- What is published: the demand views with small numbers of people withheld, and a status beside every value. The
-- columns are those of the tables in schema publish, in the same order. Demand is computed once, before anything is joined
-- to it.

CREATE VIEW analysis.publish_lsoa (
	id, area, name, ward, ward_name, district, district_name, period, dates, first_day, last_day, latest, edition,
	not_for_publication, made_up, returns_expected, returns_received, reached_lower, reached_lower_status,
	reached_upper, reached_upper_status, reached_rate_lower, reached_rate_lower_limit, reached_rate_lower_status,
	reached_rate_upper, reached_rate_upper_limit, reached_rate_upper_status, population, population_status,
	population_edition, population_source, deprivation_score, deprivation_score_status, deprivation_rank,
	deprivation_rank_status, deprivation_decile, deprivation_decile_status, deprivation_edition,
	deprivation_source, crimes, crimes_status, violent_crimes, violent_crimes_status, crime_months, crime_edition,
	crime_rate, crime_rate_lower, crime_rate_upper, crime_rate_status, violent_rate, violent_rate_lower,
	violent_rate_upper, violent_rate_status, geom) AS
WITH n AS MATERIALIZED (SELECT * FROM analysis.demand_lsoa)
SELECT f.id, n.area::text, n.name, n.ward::text, n.ward_name, n.district::text, n.district_name,
	n.period::text, n.dates, n.first_day, n.last_day, n.latest, n.edition, 'not for publication', n.made_up,
	n.returns_expected, n.returns_received,
	CASE WHEN s.lower_status <> 'suppressed' THEN n.reached_lower END, s.lower_status,
	CASE WHEN s.upper_status <> 'suppressed' THEN n.reached_upper END, s.upper_status,
	CASE WHEN s.lower_status <> 'suppressed' THEN n.reached_rate_lower END,
	CASE WHEN s.lower_status <> 'suppressed' THEN n.reached_rate_lower_limit END,
	CASE WHEN n.reached_rate_lower IS NULL THEN n.reached_rate_status ELSE s.lower_status END,
	CASE WHEN s.upper_status <> 'suppressed' THEN n.reached_rate_upper END,
	CASE WHEN s.upper_status <> 'suppressed' THEN n.reached_rate_upper_limit END,
	CASE WHEN n.reached_rate_upper IS NULL THEN n.reached_rate_status ELSE s.upper_status END,
	n.population::int, analysis.shown(n.population_status, n.population), n.population_edition, n.population_source,
	n.deprivation_score, CASE WHEN n.deprivation_score IS NULL THEN 'not loaded' ELSE 'published' END,
	n.deprivation_rank, CASE WHEN n.deprivation_rank IS NULL THEN 'not loaded' ELSE 'published' END,
	n.deprivation_decile, CASE WHEN n.deprivation_decile IS NULL THEN 'not loaded' ELSE 'published' END,
	n.deprivation_edition, n.deprivation_source,
	n.crimes, analysis.shown(n.crime_status, n.crimes),
	n.violent_crimes, analysis.shown(n.crime_status, n.violent_crimes),
	coalesce(n.crime_months, 0), n.crime_edition,
	n.crime_rate, n.crime_rate_lower, n.crime_rate_upper, analysis.shown(n.crime_rate_status, n.crime_rate),
	n.violent_rate, n.violent_rate_lower, n.violent_rate_upper, analysis.shown(n.crime_rate_status, n.violent_rate),
	n.geom
FROM n
JOIN analysis.feature f ON f.level = 'lsoa' AND f.area = n.area AND f.period = n.period
CROSS JOIN LATERAL analysis.reached_shown(n.reached_lower, n.reached_upper, n.reached_status) s;
COMMENT ON VIEW analysis.publish_lsoa IS 'the rows that publish.demand_lsoa is rebuilt from';

CREATE VIEW analysis.publish_ward (
	id, area, name, district, district_name, period, dates, first_day, last_day, latest, edition,
	not_for_publication, made_up, returns_expected, returns_received, reached_lower, reached_lower_status,
	reached_upper, reached_upper_status, reached_rate_lower, reached_rate_lower_limit, reached_rate_lower_status,
	reached_rate_upper, reached_rate_upper_limit, reached_rate_upper_status, lsoas, population, population_status,
	population_edition, population_source, deprivation_score, deprivation_score_status,
	deprivation_population_share, deprivation_population_share_status, deprivation_most_deprived_share,
	deprivation_most_deprived_share_status, deprivation_edition, deprivation_source, crimes, crimes_status,
	violent_crimes, violent_crimes_status, crime_months, crime_edition, crime_rate, crime_rate_lower,
	crime_rate_upper, crime_rate_status, violent_rate, violent_rate_lower, violent_rate_upper, violent_rate_status,
	geom) AS
WITH n AS MATERIALIZED (SELECT * FROM analysis.demand_ward)
SELECT f.id, n.area::text, n.name, n.district::text, n.district_name,
	n.period::text, n.dates, n.first_day, n.last_day, n.latest, n.edition, 'not for publication', n.made_up,
	n.returns_expected, n.returns_received,
	CASE WHEN s.lower_status <> 'suppressed' THEN n.reached_lower END, s.lower_status,
	CASE WHEN s.upper_status <> 'suppressed' THEN n.reached_upper END, s.upper_status,
	CASE WHEN s.lower_status <> 'suppressed' THEN n.reached_rate_lower END,
	CASE WHEN s.lower_status <> 'suppressed' THEN n.reached_rate_lower_limit END,
	CASE WHEN n.reached_rate_lower IS NULL THEN n.reached_rate_status ELSE s.lower_status END,
	CASE WHEN s.upper_status <> 'suppressed' THEN n.reached_rate_upper END,
	CASE WHEN s.upper_status <> 'suppressed' THEN n.reached_rate_upper_limit END,
	CASE WHEN n.reached_rate_upper IS NULL THEN n.reached_rate_status ELSE s.upper_status END,
	n.lsoas,
	n.population::int, analysis.shown(n.population_status, n.population), n.population_edition, n.population_source,
	n.deprivation_score,
	CASE WHEN n.deprivation_status = 'known' THEN 'published' ELSE n.deprivation_status END,
	n.deprivation_population_share,
	CASE WHEN n.deprivation_population_share IS NULL THEN
		CASE n.deprivation_status WHEN 'no best-fit area' THEN n.deprivation_status ELSE 'not loaded' END
		ELSE 'published' END,
	n.deprivation_most_deprived_share,
	CASE WHEN n.deprivation_most_deprived_share IS NOT NULL THEN
			CASE WHEN n.lsoas_with_decile < n.lsoas THEN 'part loaded' ELSE 'published' END
		WHEN n.deprivation_status = 'no best-fit area' THEN n.deprivation_status ELSE 'not loaded' END,
	n.deprivation_edition, n.deprivation_source,
	n.crimes, analysis.shown(n.crime_status, n.crimes),
	n.violent_crimes, analysis.shown(n.crime_status, n.violent_crimes),
	coalesce(n.crime_months, 0), n.crime_edition,
	n.crime_rate, n.crime_rate_lower, n.crime_rate_upper, analysis.shown(n.crime_rate_status, n.crime_rate),
	n.violent_rate, n.violent_rate_lower, n.violent_rate_upper, analysis.shown(n.crime_rate_status, n.violent_rate),
	n.geom
FROM n
JOIN analysis.feature f ON f.level = 'ward' AND f.area = n.area AND f.period = n.period
CROSS JOIN LATERAL analysis.reached_shown(n.reached_lower, n.reached_upper, n.reached_status) s;
COMMENT ON VIEW analysis.publish_ward IS 'the rows that publish.demand_ward is rebuilt from';
