-- Which of these spool files something names. $1 their names.
SELECT u.spool, n.spool IS NULL AS named
FROM unnest($1::text[]) u (spool)
LEFT JOIN intake.spool_unnamed($1::text[]) n (spool) USING (spool)
