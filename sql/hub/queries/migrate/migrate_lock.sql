-- Waits for the lock that only one migrate holds.
SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended('wardstar-hub migrate', 0))
