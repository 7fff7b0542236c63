-- One form. $1 its name, $2 the quarter (NULL: the present one).
SELECT f.definition, f.dates FROM api.form($1, $2) f
