-- Spool files that nothing names any more.
SELECT spool FROM intake.spool_to_remove ORDER BY since, spool
