-- The forms by which a document is read: the newest version of each that was valid in the quarter. $1 the form or NULL
-- for all, $2 the quarter or NULL.
SELECT DISTINCT ON (f.form) f.form, f.definition
FROM intake.form f
WHERE ($1::text IS NULL OR f.form = $1)
	AND ($2::text IS NULL OR f.valid IS NULL OR f.valid && returns.period_range($2::returns.period))
ORDER BY f.form, lower(f.valid) DESC NULLS LAST, f.version DESC
