-- The session's settings. $1: the statement timeout. The search_path holds the schemas of the two
-- extensions, each quoted, and the temporary schema last, so that nothing there can hide a table or function.
SELECT pg_catalog.set_config('statement_timeout', $1, false),
	pg_catalog.set_config('lock_timeout', '0', false),
	-- Compiling takes longer than any of the hub's queries runs.
	pg_catalog.set_config('jit', 'off', false),
	pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', 'pg_catalog',
		(SELECT pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(n.nspname), ', ')
		FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
		WHERE e.extname OPERATOR(pg_catalog.=) ANY ('{wardstar,postgis}')
			AND n.nspname OPERATOR(pg_catalog.<>) 'pg_catalog'),
		'pg_temp'), false),
	pg_catalog.set_config('datestyle', 'ISO', false),
	pg_catalog.set_config('timezone', 'UTC', false)
