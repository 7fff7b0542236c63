-- The row of a file that is about to be loaded. $1 name, $2 SHA-256 in hex, $3 size, $4 kind, $5 edition, $6 heading.
INSERT INTO reference.source_file (name, sha256, size, kind, edition, heading)
VALUES ($1, decode($2, 'hex'), $3::bigint, $4, $5, $6::text[])
RETURNING id
