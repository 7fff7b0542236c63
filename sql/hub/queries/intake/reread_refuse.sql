-- reread_refuse
-- Refuses a submission that was taken. $1 its number, $2 is not used, $3 why, $4 what to do.
SELECT 'rejected' FROM intake.refuse($1::bigint, NULL, $3, $4) WHERE $2::text IS NULL OR true
