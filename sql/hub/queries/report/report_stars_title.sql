-- The lines above a report on stars. $1 programme.
SELECT line FROM api.star_title($1)
