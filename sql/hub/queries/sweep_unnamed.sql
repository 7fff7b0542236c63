-- Which of these spool files nothing names. $1 their names.
SELECT u.spool FROM intake.spool_unnamed($1::text[]) u (spool)
