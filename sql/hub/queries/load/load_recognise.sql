-- What a file is. $1 heading, $2 first record, $3 kind that the user named, $4 edition likewise, $5 file name.
SELECT kind, edition, has_heading, columns, problem
FROM reference.recognise($1::text[], $2::text[], $3, $4, $5)
