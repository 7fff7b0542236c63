-- The migrations that the database has, with their checksums.
SELECT name, pg_catalog.encode(checksum, 'hex') FROM hub.migration ORDER BY name
