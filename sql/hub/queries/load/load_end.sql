-- What became of a file. $1 id, $2 rows read, $3 stored, $4 rejected, $5 seconds.
UPDATE reference.source_file
SET rows_read = $2::bigint, rows_stored = $3::bigint, rows_rejected = $4::bigint, seconds = $5::float8
WHERE id = $1::bigint
RETURNING edition
