-- Takes a record-level return in. $1 programme, $2 quarter, $3 file name, $4 its size, $5 its SHA-256 in hex, $6 from where,
-- $7 to $9 the rows: line, field, answer; $10 hidden sheets, $11 hidden rows, $12 its spool file.
SELECT r.submission, r.state, r.already
FROM intake.receive_records($1, $2, $3, $4::bigint, decode($5, 'hex'), $6, $7::int[], $8::text[], $9::text[], $10::int, $11::int, $12) r
