-- Demand by area and quarter, undisclosed: for analysts inside the hub, not for publication. One quarter is computed
-- when one is asked for (WHERE period = '2025-Q2').

CREATE VIEW analysis.demand_lsoa AS
SELECT p.period, p.dates, p.first_day, p.last_day, coalesce(p.period = s.latest, false) AS latest, d.*
FROM (SELECT max(s.period::text) AS latest FROM intake.submission s WHERE s.state = 'accepted') s
CROSS JOIN analysis.period p
CROSS JOIN LATERAL analysis.demand_lsoa_in(p.period) d;

CREATE VIEW analysis.demand_ward AS
SELECT p.period, p.dates, p.first_day, p.last_day, coalesce(p.period = s.latest, false) AS latest, d.*
FROM (SELECT max(s.period::text) AS latest FROM intake.submission s WHERE s.state = 'accepted') s
CROSS JOIN analysis.period p
CROSS JOIN LATERAL analysis.demand_ward_in(p.period) d;

COMMENT ON VIEW analysis.demand_lsoa IS 'NOT FOR PUBLICATION. Demand by LSOA and quarter: people reached (bounds), population, deprivation, crime, rates per 1,000 residents in the quarter with 95% limits';
COMMENT ON VIEW analysis.demand_ward IS 'NOT FOR PUBLICATION. Demand by ward and quarter: people reached (bounds), population, deprivation, crime, rates per 1,000 residents in the quarter with 95% limits';

DO $$
DECLARE
	note text[];
	view text;
BEGIN
	FOREACH note SLICE 1 IN ARRAY ARRAY[
		['latest', 'the newest quarter of which a return is in'],
		['edition', 'vintage of the areas; for wards the lookup that gives their LSOAs'],
		['returns_expected', 'returns expected for the quarter, or in'],
		['returns_received', 'returns accepted; the people of those missing are in no figure'],
		['made_up', 'some of the returns are made up, for a demonstration'],
		['reached_lower', 'least number of different people reached by the programmes whose returns are in'],
		['reached_upper', 'greatest number of them; empty where the returns allow any'],
		['reached_status', 'known, part returned, not returned, no upper limit'],
		['reached_rate_lower', 'reached_lower per 1,000 residents'],
		['reached_rate_upper', 'reached_upper per 1,000 residents'],
		['reached_rate_lower_limit', 'lower 95% limit of the rate at reached_lower'],
		['reached_rate_upper_limit', 'upper 95% limit of the rate at reached_upper'],
		['population', 'residents'],
		['deprivation_score', 'Index of Multiple Deprivation; for a ward the mean of its LSOAs'' scores weighted by population'],
		['crimes', 'street-level crimes in the months of the quarter that are loaded'],
		['violent_crimes', 'of which violence and sexual offences, robbery, possession of weapons'],
		['crime_months', 'months of the quarter that are loaded for the district, 0 to 3'],
		['crime_status', 'known, part loaded (fewer than three months), not loaded, estimated (some shared between areas), by point'],
		['crime_rate', 'crimes per 1,000 residents in the months loaded, not annualised'],
		['violent_rate', 'violent crimes per 1,000 residents in the months loaded, not annualised']]
	LOOP
		FOREACH view IN ARRAY ARRAY['demand_lsoa', 'demand_ward'] LOOP
			EXECUTE format('COMMENT ON COLUMN analysis.%I.%I IS %L', view, note[1], note[2]);
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON COLUMN analysis.demand_lsoa.deprivation_decile IS '1 is the most deprived tenth of LSOAs in England';
COMMENT ON COLUMN analysis.demand_ward.deprivation_population_share IS 'share of the ward''s population whose LSOA has a score';
COMMENT ON COLUMN analysis.demand_ward.lsoas_with_decile IS 'LSOAs of the ward whose decile is loaded';
COMMENT ON COLUMN analysis.demand_ward.deprivation_most_deprived_share IS 'share of the ward''s LSOAs, of those that have a decile, in the most deprived tenth of England';
