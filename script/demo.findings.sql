-- Each finding as two lines: whose, and what to do.
SELECT s.programme || ', ' || s.period || coalesce(', ' || f.field, '') || ' (' || f.severity || '): ' || f.message
	|| coalesce(E'\n    ' || f.suggestion, '')
FROM intake.finding f
JOIN intake.submission s ON s.id = f.submission
WHERE s.state <> 'superseded'
ORDER BY s.period, s.programme, f.number;
