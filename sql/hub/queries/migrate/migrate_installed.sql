-- Whether the database has the hub's own bookkeeping.
SELECT pg_catalog.to_regclass('hub.migration') IS NOT NULL
