-- Adds a programme or changes it. $1 name, $2 what is given of it, as a JSON object of texts.
SELECT returns.register_programme($1, $2::jsonb)
