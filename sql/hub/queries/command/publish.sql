-- Rebuilds the published tables.
SELECT demand_lsoa, demand_ward, changed, version FROM analysis.publish()
