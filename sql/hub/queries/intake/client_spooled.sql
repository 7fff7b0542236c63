-- Says where the bytes of a file of readings or cases lie. $1 programme, $2 kind, $3 SHA-256 in hex, $4 the name of its
-- spool file. No row: it has one already.
UPDATE casework.file SET spool = $4 WHERE programme = $1 AND kind = $2 AND sha256 = decode($3, 'hex') AND spool IS NULL RETURNING id
