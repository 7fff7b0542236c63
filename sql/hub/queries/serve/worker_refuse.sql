-- Refuses a file that can't be read. $1 the submission, $2 the rule, $3 what is wrong, $4 what to do.
SELECT 'rejected' FROM intake.refuse($1::bigint, $2, $3, $4)
