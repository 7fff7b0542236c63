-- What the service answers for must be on disk, and no question may hold a connection for ever.
SELECT pg_catalog.set_config('synchronous_commit', CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off' THEN 'on'
		ELSE pg_catalog.current_setting('synchronous_commit') END, false),
	pg_catalog.set_config('statement_timeout', CASE pg_catalog.current_setting('statement_timeout') WHEN '0' THEN '60s'
		ELSE pg_catalog.current_setting('statement_timeout') END, false)
