-- The first rows of a file that were rejected. $1: the file.
SELECT line, reason FROM reference.rejected_row WHERE source_file = $1::bigint ORDER BY line LIMIT 3
