-- Each finding as two lines: whose, and what to do.
SELECT s.programme || ', ' || s.period || CASE s.state WHEN 'superseded' THEN ', replaced since' ELSE '' END || coalesce(', ' || f.field, '') || ' (' || f.severity || '): ' || f.message
	|| coalesce(E'\n    ' || f.suggestion, '')
FROM intake.finding f
JOIN intake.submission s ON s.id = f.submission
WHERE f.severity <> 'note'
ORDER BY s.period, s.programme, s.id, f.number;

SELECT 'and ' || count(*) || ' notes, which need no answer; each return''s receipt has them'
FROM intake.finding
WHERE severity = 'note'
HAVING count(*) > 0;
