-- The role of whoever asks, until the end of the transaction. $1 the role.
SELECT pg_catalog.set_config('role', $1, true)
