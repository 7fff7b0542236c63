-- Switches JIT off for all sessions of this database. The views are short queries with many expressions: compiling them takes
-- far longer than running them. A role's setting would not reach its members, a function's not the query that calls it.
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s
		JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) s.setdatabase
		WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() AND s.setrole OPERATOR(pg_catalog.=) 0
		AND 'jit=off' OPERATOR(pg_catalog.=) ANY (s.setconfig))
	THEN
		EXECUTE pg_catalog.format('ALTER DATABASE %I SET jit = off', pg_catalog.current_database());
	END IF;
EXCEPTION WHEN insufficient_privilege THEN
	RAISE WARNING 'could not switch JIT off for this database: the views will be slow'
		USING HINT = pg_catalog.format('Its owner can: ALTER DATABASE %I SET jit = off', pg_catalog.current_database());
END
$$
