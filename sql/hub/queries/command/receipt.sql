-- receipt
-- The receipt of a submission. $1 its number, $2 html, text, csv or json.
SELECT api.receipt($1::bigint, $2)
