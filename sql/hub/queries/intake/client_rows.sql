-- Takes readings or cases in. $1 programme, $2 kind, $3 SHA-256 in hex, $4 from where, $5 to $7 the rows: line, column, value.
SELECT r.state, r.rows_stored, r.rows_known, array_to_string(r.findings, E'\n') AS findings
FROM casework.receive($1, $2, decode($3, 'hex'), $4, $5::int[], $6::text[], $7::text[]) r
