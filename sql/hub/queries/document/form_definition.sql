-- The definition of a form, and its quarter in words. $1 the form, $2 the quarter or NULL: the newest version.
SELECT f.definition, returns.period_words($2::returns.period)
FROM intake.form f
WHERE f.form = $1
	AND ($2 IS NULL OR f.valid IS NULL OR f.valid && returns.period_range($2::returns.period))
ORDER BY lower(f.valid) DESC NULLS LAST, f.version DESC
LIMIT 1
