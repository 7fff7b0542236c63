-- Adds a programme or changes it. $1 name, $2 organisation or NULL, $3 made up, $4 and $5 quarters, parted by commas.
SELECT returns.register_programme($1, $2, $3::boolean, string_to_array(replace($4, ' ', ''), ','),
	string_to_array(replace($5, ' ', ''), ','))
