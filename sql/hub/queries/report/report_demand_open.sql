-- A demand report in lines. $1 level, $2 quarter or NULL, $3 undisclosed, $4 how many areas or NULL, $5 csv, json or geojson.
DECLARE report NO SCROLL CURSOR FOR SELECT line FROM api.demand_lines($1, $2, $3::boolean, $4::int, $5)
