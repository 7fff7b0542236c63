-- Brings all that follows from street crime up to date. $1 the file, $2 its forces, $3 its months, pair by pair.
SELECT stored, rejected, array_to_string(notes, E'\n')
FROM reference.store_crime($1::bigint, $2::smallint[], $3::date[])
