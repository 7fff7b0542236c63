-- Need by area and quarter, undisclosed: for analysts inside the hub, not for publication. One quarter is computed when one
-- is asked for (WHERE period = '2025-Q2').

-- By level of area.
DO $$
DECLARE
	view record;
BEGIN
	FOR view IN
		SELECT format('need_%s', v.name || l.level) AS name, format(v.query, l.level) AS query,
			format('NOT FOR PUBLICATION. ' || v.comment, CASE l.level WHEN 'lsoa' THEN 'LSOA' WHEN 'decile' THEN 'deprivation decile' ELSE l.level END) AS comment
		FROM (VALUES
			-- need_lsoa, need_ward, need_district
			(1, '', '{lsoa,ward,district}'::text[],
				'SELECT p.period, p.dates, p.first_day, p.last_day, n.* FROM analysis.period p CROSS JOIN LATERAL analysis.need_in(%L, p.period) n',
				'Need by %s and quarter: people expected at the rates of the deprivation deciles, reach, unmet need, violent crime by the same standard'),
			-- need_prevalence_lsoa, need_prevalence_ward, need_prevalence_district
			(2, 'prevalence_', '{lsoa,ward,district}',
				'SELECT p.period, p.dates, p.first_day, p.last_day, n.* FROM analysis.period p CROSS JOIN LATERAL analysis.need_prevalence_in(%L, p.period) n',
				'People expected from each stated prevalence by %s and quarter, those reached, and the difference'),
			-- need_rate_lsoa, need_rate_ward
			(3, 'rate_', '{lsoa,ward}',
				'SELECT p.period, p.dates, p.first_day, p.last_day, n.* FROM analysis.period p CROSS JOIN LATERAL analysis.need_rates_in(%L, p.period) n',
				'Violent crimes per 1,000 residents by %s and quarter: with limits, drawn to the rate of all areas, and drawn to that of the area and its queen neighbours'),
			-- need_cluster_lsoa, need_cluster_ward
			(4, 'cluster_', '{lsoa,ward}',
				$q$SELECT p.period, p.dates, m.measure, n.* FROM analysis.period p CROSS JOIN (VALUES ('violent crime'), ('deprivation'), ('unmet need')) m (measure)
					CROSS JOIN LATERAL analysis.need_clusters_in(%L, p.period, m.measure) n$q$,
				'Where high or low need lies together more than chance would put it, by %s, quarter and measure; queen neighbours, 999 permutations from seed 1'),
			-- need_referrals_lsoa, need_referrals_ward, need_referrals_district
			(5, 'referrals_', '{lsoa,ward,district}',
				'SELECT p.period, p.dates, n.* FROM analysis.period p CROSS JOIN LATERAL analysis.need_referrals_by(%L, p.period) n',
				'Referrals received against accepted by %s in which the referred live and quarter, of programmes that send records; the row without area is those whose place is not known'),
			-- need_outcome_lsoa, need_outcome_ward, need_outcome_district, need_outcome_decile
			(6, 'outcome_', '{lsoa,ward,district,decile}',
				$q$SELECT o.place AS area, o.period, o.instrument, o.clients, o.paired, o.mean_days, o.status, t.*, o.made_up
					FROM analysis.need_outcomes_by(%L) o CROSS JOIN LATERAL star_distance_table(o.distance) t$q$,
				'Distance travelled by %s in which the clients live and quarter of the latest reading, first against last, a row a scale')
			) v (place, name, levels, query, comment)
		CROSS JOIN LATERAL unnest(v.levels) WITH ORDINALITY l (level, place)
		ORDER BY v.place, l.place
	LOOP
		EXECUTE format('CREATE VIEW analysis.%I AS %s', view.name, view.query);
		EXECUTE format('COMMENT ON VIEW analysis.%I IS %L', view.name, view.comment);
	END LOOP;
END
$$;
ALTER VIEW analysis.need_outcome_decile RENAME COLUMN area TO decile;

CREATE VIEW analysis.need_decile AS
SELECT p.period, p.dates, d.decile, d.lsoas, d.population, c.population_edition, c.population_source,
	c.deprivation_edition::text AS deprivation_edition, c.deprivation_source,
	d.reached_lower, d.reached_upper, d.reached_status,
	(rate_limits(d.reached_lower, d.population, 1000)).value AS reached_rate_lower,
	(rate_limits(d.reached_upper, d.population, 1000)).value AS reached_rate_upper,
	(rate_limits(d.reached_lower, d.population, 1000)).lower AS reached_rate_lower_limit,
	(rate_limits(d.reached_upper, d.population, 1000)).upper AS reached_rate_upper_limit,
	analysis.rate_status(d.reached_status, d.population) AS reached_rate_status,
	d.violent_crimes, coalesce(d.crime_months, 0) AS crime_months, analysis.crime_months(p.period) AS crime_edition,
	v.rate AS violent_rate, v.lower AS violent_rate_lower, v.upper AS violent_rate_upper,
	analysis.rate_status(analysis.crime_status(d.crime_months, false), d.crime_population) AS violent_rate_status
FROM analysis.chosen c
CROSS JOIN analysis.period p
CROSS JOIN LATERAL analysis.need_deciles(p.period) d
CROSS JOIN LATERAL (SELECT r.value AS rate, r.lower, r.upper FROM rate_limits(d.violent_crimes, d.crime_population, 1000) r) v;
COMMENT ON VIEW analysis.need_decile IS 'NOT FOR PUBLICATION. People reached (bounds) and violent crimes by deprivation decile of the hub''s LSOAs and quarter, with rates per 1,000 residents';

CREATE VIEW analysis.need_referrals AS
SELECT p.period, p.dates, n.*
FROM analysis.period p CROSS JOIN LATERAL analysis.need_referrals_in(p.period) n;
COMMENT ON VIEW analysis.need_referrals IS 'NOT FOR PUBLICATION. Referrals received against accepted by programme and quarter, and for all together (programme is NULL)';

CREATE VIEW analysis.need_projection AS
SELECT n.area AS programme, r.organisation, n.ahead, n.period, n.dates, n.value, n.lower_80, n.upper_80, n.lower_95, n.upper_95, n.method,
	n.series_from, n.series_to, n.series, n.quarters_known, n.mase, n.coverage_95, n.made_up
FROM analysis.need_projection_in('programme') n
LEFT JOIN returns.programme r ON r.programme = n.area;
COMMENT ON VIEW analysis.need_projection IS 'NOT FOR PUBLICATION. Different people of each programme in the next four quarters, with limits and method';

CREATE VIEW analysis.need_projection_ward AS
SELECT n.area, a.name, a.district, a.district_name, n.ahead, n.period, n.dates, n.value, n.lower_80, n.upper_80, n.lower_95, n.upper_95, n.method,
	n.series_from, n.series_to, n.series, n.quarters_known, n.quarters_part_returned, n.mase, n.coverage_95, n.made_up,
	c.ward_edition AS edition, a.geom
FROM analysis.chosen c
CROSS JOIN analysis.need_projection_in('ward') n
JOIN analysis.need_areas('ward') a ON a.area = n.area;
COMMENT ON VIEW analysis.need_projection_ward IS 'NOT FOR PUBLICATION. People reached in each ward in the next four quarters, with limits and method';

CREATE VIEW analysis.need_projection_district AS
SELECT n.area, a.name, n.ahead, n.period, n.dates, n.value, n.lower_80, n.upper_80, n.lower_95, n.upper_95, n.method,
	n.series_from, n.series_to, n.series, n.quarters_known, n.quarters_part_returned, n.mase, n.coverage_95, n.made_up,
	c.lsoa_edition AS edition
FROM analysis.chosen c
CROSS JOIN analysis.need_projection_in('district') n
JOIN analysis.need_areas('district') a ON a.area = n.area;
COMMENT ON VIEW analysis.need_projection_district IS 'NOT FOR PUBLICATION. People reached in each district in the next four quarters, with limits and method';

DO $$
DECLARE
	note record;
BEGIN
	FOR note IN
		SELECT c.oid::regclass AS view, a.attname AS column, n.text
		FROM (VALUES
			('edition', 'vintage of the areas; for wards the lookup that gives their LSOAs'),
			('returns_expected', 'returns expected for the quarter, or in'),
			('returns_received', 'returns accepted; the people of those missing are in no figure'),
			('made_up', 'some of the returns are made up, for a demonstration'),
			('reached_lower', 'least number of different people reached (need_prevalence: of the ages)'),
			('reached_upper', 'greatest number of them; empty where the returns allow any'),
			('reached_status', 'known, part returned, not returned, no upper limit'),
			('population', 'residents; of a ward, those of the LSOAs best fitted to it'),
			('population_status', 'known, not loaded, no best-fit area'),
			('deprivation_status', 'of the deciles: known, part loaded, not loaded, no best-fit area'),
			('expected_lower', 'need_…: people that would be reached at the least rates of the LSOAs'' deciles; need_prevalence_…: lower limit of the expected'),
			('expected_upper', 'the same at the greatest rates; upper limit of the expected'),
			('expected_status', 'known, part returned, estimated, or why there is no figure'),
			('reach_ratio_lower', 'least reached by most expected (need_prevalence_…: the same)'),
			('reach_ratio_upper', 'most reached by least expected; empty where there is no upper limit'),
			('reach_ratio_lower_limit', 'its lower 95% limit, the reached as a count'),
			('reach_ratio_upper_limit', 'its upper 95% limit, the reached as a count'),
			('unmet_lower', 'least expected less most reached, not below 0'),
			('unmet_upper', 'most expected less least reached, not below 0'),
			('violent_crimes', 'violent crimes in the months of the quarter that are loaded'),
			('crime_months', 'months of the quarter that are loaded, 0 to 3'),
			('violent_expected', 'violent crimes at the rates of the LSOAs'' deciles over all the hub'),
			('violent_ratio', 'violent crimes by those expected (isr_ratio), with 95% limits'),
			('violent_rate', 'violent crimes per 1,000 residents in the months loaded, not annualised, with 95% limits'),
			('violent_rate_smoothed', 'violent crimes per 1,000 residents in the months loaded, drawn to the overall rate (empirical_bayes)'),
			('violent_rate_smoothed_local', 'the same drawn to the rate of the area and its neighbours together; an area without neighbours keeps its own'),
			('neighbours', 'how many there are (need_rate_…: of those with a rate)'),
			('violent_status', 'known, estimated, part loaded, months differ (fewer months than elsewhere), or why there is no figure'),
			('share', 'the prevalence, 0 to 1'),
			('cannot_tell', 'what the prevalence is often taken for, and isn''t'),
			('people', 'residents of the ages; a band that is cut is shared evenly over its years'),
			('people_lower', 'those of the bands that lie within the ages'),
			('people_upper', 'those of all bands that touch the ages'),
			('people_status', 'known, estimated (a band is cut), ages not loaded, no best-fit area'),
			('share_met', 'referrals accepted by referrals received, where both are exact'),
			('share_met_lower', 'lower 95% limit (Wilson), or the least share that the bounds allow'),
			('share_met_upper', 'upper 95% limit (Wilson), or the greatest share that the bounds allow'),
			('share_method', 'Wilson, or bounds'),
			('received', 'referrals of clients who share and live there'),
			('received_most', 'those and all that no area is told of: clients who don''t share or have no known place, and forms that tell totals'),
			('accepted_most', 'accepted of them, and all accepted that no area is told of'),
			('records_received', 'programmes whose record-level return of the quarter is accepted'),
			('clients', 'clients (by episode) with a baseline'),
			('paired', 'those of them with a later reading'),
			('ahead', 'how many quarters after the newest'),
			('series', 'the counts of the quarters from series_from to series_to; NULL where no return is in'),
			('quarters_part_returned', 'quarters of the series in which an expected return is missing: its people are not counted'),
			('mase', 'mean absolute error of the method on the series'' past by that of same as last quarter; below 1 is better'),
			('measure_value', 'violent crimes per 1,000 residents, smoothed; deprivation (score; where scores are not loaded 11 less the decile of an LSOA, the share of a ward''s residents in decile 1: value_edition says which); or least unmet need per 1,000 residents'),
			('moran_p', 'by conditional permutation'),
			('moran_p_adjusted', 'after Benjamini and Hochberg over all areas tested'),
			('quadrant', 'HH high among high, LL, HL, LH; significance is in moran_p_adjusted'),
			('moran_status', 'tested, no neighbours (an island), no value, …'),
			('spot', 'hot spot or cold spot where getis_ord_p_adjusted is at most 0.05')) n (name, text)
		JOIN pg_attribute a ON a.attname = n.name
		JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'v' AND c.relname LIKE 'need\_%' AND c.relnamespace = 'analysis'::regnamespace
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', note.view, note.column, note.text);
	END LOOP;
END
$$;
