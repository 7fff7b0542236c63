-- One submission. $1 its id.
SELECT api.submission($1::bigint)
