-- Keeps what partners wrote out of the server's log, and out of its temporary files. No parameters. Gives the settings by which
-- the server would still write it, which this role may not change; NULL where there are none.
WITH wanted (name, value) AS MATERIALIZED (
	VALUES ('log_parameter_max_length', '0'), ('log_parameter_max_length_on_error', '0'), ('debug_print_parse', 'off'),
		('debug_print_rewritten', 'off'), ('debug_print_plan', 'off'), ('work_mem', '131072'), ('max_parallel_workers_per_gather', '0'),
		-- Plans hold the values of the functions' own queries.
		('auto_explain.log_min_duration', '-1'), ('auto_explain.log_parameter_max_length', '0'), ('pgaudit.log_parameter', 'off')
), made AS MATERIALIZED (
	SELECT w.name, CASE WHEN pg_catalog.current_setting(w.name, true) OPERATOR(pg_catalog.=) w.value THEN w.value
		WHEN s.context OPERATOR(pg_catalog.=) 'user' OR pg_catalog.has_parameter_privilege(w.name, 'SET')
			THEN pg_catalog.set_config(w.name, w.value, false)
		ELSE pg_catalog.current_setting(w.name, true) END AS value
	FROM wanted w JOIN pg_catalog.pg_settings s ON s.name OPERATOR(pg_catalog.=) w.name
)
SELECT pg_catalog.string_agg(m.name, ', ' ORDER BY m.name)
FROM made m
WHERE m.name OPERATOR(pg_catalog.=) 'log_parameter_max_length' AND m.value OPERATOR(pg_catalog.<>) '0'
		AND (pg_catalog.current_setting('log_statement') OPERATOR(pg_catalog.=) ANY ('{all,mod}')
			OR pg_catalog.current_setting('log_min_duration_statement') OPERATOR(pg_catalog.<>) '-1'
			OR pg_catalog.current_setting('log_min_duration_sample') OPERATOR(pg_catalog.<>) '-1'
			OR pg_catalog.current_setting('log_transaction_sample_rate') OPERATOR(pg_catalog.<>) '0')
	OR m.name OPERATOR(pg_catalog.=) 'auto_explain.log_min_duration' AND m.value OPERATOR(pg_catalog.<>) '-1'
	OR m.name OPERATOR(pg_catalog.=) 'pgaudit.log_parameter' AND m.value OPERATOR(pg_catalog.<>) 'off'
