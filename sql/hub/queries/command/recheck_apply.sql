-- recheck_apply
-- Checks it anew in the place of the old one. As recheck.
SELECT r.renewed, r.state FROM intake.recheck_apply($1::bigint, $2::int[], $3::text[], $4::text[], $5::int, $6::int, $7::int) r
