-- What table of a record-level return this is, and what its columns are. $1 the table's name, "" if it tells none, $2 headings.
SELECT record_table, meaning, field, pattern FROM casework.record_columns($1, $2::text[])
