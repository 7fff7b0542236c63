-- The role of the whole session. $1 the role.
SELECT pg_catalog.set_config('role', $1, false)
