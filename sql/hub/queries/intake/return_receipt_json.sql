-- The receipt of a submission as JSON. $1 its id, $2 whether the same bytes had come before.
SELECT api.receipt_json($1::bigint, $2::boolean)
