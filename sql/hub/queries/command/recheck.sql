-- recheck
-- What would differ. $1 submission, $2 to $4 lines, fields, answers or NULL, $5 to $7 what its document hides.
SELECT r.change, concat_ws(' ', r.severity, r.rule) || coalesce(', line ' || r.line, '') || coalesce(', ' || r.field, ''), r.what
FROM intake.recheck($1::bigint, $2::int[], $3::text[], $4::text[], $5::int, $6::int, $7::int) r
