-- The number of a name, given to it if it has none. $1: the name.
WITH new AS (
	INSERT INTO reference.crime_outcome (name)
	SELECT $1 WHERE NOT EXISTS (SELECT FROM reference.crime_outcome WHERE name = $1)
	ON CONFLICT (name) DO NOTHING
	RETURNING id
)
SELECT id FROM new UNION ALL SELECT id FROM reference.crime_outcome WHERE name = $1
