-- The receipt of a submission. $1 its id, $2 html, json, csv or text.
SELECT api.receipt($1::bigint, $2)
