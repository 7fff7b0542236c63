-- When the published tables were made, and of which quarters.
SELECT v.version, CASE WHEN v.version > 0 THEN to_char(v.published_at, 'YYYY-MM-DD HH24:MI') END AS at,
	(SELECT string_agg(DISTINCT w.period, ', ' ORDER BY w.period) FROM publish.demand_ward w) AS quarters
FROM publish.version v
