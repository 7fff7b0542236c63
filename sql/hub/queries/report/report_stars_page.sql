-- A report on stars as a page. $1 programme.
SELECT api.star_page($1)
