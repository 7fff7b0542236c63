-- Which database this is: another one, one restored from a dump, and one restored to an earlier time have another answer.
SELECT pg_catalog.concat_ws(' ', s.system_identifier, c.timeline_id, d.oid, 'intake.submission'::pg_catalog.regclass::pg_catalog.oid)
FROM pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c, pg_catalog.pg_database d
WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
