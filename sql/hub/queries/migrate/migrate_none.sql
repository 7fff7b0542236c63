-- As migrate_recorded, for a database without hub.migration.
SELECT NULL::text, NULL::text WHERE false
