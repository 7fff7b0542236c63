-- A demand report for reading. $1 level, $2 quarter or NULL, $3 undisclosed, $4 how many areas or NULL.
SELECT * FROM api.demand_table($1, $2, $3::boolean, $4::int)
