-- Records a migration (or the functions and views, whose row is replaced). $1 name, $2 checksum, $3 version.
INSERT INTO hub.migration AS m (name, checksum, version)
VALUES ($1, pg_catalog.decode($2, 'hex'), $3)
ON CONFLICT (name) DO UPDATE
	SET checksum = excluded.checksum, version = excluded.version,
		applied_at = excluded.applied_at, applied_by = excluded.applied_by
