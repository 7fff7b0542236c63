-- waive
-- Waives a finding. $1 submission, $2 rule, $3 field, $4 the reason, $5 a line or NULL.
SELECT w.submission, w.waived, w.state, w.reread FROM intake.waive($1::bigint, $2, $3, $4, $5::int) w
