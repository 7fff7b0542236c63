-- recheck_list
-- The returns that can be checked again. $1 quarter or NULL, $2 programme or NULL.
SELECT s.id, s.programme || ', ' || s.period || ', submission ' || s.id || ' (' || s.state || ')', s.spool IS NOT NULL
FROM intake.submission s
WHERE s.kind = 'return' AND s.state IN ('accepted', 'rejected') AND s.form IS NOT NULL
	AND ($1::text IS NULL OR s.period = $1) AND ($2::text IS NULL OR s.programme = $2)
	AND EXISTS (SELECT FROM intake.answer a WHERE a.submission = s.id AND a.category = 'everyone')
ORDER BY s.period, s.programme, s.id
