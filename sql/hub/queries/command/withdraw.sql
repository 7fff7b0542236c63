-- Removes a client. $1 programme, $2 the tokens of the reference. Gives the figures that changed.
SELECT w.view, w.told_of AS programme, w.period, w.figure,
	coalesce(CASE WHEN w.before ~ '^-?\d+\.\d{4,}$' THEN round(w.before::numeric, 3)::text ELSE w.before END, '') AS before,
	coalesce(CASE WHEN w.after ~ '^-?\d+\.\d{4,}$' THEN round(w.after::numeric, 3)::text ELSE w.after END, '') AS after
FROM casework.withdraw($1, $2::text[]) w
