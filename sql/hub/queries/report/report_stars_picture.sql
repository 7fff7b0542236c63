-- The picture of a report on stars. $1 programme.
SELECT api.star_picture($1)
