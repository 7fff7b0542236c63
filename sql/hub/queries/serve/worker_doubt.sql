-- Sets a file aside until it is stated what it is. $1 the submission, $2 the rule, $3 what is not told, $4 what to do.
SELECT 'waiting for answer' FROM intake.doubt($1::bigint, $2, $3, $4)
