-- Whoever registers keys waits for whoever does already, until the transaction ends.
SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('wardstar keys', 0))
