-- The property names of a GeoJSON feature, and their values, in the order in which they stand. $1: the feature.
SELECT array_agg(key ORDER BY ordinality), array_agg(coalesce(value, '') ORDER BY ordinality)
FROM json_each_text(coalesce(nullif(($1::json -> 'properties')::text, 'null'), '{}')::json)
	WITH ORDINALITY AS property (key, value, ordinality)
