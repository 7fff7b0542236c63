-- The lines above a demand report. $1 level, $2 quarter or NULL, $3 undisclosed.
SELECT line FROM api.demand_title($1, $2, $3::boolean)
