-- A report on stars. $1 programme.
SELECT * FROM api.star_table($1)
