-- Stores the staged cells of a file as its kind asks. $1: the file.
SELECT stored, rejected, array_to_string(notes, E'\n') FROM reference.store($1::bigint)
