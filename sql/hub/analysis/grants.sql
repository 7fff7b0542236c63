INSERT INTO hub.grant_list (kind, object, loader, analyst, partner) VALUES
	('schema', 'analysis', 'USAGE', 'USAGE', 'USAGE'),
	('table', 'analysis.feature', 'SELECT INSERT', 'SELECT', '');

INSERT INTO hub.grant_list (kind, object, loader, analyst)
SELECT 'view', 'analysis.' || v, 'SELECT', 'SELECT'
FROM unnest('{chosen,demand_lsoa,demand_ward,distance_travelled,finding_summary,loaded,lsoa,missing,need_cluster_lsoa,need_cluster_ward,need_decile,
	need_district,need_lsoa,need_prevalence_district,need_prevalence_lsoa,need_prevalence_ward,need_projection,
	need_projection_district,need_projection_ward,need_rate_lsoa,need_rate_ward,need_referrals,need_ward,period,publish_lsoa,publish_ward,return_status,
	return_year,review_due,ward}'::text[]) v;

INSERT INTO hub.grant_list (kind, object, loader, analyst)
SELECT 'function', 'analysis.' || f, 'EXECUTE', 'EXECUTE'
FROM unnest('{age_band,crime_months,crime_status,demand_lsoa_in,demand_ward_in,distance_travelled,is_violent,lsoa_crime,need_areas,
	need_clusters_in,need_deciles,need_in,need_neighbours,need_places,need_prevalence_in,need_projection_in,need_rates_in,need_referrals_in,people_in_places,
	people_reached,population_of_ages,
	rate_status,rate_text,reached_rate_text,reached_shown,returns_in,review_due_on,shown,source_names,star_pair,star_reading}'::text[]) f;

INSERT INTO hub.grant_list (kind, object, loader, analyst, partner) VALUES
	-- Words for bounds, as receipts print them.
	('function', 'analysis.bounds_text', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'analysis.publish', 'EXECUTE', '', '');

-- Need as records tell it.
INSERT INTO hub.grant_list (kind, object, loader, analyst)
SELECT 'view', 'analysis.' || v, 'SELECT', 'SELECT'
FROM unnest('{need_outcome_decile,need_outcome_district,need_outcome_lsoa,need_outcome_ward,need_referrals_district,need_referrals_lsoa,
	need_referrals_ward}'::text[]) v
UNION ALL
SELECT 'function', 'analysis.' || f, 'EXECUTE', 'EXECUTE'
FROM unnest('{need_clients,need_outcomes_by,need_place_of,need_referrals_by}'::text[]) f;

-- People, referrals and engagements, and what a withdrawal changes.
INSERT INTO hub.grant_list (kind, object, loader, analyst)
SELECT 'view', 'analysis.' || v, 'SELECT', 'SELECT'
FROM unnest('{age_band,beneficiaries,beneficiaries_returned,case_quarter,engagement,referral_flow,referrals,referrals_returned}'::text[]) v
UNION ALL
SELECT 'function', 'analysis.' || f, 'EXECUTE', 'EXECUTE' FROM unnest('{at_most,of_cases}'::text[]) f;
INSERT INTO hub.grant_list (kind, object, loader) VALUES
	('function', 'analysis.figures', 'EXECUTE');
