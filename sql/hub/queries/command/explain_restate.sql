-- explain_restate
-- Says what a file that waits is. $1 submission, $2 programme, $3 quarter, $4 form; NULL: as before.
SELECT intake.restate($1::bigint, $2, $3, $4)
