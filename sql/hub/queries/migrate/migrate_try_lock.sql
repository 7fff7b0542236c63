-- Takes the lock that only one migrate holds, if it is free.
SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('wardstar-hub migrate', 0))
