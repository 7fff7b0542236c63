-- The receipt of a submission in lines. $1 its id, $2 whether the same bytes had come before.
SELECT line FROM api.receipt_lines($1::bigint, $2::boolean)
