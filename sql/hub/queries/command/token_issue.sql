-- Makes a token known. $1 organisation, $2 its prefix, $3 its SHA-256 in hex, $4 the day on which it expires or NULL.
SELECT hub.issue_token($1, $2, decode($3, 'hex'), $4::date::timestamp AT TIME ZONE 'UTC')
