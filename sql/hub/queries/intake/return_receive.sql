-- Takes a return in. $1 programme, $2 quarter, $3 form, $4 file name, $5 its size, $6 its SHA-256 in hex, $7 from where,
-- $8 to $10 the rows: line, field, answer.
SELECT r.submission, r.state, r.already
FROM intake.receive($1, $2, $3, $4, $5::bigint, decode($6, 'hex'), $7, $8::int[], $9::text[], $10::text[]) r
