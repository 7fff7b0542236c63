-- What the columns of a file of readings or cases are. $1 kind, $2 headings.
SELECT meaning, pattern, expected FROM casework.column_meanings($1, $2::text[])
