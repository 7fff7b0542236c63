-- The tables of a record-level return, in the order in which they are filled in, with the values to choose from whole. $1 the quarter.
SELECT r.definition, CASE WHEN $1 ~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN returns.period_words($1::returns.period) END
FROM casework.record_workbook() r
ORDER BY r.place
